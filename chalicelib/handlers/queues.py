"""What queues trigger: messages of the work queue, each a turn of one job."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

from chalice.app import Blueprint, SQSEvent

from chalicelib.observability import logger, name_work
from chalicelib.workflows.work_on_message import work_on_message

blueprint = Blueprint(__name__)

#: Made by the stack under this name. Read from the environment alone: an import must not need settings.
WORK_QUEUE = f"patchbay-{os.environ.get('PATCHBAY_STAGE', 'embedded')}-work"
SLICE_S = 10.0  # then the next job has its turn
MARGIN_MS = 10_000  # of the function's time, for the step in hand


@blueprint.on_sqs_message(queue=WORK_QUEUE, batch_size=1, name="work_on_queue")
def work_on_queue(event: SQSEvent) -> dict[str, Any]:
    """The messages that are to be tried again (ReportBatchItemFailures); the queue deletes the others."""
    failed = [
        {"itemIdentifier": record["messageId"]} for record in event.to_dict()["Records"] if not _work(record, event)
    ]
    return {"batchItemFailures": failed}


def _work(record: dict[str, Any], event: SQSEvent) -> bool:
    context: Any = event.context
    remaining_ms: Callable[[], int] = context.get_remaining_time_in_millis
    name_work(message_id=record["messageId"], function_request_id=context.aws_request_id)
    until = time.monotonic() + SLICE_S
    try:
        work_on_message(
            record["body"],
            receives=int(record["attributes"]["ApproximateReceiveCount"]),
            ended=lambda: time.monotonic() >= until or remaining_ms() < MARGIN_MS,
        )
    except Exception:  # noqa: BLE001 - the others of the batch have their turn; this one ends in the dead-letter queue
        logger().exception("message failed")
        return False
    return True
