"""Log events in batches that CloudWatch Logs takes (AWS, "PutLogEvents", constraints). Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

MOST_BYTES = 1_048_576  # of a batch: of its texts in UTF-8, with so many more for each
OVERHEAD_BYTES = 26
MOST_EVENTS = 10_000
MOST_SPAN_MS = 24 * 3600 * 1000
MOST_EVENT_BYTES = 256 * 1024  # with the overhead
_CUT = " [cut]"


@dataclass(frozen=True, slots=True)
class LogEvent:
    at_ms: int
    text: str


def make_batches(events: Iterable[LogEvent]) -> list[list[LogEvent]]:
    """Ordered by time; what is of the same millisecond stays in its order. Texts that are too long are cut."""
    batches: list[list[LogEvent]] = []
    size = 0
    for event in sorted(map(_cut, events), key=lambda event: event.at_ms):
        weight = _weigh(event.text)
        if not batches or not _fits(batches[-1], event, size + weight):
            batches.append([])
            size = 0
        batches[-1].append(event)
        size += weight
    return batches


def _fits(batch: list[LogEvent], event: LogEvent, size: int) -> bool:
    return size <= MOST_BYTES and len(batch) < MOST_EVENTS and event.at_ms - batch[0].at_ms < MOST_SPAN_MS


def _weigh(text: str) -> int:
    return len(text.encode()) + OVERHEAD_BYTES


def _cut(event: LogEvent) -> LogEvent:
    room = MOST_EVENT_BYTES - OVERHEAD_BYTES
    if len(event.text) * 4 <= room or _weigh(event.text) <= MOST_EVENT_BYTES:
        return event
    kept = event.text.encode()[: room - len(_CUT)].decode(errors="ignore")
    return LogEvent(event.at_ms, kept + _CUT)
