"""What a call adds to the usage of its day, and the figures made of the sums."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from chalicelib.domain.usage import Tally, day_of, days_between, make_usage, tally_call, tally_corrections

DAY = date(2026, 3, 1)


def a_record(**fields: Any) -> dict[str, Any]:
    return {"answered_at": 2_000, "ended_at": 62_001, "pdd_ms": 300, "refusal": None} | fields


def a_charge(amount_micros: int, currency: str = "USD") -> dict[str, Any]:
    return {"amount_micros": amount_micros, "currency": currency}


def test_an_answered_call_counts_its_started_seconds_and_all_its_charges() -> None:
    tally = tally_call(a_record(), [a_charge(30_000), a_charge(6_000)])

    assert tally == Tally(attempts=1, answered=1, refused=0, talk_s=61, pdd_calls=1, pdd_ms=300, amount_micros=36_000)


def test_a_refused_call_is_an_attempt_without_delay() -> None:
    refused = a_record(answered_at=None, pdd_ms=None, refusal={"code": "x"})

    assert tally_call(refused, []) == Tally(attempts=1, refused=1)


def test_a_call_that_rang_in_vain_counts_its_delay_and_is_neither_answered_nor_refused() -> None:
    figures = make_usage(
        [(DAY, "USD", tally_call(a_record(answered_at=None), []))], first=DAY, last=DAY, currency="USD"
    ).total

    assert (figures.tally.attempts, figures.tally.answered, figures.failed) == (1, 0, 1)
    assert (figures.asr, figures.acd_s, figures.pdd_ms) == (0.0, None, 300.0)


def test_quality_is_the_ratio_of_the_sums_not_the_mean_of_ratios() -> None:
    busy = Tally(attempts=9, answered=9, talk_s=90, pdd_calls=9, pdd_ms=900)
    quiet = Tally(attempts=1, answered=0, pdd_calls=1, pdd_ms=2_000)
    days = [(DAY, "USD", busy), (date(2026, 3, 2), "USD", quiet)]

    total = make_usage(days, first=DAY, last=date(2026, 3, 2), currency="USD").total

    assert (total.asr, total.acd_s, total.pdd_ms) == (0.9, 10.0, 290.0)


def test_every_day_of_the_range_is_there() -> None:
    usage = make_usage([], first=date(2026, 2, 27), last=date(2026, 3, 1), currency="USD")

    assert [day.isoformat() for day, _ in usage.days] == ["2026-02-27", "2026-02-28", "2026-03-01"]
    assert all(figures.tally == Tally() and figures.asr is None for _, figures in usage.days)
    assert len(list(days_between(DAY, DAY))) == 1


def test_amounts_in_other_currencies_stand_apart_and_calls_are_counted_together() -> None:
    dollars, euros = Tally(attempts=1, amount_micros=5), Tally(attempts=2, amount_micros=7)

    usage = make_usage([(DAY, "USD", dollars), (DAY, "EUR", euros)], first=DAY, last=DAY, currency="USD")

    assert usage.currency == "USD"
    assert (usage.total.tally.attempts, usage.total.amount_micros) == (3, 5)
    assert usage.total.other_amounts == (("EUR", 7),)


@pytest.mark.parametrize(("amount", "shown"), [(7, "EUR"), (0, "USD")])
def test_the_currency_shown_is_one_in_which_something_was_charged(amount: int, shown: str) -> None:
    usage = make_usage([(DAY, "EUR", Tally(attempts=1, amount_micros=amount))], first=DAY, last=DAY, currency="USD")

    assert (usage.currency, usage.total.amount_micros, usage.total.other_amounts) == (shown, amount, ())


def test_corrections_are_the_difference_by_currency() -> None:
    before, after = [a_charge(30_000), a_charge(0, "")], [a_charge(45_000), a_charge(0)]

    assert tally_corrections(before, after) == {"USD": Tally(amount_micros=15_000)}
    assert tally_corrections(after, after) == {}


def test_days_are_utc() -> None:
    assert day_of(1_772_323_199_999) == date(2026, 2, 28)
    assert day_of(1_772_323_200_000) == date(2026, 3, 1)
