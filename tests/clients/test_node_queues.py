"""Queues of SBC nodes: SQS' adapter on moto, and the embedded one that makes none, held to one contract."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from chalicelib.clients.node_queues import (
    NodeQueueBusyError,
    NodeQueueError,
    NodeQueueGoneError,
    NodeQueues,
    NoQueues,
    SqsQueues,
    queue_name,
)

SBC_ID = "sbc_01M8AHWTG01AA8YWZS1WEEAFXS"
REGION = "us-east-1"


@dataclass(frozen=True)
class Sqs:
    queues: SqsQueues
    client: Any

    def received(self, url: str) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        while True:
            answer = self.client.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=0)
            if not answer.get("Messages"):
                return found
            bodies = [json.loads(message["Body"]) for message in answer["Messages"]]
            found += [(body["id"], body["key"]) for body in bodies]
            assert all(set(body) == {"id", "key"} for body in bodies)


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        yield boto3.client("sqs", region_name=REGION)


@pytest.fixture
def sqs(client: Any) -> Sqs:
    return Sqs(SqsQueues(client, stage="dev"), client)


@pytest.fixture(params=["sqs", "none"])
def queues(request: pytest.FixtureRequest) -> NodeQueues:
    return NoQueues() if request.param == "none" else request.getfixturevalue("sqs").queues


def test_making_a_queue_again_finds_it(queues: NodeQueues) -> None:
    assert queues.create(SBC_ID, "n1") == queues.create(SBC_ID, "n1")


def test_deleting_a_queue_that_is_gone_is_no_error(queues: NodeQueues) -> None:
    url = queues.create(SBC_ID, "n1")

    queues.delete(url)
    queues.delete(url)


def test_nothing_is_sent_to_a_queue_that_is_gone(queues: NodeQueues) -> None:
    url = queues.create(SBC_ID, "n1")
    queues.delete(url)

    with pytest.raises(NodeQueueGoneError):
        queues.send(url, [("chg_1", "isp/isp_1")])


def test_what_was_sent_is_received_in_order_however_much_it_is(sqs: Sqs) -> None:
    url = sqs.queues.create(SBC_ID, "n1")
    messages = [(f"chg_{number:03d}", f"tenant/ten_{number}/core") for number in range(25)]

    sqs.queues.send(url, messages)

    assert sqs.received(url) == messages


def test_a_queue_is_encrypted_polled_long_and_forgets_with_the_feed(sqs: Sqs) -> None:
    url = sqs.queues.create(SBC_ID, "n1")

    found = sqs.client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]

    assert url.endswith(f"/patchbay-dev-node-{SBC_ID}-n1")
    assert (found["MessageRetentionPeriod"], found["ReceiveMessageWaitTimeSeconds"]) == ("3600", "20")
    assert (found["VisibilityTimeout"], found["SqsManagedSseEnabled"]) == ("30", "true")


def test_a_queue_with_the_attributes_of_an_earlier_release_gets_todays(sqs: Sqs) -> None:
    name = queue_name("dev", SBC_ID, "n1")
    old = sqs.client.create_queue(QueueName=name, Attributes={"MessageRetentionPeriod": "60"})["QueueUrl"]

    url = sqs.queues.create(SBC_ID, "n1")

    assert url == old
    found = sqs.client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert found["MessageRetentionPeriod"] == "3600"


def test_each_node_has_a_queue_of_its_own_with_a_name_that_sqs_takes(sqs: Sqs) -> None:
    names = ["n1", "N1", "a.b", "a-b", "a_b", "x" * 24, "x" * 25, "x" * 64, "x" * 63 + "y"]

    urls = {sqs.queues.create(SBC_ID, name) for name in names}
    longest = [queue_name("production", SBC_ID, name) for name in names]

    assert len(urls) == len(set(longest)) == len(names)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,80}", name) for name in longest)
    assert queue_name("dev", SBC_ID, "n1") == f"patchbay-dev-node-{SBC_ID}-n1"


@pytest.mark.parametrize(
    ("code", "error"), [("QueueDeletedRecently", NodeQueueBusyError), ("AccessDenied", NodeQueueError)]
)
def test_why_a_queue_cannot_be_made_is_told_apart(client: Any, code: str, error: type[Exception]) -> None:
    with Stubber(client) as stub:
        stub.add_client_error("create_queue", code)

        with pytest.raises(error) as raised:
            SqsQueues(client, stage="dev").create(SBC_ID, "n1")

    assert type(raised.value) is error


def test_a_message_that_sqs_refuses_within_a_batch_is_an_error(client: Any) -> None:
    failed = {"Id": "1", "SenderFault": False, "Code": "InternalError"}
    sent = {"Id": "0", "MessageId": "m", "MD5OfMessageBody": "x"}
    with Stubber(client) as stub:
        stub.add_response("send_message_batch", {"Successful": [sent], "Failed": [failed]})

        with pytest.raises(NodeQueueError, match="1 of 2 refused, InternalError"):
            SqsQueues(client, stage="dev").send("https://sqs.example/q", [("chg_1", "a"), ("chg_2", "b")])
