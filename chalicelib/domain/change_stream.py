"""Which records of the table's stream are new items of a change feed, and how their publisher is to be called.

Data alone, without a library: what deploys the function reads it too.
"""

from __future__ import annotations

import json
import re
from typing import Any

HANDLER = "publish_changes"  # the function's name in the Chalice application

#: Lambda event filter (docs.aws.amazon.com/lambda, "Filter rule syntax"): new items of ``SBC#<id>#CHANGES``.
#: Everything else in the stream costs nothing: a record that no filter lets pass is no invocation.
FILTER: dict[str, Any] = {
    "eventName": ["INSERT"],
    "dynamodb": {"Keys": {"PK": {"S": [{"prefix": "SBC#"}]}, "SK": {"S": [{"prefix": "chg_"}]}}},
}

BATCH_SIZE = 100
STARTING_POSITION = "LATEST"

#: Properties of the ``AWS::Lambda::EventSourceMapping``, beside the function and the stream (view type NEW_IMAGE). What
#: can't be published for a quarter of an hour is given up, so that one broken queue holds nothing up for longer; nodes
#: compare all versions every five minutes anyway.
EVENT_SOURCE: dict[str, Any] = {
    "BatchSize": BATCH_SIZE,
    "MaximumBatchingWindowInSeconds": 0,
    "StartingPosition": STARTING_POSITION,
    "FilterCriteria": {"Filters": [{"Pattern": json.dumps(FILTER)}]},
    "FunctionResponseTypes": ["ReportBatchItemFailures"],
    "MaximumRecordAgeInSeconds": 900,
}

_FEED_KEY = re.compile(r"SBC#(?P<sbc_id>[^#]+)#CHANGES")


def sbc_of_feed(partition_key: str) -> str | None:
    """Whose change feed the partition is; None if it is none."""
    found = _FEED_KEY.fullmatch(partition_key)
    return found["sbc_id"] if found else None
