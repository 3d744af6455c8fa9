"""What the table's stream says has changed reaches the queues of the SBC's nodes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import boto3
import pytest
from chalice.app import Blueprint, Chalice
from moto import mock_aws
from moto.events.models import EventPattern

from chalicelib.clients.node_queues import Message, NodeQueueError, NoQueues, SqsQueues
from chalicelib.domain.change_stream import EVENT_SOURCE, FILTER, HANDLER, sbc_of_feed
from chalicelib.domain.parts import core_key, index_key
from chalicelib.handlers.streams import register
from chalicelib.storage import keys
from chalicelib.storage.database import database
from chalicelib.storage.transaction import FEED_TTL_S, SYSTEM, Transaction
from chalicelib.workflows.enrol_node import enrol_node
from chalicelib.workflows.publish_changes import NODES_KNOWN_S, FeedItem, NodeDirectory, publish_changes
from chalicelib.workflows.revoke_node import revoke_node
from tests.api_client import ApiClient
from tests.calls_world import a_provider
from tests.stream_records import feed_of, stream_event, stream_record
from tests.world import an_sbc

STREAM = "arn:aws:dynamodb:us-east-1:123456789012:table/patchbay/stream/2026-01-01T00:00:00.000"


class Queues(NoQueues):
    """``broken``: urls that refuse everything."""

    def __init__(self) -> None:
        self.sent: dict[str, list[Message]] = {}
        self.broken: set[str] = set()

    def create(self, sbc_id: str, node: str) -> str:
        url = f"https://sqs.example/{sbc_id}-{node}"
        self.sent[url] = []
        return url

    def delete(self, url: str) -> None:
        self.sent.pop(url, None)

    def send(self, url: str, messages: Sequence[Message]) -> None:
        if url in self.broken:
            raise NodeQueueError(url)
        if url not in self.sent:
            super().send(url, messages)
        self.sent[url] += messages


@pytest.fixture
def queues(monkeypatch: pytest.MonkeyPatch) -> Queues:
    made = Queues()
    monkeypatch.setattr("chalicelib.workflows.publish_changes.node_queues", lambda: made)
    return made


def a_handler() -> Any:
    """The function as Lambda calls it."""
    app, blueprint = Chalice("test"), Blueprint("test")
    register(blueprint, STREAM)
    app.register_blueprint(blueprint)
    [source] = app.event_sources
    assert (source.name, source.stream_arn) == (HANDLER, STREAM)
    return app.handler_map[HANDLER]


def change(sbc_id: str, *parts: str) -> list[dict[str, Any]]:
    """The records that the stream has once these parts have changed."""
    known = {item["SK"]["S"] for item in feed_of(sbc_id)}
    tx = Transaction()
    for part in parts:
        tx.bump(part, [sbc_id])
    tx.commit()
    return [stream_record(item) for item in feed_of(sbc_id) if item["SK"]["S"] not in known]


def test_a_change_reaches_every_node_of_its_sbc_and_no_other(api: ApiClient, queues: Queues) -> None:
    sbc_id, other = an_sbc(api), an_sbc(api)
    urls = [enrol_node(sbc_id, name, queues=queues).queue_url for name in ("n1", "n2")]
    foreign = enrol_node(other, "n1", queues=queues).queue_url
    enrol_node(sbc_id, "polls")  # asks the API

    records = change(sbc_id, index_key(sbc_id), core_key("ten_1"))
    answer = a_handler()(stream_event(records), None)

    images = [record["dynamodb"]["NewImage"] for record in records]
    sent = [(image["SK"]["S"], image["part_key"]["S"]) for image in images]
    assert answer == {"batchItemFailures": []}
    assert [queues.sent[url] for url in urls] == [sent, sent]
    assert queues.sent[foreign] == []
    assert {key for _, key in sent} == {index_key(sbc_id), core_key("ten_1")}


def test_a_queue_that_is_gone_holds_nobody_up_and_is_counted(
    api: ApiClient, queues: Queues, capsys: pytest.CaptureFixture[str]
) -> None:
    sbc_id = an_sbc(api)
    gone, there = (enrol_node(sbc_id, name, queues=queues).queue_url for name in ("n1", "n2"))
    queues.delete(gone)

    answer = a_handler()(stream_event(change(sbc_id, index_key(sbc_id))), None)

    assert answer == {"batchItemFailures": []}
    assert len(queues.sent[there]) == 1
    assert '"NodeQueuesMissing":[1' in capsys.readouterr().out


def test_what_a_queue_refuses_is_called_for_again_from_its_first_record(api: ApiClient, queues: Queues) -> None:
    broken_sbc, sound_sbc = an_sbc(api), an_sbc(api)
    broken = enrol_node(broken_sbc, "n1", queues=queues).queue_url
    beside = enrol_node(broken_sbc, "n2", queues=queues).queue_url
    sound = enrol_node(sound_sbc, "n1", queues=queues).queue_url
    records = [
        *change(sound_sbc, index_key(sound_sbc)),
        *change(broken_sbc, index_key(broken_sbc), core_key("ten_1")),
        *change(sound_sbc, core_key("ten_2")),
    ]
    queues.broken.add(broken)
    handler = a_handler()

    answer = handler(stream_event(records), None)
    queues.broken.clear()
    again = handler(stream_event(records[1:]), None)

    numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
    assert [failure["itemIdentifier"] for failure in answer["batchItemFailures"]] == numbers[1:3]
    assert again == {"batchItemFailures": []}
    assert [change_id for change_id, _ in queues.sent[broken]] == [
        record["dynamodb"]["Keys"]["SK"]["S"] for record in records[1:3]
    ]
    assert set(queues.sent[beside]) == set(queues.sent[broken])  # twice there, which changes nothing
    assert len(queues.sent[sound]) == 3


def test_records_that_are_no_change_are_passed_over_not_called_for_again(
    api: ApiClient, queues: Queues, capsys: pytest.CaptureFixture[str]
) -> None:
    sbc_id = an_sbc(api)
    url = enrol_node(sbc_id, "n1", queues=queues).queue_url
    strange = {"PK": {"S": "ISP#1"}, "SK": {"S": "META"}}
    removed = stream_record(strange)
    del removed["dynamodb"]["NewImage"]

    answer = a_handler()(stream_event([stream_record(strange), removed, *change(sbc_id, index_key(sbc_id))]), None)

    assert answer == {"batchItemFailures": []}
    assert len(queues.sent[url]) == 1
    assert '"StreamRecordsSkipped":[2' in capsys.readouterr().out


def test_nodes_are_read_once_in_a_few_seconds(api: ApiClient, queues: Queues) -> None:
    sbc_id, now = an_sbc(api), [0.0]
    directory = NodeDirectory(clock=lambda: now[0])
    first = enrol_node(sbc_id, "n1", queues=queues).queue_url
    items = [FeedItem(sbc_id, "chg_1", index_key(sbc_id))]
    publish_changes(items, queues=queues, directory=directory)
    second = enrol_node(sbc_id, "n2", queues=queues).queue_url

    publish_changes(items, queues=queues, directory=directory)
    before = (len(queues.sent[first]), len(queues.sent[second]))
    now[0] += NODES_KNOWN_S
    publish_changes(items, queues=queues, directory=directory)

    assert before == (2, 0)
    assert (len(queues.sent[first]), len(queues.sent[second])) == (3, 1)


def test_a_revoked_nodes_queue_is_deleted_and_gets_nothing_any_more(api: ApiClient, queues: Queues) -> None:
    sbc_id = an_sbc(api)
    url = enrol_node(sbc_id, "n1", queues=queues).queue_url

    revoke_node(sbc_id, "n1", actor=SYSTEM, queues=queues)
    answer = a_handler()(stream_event(change(sbc_id, index_key(sbc_id))), None)

    assert url not in queues.sent
    assert answer == {"batchItemFailures": []}


def test_a_key_ends_even_if_its_queue_cannot_be_deleted(api: ApiClient, queues: Queues) -> None:
    class Stuck(Queues):
        def delete(self, url: str) -> None:
            raise NodeQueueError(url)

    sbc_id = an_sbc(api)
    enrol_node(sbc_id, "n1", queues=queues)

    revoke_node(sbc_id, "n1", actor=SYSTEM, queues=Stuck())

    assert (
        database().client.query(
            TableName=database().table_name,
            KeyConditionExpression="PK = :pk",
            ExpressionAttributeValues={":pk": {"S": keys.sbc_nodes(sbc_id)}},
        )["Items"]
        == []
    )


@pytest.fixture
def sqs(monkeypatch: pytest.MonkeyPatch, dynamodb: str) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "embedded")
    with mock_aws(config={"core": {"passthrough": {"urls": [f"{dynamodb}.*"]}}}):
        yield boto3.client("sqs", region_name="us-east-1")


def test_a_nodes_queue_lives_and_ends_with_it(api: ApiClient, sqs: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    queues = SqsQueues(sqs, stage="dev")
    monkeypatch.setattr("chalicelib.workflows.publish_changes.node_queues", lambda: queues)
    sbc_id = an_sbc(api)

    url = enrol_node(sbc_id, "n1", queues=queues).queue_url
    a_handler()(stream_event(change(sbc_id, index_key(sbc_id))), None)
    [message] = sqs.receive_message(QueueUrl=url)["Messages"]
    revoke_node(sbc_id, "n1", actor=SYSTEM, queues=queues)

    assert json.loads(message["Body"])["key"] == index_key(sbc_id)
    assert sqs.list_queues().get("QueueUrls", []) == []


def test_the_filter_lets_new_items_of_change_feeds_pass_and_nothing_else(api: ApiClient) -> None:
    provider = a_provider(api)
    provider.send(provider.outbound())
    provider.admin.get(f"/tenants/{provider.tenant_id}/live").expect(200)
    pattern = EventPattern(json.dumps(FILTER), FILTER)
    [described] = EVENT_SOURCE["FilterCriteria"]["Filters"]
    pages = database().client.get_paginator("scan").paginate(TableName=database().table_name)
    everything = [item for page in pages for item in page["Items"]]

    def keys_alone(item: dict[str, Any]) -> dict[str, Any]:
        return {"PK": item["PK"], "SK": item["SK"]}

    passed = [item for item in everything if pattern.matches_event(stream_record(keys_alone(item)))]

    assert described == {"Pattern": json.dumps(FILTER)}
    feeds = [item for item in everything if item["PK"]["S"].endswith("#CHANGES")]
    assert len(everything) > len(passed) + 50
    assert [item for item in feeds if item not in passed] == []
    assert [item for item in passed if item not in feeds] == []
    assert provider.sbc_id in {sbc_of_feed(item["PK"]["S"]) for item in passed}
    for other in ("MODIFY", "REMOVE"):
        assert not pattern.matches_event(stream_record(feeds[0], event_name=other))


def test_a_change_is_published_for_as_long_as_the_feed_keeps_it_at_most() -> None:
    assert EVENT_SOURCE["MaximumRecordAgeInSeconds"] < FEED_TTL_S


def test_an_embedded_system_publishes_nothing() -> None:
    from app import app

    assert HANDLER not in app.handler_map
