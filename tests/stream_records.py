"""Records of the table's stream, made from its items: the embedded database runs without one."""

from __future__ import annotations

import itertools
import time
from typing import Any

from chalicelib.storage import keys
from chalicelib.storage.database import database

Item = dict[str, Any]
_NUMBERS = itertools.count(100)


def feed_of(sbc_id: str, *, after: str = "") -> list[Item]:
    """Raw items of an SBC's change feed, oldest first."""
    answer = database().client.query(
        TableName=database().table_name,
        KeyConditionExpression="PK = :pk AND SK > :after",
        ExpressionAttributeValues={":pk": {"S": keys.sbc_changes(sbc_id)}, ":after": {"S": after or "chg_"}},
        ConsistentRead=True,
    )
    return list(answer["Items"])


def stream_record(item: Item, *, event_name: str = "INSERT") -> Item:
    """As Lambda gets it from a stream with new images (docs.aws.amazon.com/lambda, "Example event")."""
    return {
        "eventID": f"e{next(_NUMBERS)}",
        "eventName": event_name,
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "us-east-1",
        "dynamodb": {
            "ApproximateCreationDateTime": time.time(),
            "Keys": {"PK": item["PK"], "SK": item["SK"]},
            "NewImage": item,
            "SequenceNumber": f"{next(_NUMBERS)}00000000",
            "SizeBytes": 200,
            "StreamViewType": "NEW_IMAGE",
        },
        "eventSourceARN": "arn:aws:dynamodb:us-east-1:123456789012:table/patchbay/stream/2026",
    }


def stream_event(records: list[Item]) -> Item:
    return {"Records": records}
