"""``python -m infra.describe``: what the stack has to know of the application, as JSON.

This runs in the product's own virtualenv: the CDK's can't import the application, and shouldn't have to. Everything
comes from Chalice's public attributes, so a new route, schedule or queue needs no line in here.
"""

from __future__ import annotations

import json
import sys
from typing import Any

# What the application registers by, as the templates that the stack fills in.
STAND_INS = {"PATCHBAY_STAGE": "{stage}", "PATCHBAY_STREAM_ARN": "{stream_arn}"}


def describe(app: Any) -> dict[str, Any]:
    """``{"routes": {path: [method, ..]}, "binary_types": [..], "functions": [{"name", "trigger", ..}]}``."""
    return {
        "routes": {path: sorted(methods) for path, methods in sorted(app.routes.items())},
        "binary_types": list(app.api.binary_types),
        "functions": [_describe_source(source) for source in app.event_sources],
        "handlers": sorted(app.handler_map),
    }


def _describe_source(source: Any) -> dict[str, Any]:
    from chalice.app import (
        CloudWatchEventConfig,
        DynamoDBEventConfig,
        ScheduledEventConfig,
        SQSEventConfig,
    )

    common = {"name": source.name, "handler": source.handler_string}
    if isinstance(source, ScheduledEventConfig):
        schedule = source.schedule_expression
        expression = schedule if isinstance(schedule, str) else schedule.to_string()
        return {**common, "trigger": "schedule", "schedule": expression}
    if isinstance(source, SQSEventConfig):
        return {
            **common,
            "trigger": "queue",
            "queue": source.queue,
            "queue_arn": source.queue_arn,
            "batch_size": source.batch_size,
            "batching_window_s": source.maximum_batching_window_in_seconds,
            "concurrency": source.maximum_concurrency,
        }
    if isinstance(source, DynamoDBEventConfig):
        return {
            **common,
            "trigger": "stream",
            "stream_arn": source.stream_arn,
            "batch_size": source.batch_size,
            "batching_window_s": source.maximum_batching_window_in_seconds,
        }
    if isinstance(source, CloudWatchEventConfig):
        return {**common, "trigger": "event", "pattern": source.event_pattern}
    raise TypeError(f"infra.describe knows no functions triggered like {source.name}: {type(source).__name__}")


def main() -> None:
    from app import app

    sys.stdout.write(json.dumps(describe(app), indent=1) + "\n")


if __name__ == "__main__":
    main()
