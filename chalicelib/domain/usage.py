"""Usage by UTC day: what one call adds to it, and the figures that are made of the sums."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from chalicelib.domain.rating import started_seconds

MOST_DAYS = 93


@dataclass(frozen=True, slots=True)
class Tally:
    """Sums over calls. ``pdd_calls``: those whose post-dial delay is known; ``pdd_ms`` is the sum of theirs."""

    attempts: int = 0
    answered: int = 0
    refused: int = 0
    talk_s: int = 0
    pdd_calls: int = 0
    pdd_ms: int = 0
    amount_micros: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(mine + theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))


@dataclass(frozen=True, slots=True)
class Figures:
    """``asr``: answered among all attempts (ITU-T E.411), refused ones included; ``acd_s``: mean talk time of answered
    calls; ``pdd_ms``: mean post-dial delay. None where there is nothing to divide by. Amounts are never converted:
    those in other currencies than ``amount_micros`` stand apart."""

    tally: Tally
    amount_micros: int
    other_amounts: tuple[tuple[str, int], ...]

    @property
    def failed(self) -> int:
        return self.tally.attempts - self.tally.answered - self.tally.refused

    @property
    def asr(self) -> float | None:
        return _ratio(self.tally.answered, self.tally.attempts, digits=4)

    @property
    def acd_s(self) -> float | None:
        return _ratio(self.tally.talk_s, self.tally.answered, digits=1)

    @property
    def pdd_ms(self) -> float | None:
        return _ratio(self.tally.pdd_ms, self.tally.pdd_calls, digits=1)


@dataclass(frozen=True, slots=True)
class Usage:
    currency: str
    days: tuple[tuple[date, Figures], ...]
    total: Figures


def tally_call(record: Mapping[str, Any], charges: Iterable[Mapping[str, Any]]) -> Tally:
    """``record``: a validated CDR. Talk seconds as calls are shown: a started one counts whole."""
    answered_at, pdd_ms = record["answered_at"], record["pdd_ms"]
    return Tally(
        attempts=1,
        answered=0 if answered_at is None else 1,
        refused=0 if record["refusal"] is None else 1,
        talk_s=0 if answered_at is None else started_seconds(max(0, record["ended_at"] - answered_at)),
        pdd_calls=0 if pdd_ms is None else 1,
        pdd_ms=pdd_ms or 0,
        amount_micros=sum(charge["amount_micros"] for charge in charges),
    )


def tally_corrections(before: Iterable[Mapping[str, Any]], after: Iterable[Mapping[str, Any]]) -> dict[str, Tally]:
    """By currency, what a call that was rated again adds to the amounts; without currencies in which nothing moved."""
    moved: dict[str, int] = {}
    for sign, charges in ((-1, before), (1, after)):
        for charge in charges:
            currency = charge["currency"]
            moved[currency] = moved.get(currency, 0) + sign * charge["amount_micros"]
    return {currency: Tally(amount_micros=amount) for currency, amount in moved.items() if amount}


def day_of(at_ms: int) -> date:
    """In UTC."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).date()


def days_between(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def make_usage(tallies: Iterable[tuple[date, str, Tally]], *, first: date, last: date, currency: str) -> Usage:
    """Every day of the range, from sums by day and currency. ``currency``: the one to show first; where nothing at all
    was charged in it but in another, it is that one."""
    by_day: dict[date, dict[str, Tally]] = {day: {} for day in days_between(first, last)}
    whole: dict[str, Tally] = {}
    for day, counted_in, tally in tallies:
        for sums in (by_day[day], whole):
            sums[counted_in] = sums.get(counted_in, Tally()) + tally
    charged_in = sorted(name for name, tally in whole.items() if tally.amount_micros)
    shown = charged_in[0] if charged_in and currency not in charged_in else currency
    days = tuple((day, _figures(sums, shown)) for day, sums in by_day.items())
    return Usage(shown, days, _figures(whole, shown))


def _figures(sums: Mapping[str, Tally], currency: str) -> Figures:
    total = sum(sums.values(), Tally())
    others = tuple(
        (name, tally.amount_micros) for name, tally in sorted(sums.items()) if name != currency and tally.amount_micros
    )
    return Figures(total, sums.get(currency, Tally()).amount_micros, others)


def _ratio(part: int, whole: int, *, digits: int) -> float | None:
    return round(part / whole, digits) if whole else None
