"""A rate, and the arithmetic of a charge. ``rate_chunks`` finds a rate, ``rate_call`` says what a leg costs."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain.sentences import SentenceError, say

SECONDS_PER_MINUTE = 60
MS_PER_SECOND = 1000


class RateError(SentenceError):
    """A rate that no deck may hold; the sentence names the rate and the field."""


@dataclass(frozen=True, slots=True)
class Rate:
    """One entry of a deck: ``key`` is a prefix in a rate deck, a service in a service deck.

    In force at ``valid_from <= instant < valid_until`` (milliseconds; None: without end).
    """

    key: str
    rate_micros: int  # per minute
    valid_from: int
    valid_until: int | None
    minimum_s: int
    increment_s: int
    delay_s: int
    entry_id: str
    description: str = ""

    def in_force(self, at: int) -> bool:
        return self.valid_from <= at and (self.valid_until is None or at < self.valid_until)


def check_rate(rate: Rate) -> None:
    """RateError unless the numbers of the rate make sense; for the import of a deck, not for each call."""
    for name in ("rate_micros", "minimum_s", "increment_s", "delay_s"):
        if getattr(rate, name) < 0:
            raise RateError(say("rate_negative", entry=rate.entry_id, name=name))
    if rate.valid_until is not None and rate.valid_until <= rate.valid_from:
        raise RateError(say("rate_ends_early", entry=rate.entry_id))


def started_seconds(duration_ms: int) -> int:
    """A started second counts whole."""
    if duration_ms < 0:
        raise ValueError(f"duration_ms: not negative, got {duration_ms}")
    return -(-duration_ms // MS_PER_SECOND)


def billed_seconds(duration_s: int, *, minimum_s: int, increment_s: int, delay_s: int) -> int:
    """The seconds charged for a call of ``duration_s`` started seconds; an increment of 0 means 1.

    The delay decides whether the call is billed at all; it isn't taken off the duration.
    """
    if duration_s <= delay_s:
        return 0
    if duration_s <= minimum_s:
        return minimum_s
    return minimum_s + increments(duration_s, minimum_s, increment_s) * (increment_s or 1)


def increments(duration_s: int, minimum_s: int, increment_s: int) -> int:
    """Increments begun beyond the minimum; 0 within it."""
    return max(0, -(-(duration_s - minimum_s) // (increment_s or 1)))


def amount_micros(rate_micros: int, billed_s: int) -> int:
    """Rate per minute x billed seconds / 60, rounded once, half up, to the millionth."""
    return (2 * rate_micros * billed_s + SECONDS_PER_MINUTE) // (2 * SECONDS_PER_MINUTE)
