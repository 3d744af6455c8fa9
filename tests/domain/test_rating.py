from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.money import parse_amount
from chalicelib.domain.rating import RateError, amount_micros, billed_seconds, check_rate, started_seconds
from chalicelib.domain.services import service_of_leg
from tests.domain.rating_data import a_rate, golden

SECONDS = st.integers(min_value=0, max_value=100_000)
STEPS = st.integers(min_value=0, max_value=300)


@pytest.mark.parametrize("row", golden("billed_seconds"))
def test_billed_seconds_are_those_of_the_golden_row(row):
    billed_s = billed_seconds(
        int(row["duration_s"]),
        minimum_s=int(row["minimum_s"]),
        increment_s=int(row["increment_s"]),
        delay_s=int(row["delay_s"]),
    )

    assert billed_s == int(row["billed_s"])


@pytest.mark.parametrize("row", golden("amounts"))
def test_an_amount_is_that_of_the_golden_row(row):
    assert amount_micros(parse_amount(row["rate_per_minute"]), int(row["billed_s"])) == int(row["amount_micros"])


@given(rate=st.integers(min_value=0, max_value=10**12), billed_s=SECONDS)
def test_an_amount_equals_the_fraction_rounded_half_up_once(rate, billed_s):
    assert amount_micros(rate, billed_s) == floor(Fraction(rate * billed_s, 60) + Fraction(1, 2))


@given(duration=SECONDS, minimum=STEPS, increment=STEPS, delay=STEPS)
def test_billed_seconds_follow_the_rule_in_fractions(duration, minimum, increment, delay):
    step = increment or 1
    beyond = max(Fraction(0), Fraction(duration - minimum, step))
    expected = 0 if duration <= delay else minimum + ceil(beyond) * step

    assert billed_seconds(duration, minimum_s=minimum, increment_s=increment, delay_s=delay) == expected


@pytest.mark.parametrize(("duration_ms", "seconds"), [(0, 0), (1, 1), (1000, 1), (1001, 2), (42_999, 43)])
def test_a_started_second_counts_whole(duration_ms, seconds):
    assert started_seconds(duration_ms) == seconds


def test_peers_4_the_seconds_of_61_at_30_and_60_are_reported_as_charged():
    assert billed_seconds(61, minimum_s=30, increment_s=60, delay_s=0) == 90


def test_peers_4_one_dollar_ten_does_not_become_one_dollar_eleven():
    assert amount_micros(parse_amount("1.10"), 60) == 1_100_000


@pytest.mark.parametrize("field", ["rate_micros", "minimum_s", "increment_s", "delay_s"])
def test_a_rate_with_a_negative_number_is_refused_by_the_name_of_the_field(field):
    rate = a_rate(**{field: -1})

    with pytest.raises(RateError, match=field):
        check_rate(rate)


def test_a_rate_that_ends_before_it_starts_is_refused():
    with pytest.raises(RateError, match="valid_until"):
        check_rate(a_rate(valid_from=10, valid_until=10))


@pytest.mark.parametrize(
    ("leg_kind", "number_kind", "service"),
    [
        ("pstn", "fixed_line", "PSTN"),
        ("pstn", "mobile", "MOBILE"),
        ("pstn", "MOBILE", "MOBILE"),
        ("pstn", "fixed_line_or_mobile", "PSTN"),
        ("pstn", "toll_free", "PSTN"),
        ("pstn", "premium_rate", "PSTN"),
        ("pstn", "unknown", "PSTN"),
        ("pstn", "", "PSTN"),
        ("did", "fixed_line", "DID"),
        ("did", "mobile", "DID"),
        ("did", "toll_free", "TOLLFREE"),
        ("did", "TOLLFREE", "TOLLFREE"),
        ("pstn", "TOLLFREE", "PSTN"),
        ("sip", "", "SIP"),
    ],
)
def test_the_service_of_a_leg_follows_its_kind_and_its_number(leg_kind, number_kind, service):
    assert service_of_leg(leg_kind, number_kind) == service
