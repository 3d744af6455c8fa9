"""Batches keep within what PutLogEvents takes."""

from __future__ import annotations

from sbc.node.log_events import (
    MOST_BYTES,
    MOST_EVENT_BYTES,
    MOST_EVENTS,
    MOST_SPAN_MS,
    OVERHEAD_BYTES,
    LogEvent,
    make_batches,
)


def sizes(batches: list[list[LogEvent]]) -> list[int]:
    return [sum(len(event.text.encode()) + OVERHEAD_BYTES for event in batch) for batch in batches]


def test_nothing_is_no_batch() -> None:
    assert make_batches([]) == []


def test_events_are_ordered_by_time_and_otherwise_stay_as_they_came() -> None:
    events = [LogEvent(2, "b"), LogEvent(1, "a"), LogEvent(2, "c")]

    assert make_batches(events) == [[LogEvent(1, "a"), LogEvent(2, "b"), LogEvent(2, "c")]]


def test_a_batch_has_at_most_ten_thousand_events() -> None:
    batches = make_batches(LogEvent(1, "x") for _ in range(2 * MOST_EVENTS + 1))

    assert [len(batch) for batch in batches] == [MOST_EVENTS, MOST_EVENTS, 1]


def test_a_batch_is_filled_to_the_last_byte_and_no_further() -> None:
    quarter = LogEvent(1, "x" * (MOST_BYTES // 4 - OVERHEAD_BYTES))

    assert sizes(make_batches([quarter] * 4)) == [MOST_BYTES]
    assert sizes(make_batches([*[quarter] * 4, LogEvent(1, "y")])) == [MOST_BYTES, OVERHEAD_BYTES + 1]


def test_size_is_counted_in_bytes_not_in_characters() -> None:
    euros = [LogEvent(1, "€" * 80_000)] * 8  # 240,000 bytes each

    assert [len(batch) for batch in make_batches(euros)] == [4, 4]


def test_a_batch_spans_less_than_a_day() -> None:
    batches = make_batches([LogEvent(0, "a"), LogEvent(MOST_SPAN_MS - 1, "b"), LogEvent(MOST_SPAN_MS, "c")])

    assert [[event.text for event in batch] for batch in batches] == [["a", "b"], ["c"]]


def test_a_text_that_is_too_long_is_cut_between_two_characters_and_says_so() -> None:
    [[event]] = make_batches([LogEvent(1, "x" + "€" * 100_000)])

    assert len(event.text.encode()) + OVERHEAD_BYTES <= MOST_EVENT_BYTES
    assert event.text.startswith("x€€")
    assert event.text.endswith("€ [cut]")


def test_the_longest_text_is_left_as_it_is() -> None:
    longest = LogEvent(1, "x" * (MOST_EVENT_BYTES - OVERHEAD_BYTES))

    assert make_batches([longest]) == [[longest]]
