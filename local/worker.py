"""What Lambda does with a queue: receives messages and hands each to the Chalice app's own consumer, as an event."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chalicelib.clients.queue import Message, Queue
from local.front.wsgi import FunctionContext

log = logging.getLogger("scheduler")
_TICK_S = 0.5
_TURN_MS = 60_000

Consumer = Callable[[dict[str, Any], Any], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class TurnContext(FunctionContext):
    """A turn has no time left once the worker is told to end."""

    ended: threading.Event = threading.Event()  # noqa: RUF009 - never set: a turn of its own

    def get_remaining_time_in_millis(self) -> int:
        return 0 if self.ended.is_set() else _TURN_MS


def work_off(queue: Queue, consumer: Consumer, *, ended: threading.Event) -> int:
    """One message after the other until there is none, or ``ended``; how many. One that failed comes again later."""
    done = 0
    while not ended.is_set() and (found := queue.receive()):
        for message in found:
            context = TurnContext(aws_request_id=message.id, ended=ended)
            if not consumer(make_sqs_event(message), context)["batchItemFailures"]:
                queue.delete(message)
            done += 1
    return done


def make_sqs_event(message: Message) -> dict[str, Any]:
    """What an event source mapping of SQS invokes a function with."""
    record = {
        "messageId": message.id,
        "receiptHandle": message.receipt,
        "body": message.body,
        "attributes": {"ApproximateReceiveCount": str(message.receives)},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:local:000000000000:work",
        "awsRegion": "local",
    }
    return {"Records": [record]}


def start_worker(queue: Queue, consumer: Consumer, *, ended: threading.Event) -> threading.Thread:
    """On a thread of its own, so that long work delays no schedule; once ``ended`` is set it stops after the step in
    hand."""

    def work() -> None:
        while not ended.wait(_TICK_S):
            try:
                work_off(queue, consumer, ended=ended)
            except Exception:
                log.exception("the queue can't be worked off")

    worker = threading.Thread(target=work, name="worker")
    worker.start()
    return worker
