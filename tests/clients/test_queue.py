"""The two queues, held to one contract: at least once, hidden while somebody works, gone once deleted."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from chalicelib.clients.queue import DirectoryQueue, Message, Queue, SqsQueue
from chalicelib.domain.errors import PatchbayError
from chalicelib.settings import SettingsError, settings

BODY = json.dumps({"job_id": "job_1", "note": "ação"})


@dataclass(frozen=True)
class Harness:
    """``make(hidden_s)``: a queue that hides a received message for so long."""

    make: Callable[[int], Queue]


class OneAtATime:
    """A client whose operations take turns: moto's queues aren't made for threads."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._turn = threading.Lock()

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)

        def in_turn(**given: Any) -> Any:
            with self._turn:
                return found(**given)

        return in_turn if callable(found) else found


@pytest.fixture
def directory(tmp_path: Path) -> Harness:
    return Harness(lambda hidden_s: DirectoryQueue(str(tmp_path / "queue"), hidden_s=hidden_s))


@pytest.fixture
def sqs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Harness]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        client = boto3.client("sqs", region_name="sa-east-1")

        def make(hidden_s: int) -> Queue:
            made = client.create_queue(QueueName="work", Attributes={"VisibilityTimeout": str(hidden_s)})
            return SqsQueue(OneAtATime(client), url=made["QueueUrl"])

        yield Harness(make)


@pytest.fixture(params=["directory", "sqs"])
def harness(request: pytest.FixtureRequest) -> Harness:
    found: Harness = request.getfixturevalue(request.param)
    return found


def receive_soon(queue: Queue, *, limit_s: float = 20) -> Message:
    until = time.monotonic() + limit_s
    while time.monotonic() < until:
        for message in queue.receive(wait_s=1):
            return message
    raise AssertionError(f"no message within {limit_s} s")


def test_a_message_is_received_as_it_was_sent_and_gone_once_deleted(harness: Harness) -> None:
    queue = harness.make(1)
    assert queue.receive() == []

    queue.send(BODY)
    (message,) = queue.receive()
    queue.delete(message)
    queue.delete(message)

    assert (message.body, message.receives) == (BODY, 1)
    assert queue.receive(wait_s=2) == []  # longer than it would have been hidden


def test_a_message_that_is_worked_on_is_hidden_and_comes_back_if_it_is_not_deleted(harness: Harness) -> None:
    queue = harness.make(1)
    queue.send(BODY)
    (first,) = queue.receive()

    hidden = harness.make(1).receive()
    again = receive_soon(queue)

    assert hidden == []
    assert (again.id, again.body, again.receives) == (first.id, BODY, 2)


def test_a_delayed_message_is_received_no_sooner(harness: Harness) -> None:
    queue = harness.make(60)
    sent = time.monotonic()
    queue.send(BODY, delay_s=2)

    at_once = queue.receive()
    message = receive_soon(queue)

    assert at_once == []
    assert message.body == BODY
    assert time.monotonic() - sent >= 1.9


def test_no_more_are_received_than_asked_for_and_each_once(harness: Harness) -> None:
    queue = harness.make(60)
    for number in range(5):
        queue.send(f"message {number}")

    first, rest, none = queue.receive(limit=2), queue.receive(limit=10), queue.receive(limit=10)

    assert len(first) == 2
    assert {message.body for message in [*first, *rest]} == {f"message {number}" for number in range(5)}
    assert none == []


def test_of_several_workers_each_gets_other_messages(harness: Harness) -> None:
    queue = harness.make(60)
    for number in range(30):
        queue.send(f"message {number}")
    received: list[str] = []

    def work() -> None:
        while found := queue.receive(limit=3):
            received.extend(message.body for message in found)

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sorted(received) == sorted(f"message {number}" for number in range(30))


@pytest.mark.parametrize("body", ["", "x" * (256 * 1024 + 1), "a\x00b", "a\nb"])
def test_what_one_of_them_would_not_take_is_refused_by_both(harness: Harness, body: str) -> None:
    with pytest.raises(ValueError, match="printable text"):
        harness.make(1).send(body)


@pytest.mark.parametrize("delay_s", [-1, 901])
def test_a_delay_that_sqs_does_not_know_is_refused_by_both(harness: Harness, delay_s: int) -> None:
    with pytest.raises(ValueError, match="delay"):
        harness.make(1).send(BODY, delay_s=delay_s)


def test_a_queue_that_cannot_be_used_says_try_again(tmp_path: Path) -> None:
    (tmp_path / "queue").write_text("no directory")
    client = boto3.client("sqs", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="y")
    stub = Stubber(client)
    stub.add_client_error("send_message", "OverLimit", http_status_code=403)
    stub.add_client_error("receive_message", "OverLimit", http_status_code=403)
    stub.activate()
    queues: list[Queue] = [DirectoryQueue(str(tmp_path / "queue")), SqsQueue(client, url="https://sqs.example/work")]

    for queue in queues:
        for call in (lambda q=queue: q.send(BODY), lambda q=queue: q.receive()):
            with pytest.raises(PatchbayError) as raised:
                call()
            assert raised.value.code == "try_again"


def test_sqs_without_a_url_fails_at_start_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATCHBAY_QUEUE_ADAPTER", "sqs")

    with pytest.raises(SettingsError, match="PATCHBAY_WORK_QUEUE_URL"):
        settings.__wrapped__()


def test_messages_of_the_directory_are_for_their_owner_alone_and_survive_the_process(tmp_path: Path) -> None:
    DirectoryQueue(str(tmp_path / "queue")).send(BODY)

    [path] = (tmp_path / "queue").iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o077 == 0
    assert [message.body for message in DirectoryQueue(str(tmp_path / "queue")).receive()] == [BODY]


def test_the_only_worker_takes_up_at_once_what_its_predecessor_had_in_hand(tmp_path: Path) -> None:
    queue = DirectoryQueue(str(tmp_path / "queue"), hidden_s=600)
    queue.send("in hand")
    queue.send("delayed", delay_s=600)
    assert [message.body for message in queue.receive(limit=10)] == ["in hand"]

    successor = DirectoryQueue(str(tmp_path / "queue"), hidden_s=600)
    successor.release()

    assert [(message.body, message.receives) for message in successor.receive(limit=10)] == [("in hand", 2)]
