"""The table's stream: what has changed goes to the queues of the SBC's nodes. Only where there is a stream
(``PATCHBAY_STREAM_ARN``); embedded nodes ask the API."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from chalice.app import Blueprint, DynamoDBEvent, DynamoDBRecord

from chalicelib.domain.change_stream import BATCH_SIZE, HANDLER, STARTING_POSITION, sbc_of_feed
from chalicelib.observability import emit_counts, logger
from chalicelib.settings import PREFIX
from chalicelib.workflows import publish_changes as workflow
from chalicelib.workflows.publish_changes import FeedItem

blueprint = Blueprint(__name__)

Answer = dict[str, list[dict[str, str]]]


def take_records(event: Iterable[DynamoDBRecord]) -> Answer:
    """Lambda's answer for streams (ReportBatchItemFailures): it calls again from the first of these records on."""
    records = list(event)
    items = [_item_of(record) for record in records]
    unread = items.count(None)
    if unread:
        logger().error("records of the stream that are no change", extra={"count": unread})
        emit_counts(StreamRecordsSkipped=unread)
    failed = workflow.publish_changes([item for item in items if item is not None])
    again = [
        {"itemIdentifier": record.sequence_number}
        for record, item in zip(records, items, strict=True)
        if item is not None and item.sbc_id in failed
    ]
    return {"batchItemFailures": again}


def _item_of(record: DynamoDBRecord) -> FeedItem | None:
    """None for what the filter should have kept away: calling again wouldn't make it better."""
    image: dict[str, Any] = record.new_image or {}
    try:
        sbc_id = sbc_of_feed(image["PK"]["S"])
        return None if sbc_id is None else FeedItem(sbc_id, image["SK"]["S"], image["part_key"]["S"])
    except (KeyError, TypeError):
        return None


def register(target: Blueprint, stream_arn: str) -> Any:
    """What Lambda calls with the stream's records."""

    @target.on_dynamodb_record(
        stream_arn=stream_arn, batch_size=BATCH_SIZE, starting_position=STARTING_POSITION, name=HANDLER
    )
    def publish_changes(event: DynamoDBEvent) -> Answer:
        return take_records(event)

    return publish_changes


# Routes and events are registered at import, before anybody needs the settings as a whole
if arn := os.environ.get(f"{PREFIX}STREAM_ARN"):
    publish_changes = register(blueprint, arn)
