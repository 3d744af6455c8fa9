from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.hours import is_open, next_change
from tests.domain.builders import EVERY_DAY, a_date_range, a_time_rule

MONDAY_TO_FRIDAY = frozenset({1, 2, 3, 4, 5})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-03-02T07:59", False),
        ("2026-03-02T08:00", True),
        ("2026-03-02T17:59", True),
        ("2026-03-02T18:00", False),
        ("2026-03-01T12:00", False),  # a Sunday
    ],
)
def test_business_hours_include_their_start_and_not_their_end(now: str, *, expected: bool) -> None:
    hours = a_date_range(a_time_rule("8:00", "18:00", weekdays=MONDAY_TO_FRIDAY))

    assert is_open(hours, at(now)) is expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-03-06T21:59", False),
        ("2026-03-06T22:00", True),
        ("2026-03-07T05:59", True),  # Saturday, still Friday's night
        ("2026-03-07T06:00", False),
        ("2026-03-07T22:00", False),
        ("2026-03-06T05:00", False),  # no night has begun on Thursday
    ],
)
def test_a_night_belongs_to_the_day_on_which_it_begins(now: str, *, expected: bool) -> None:
    hours = a_date_range(a_time_rule("22:00", "6:00", weekdays=frozenset({5})))

    assert is_open(hours, at(now)) is expected


def test_a_rule_from_midnight_to_midnight_is_the_whole_day() -> None:
    for end in ("0:00", "24:00"):
        hours = a_date_range(a_time_rule("0:00", end, weekdays=frozenset({1})))

        assert is_open(hours, at("2026-03-02T00:00"))
        assert is_open(hours, at("2026-03-02T23:59"))
        assert not is_open(hours, at("2026-03-03T00:00"))


def test_a_holiday_closes_what_a_weekly_rule_opens() -> None:
    christmas = a_time_rule("0:00", "24:00", dates=frozenset({"2026-12-25"}), closed=True)
    hours = a_date_range(a_time_rule("8:00", "18:00"), christmas)

    assert is_open(hours, at("2026-12-24T12:00"))
    assert not is_open(hours, at("2026-12-25T12:00"))
    assert is_open(hours, at("2026-12-26T12:00"))


def test_holidays_alone_leave_all_other_times_open() -> None:
    hours = a_date_range(a_time_rule("0:00", "24:00", dates=frozenset({"2026-12-25"}), closed=True))

    assert is_open(hours, at("2026-12-24T03:00"))
    assert not is_open(hours, at("2026-12-25T03:00"))


def test_a_range_without_rules_is_never_open() -> None:
    assert not is_open(a_date_range(), at("2026-03-02T12:00"))
    assert next_change(a_date_range(), at("2026-03-02T12:00")) is None


def test_a_date_is_of_the_time_zone_of_the_range() -> None:
    hours = a_date_range(a_time_rule("0:00", "24:00", dates=frozenset({"2026-12-25"})), zone="America/Sao_Paulo")

    assert not is_open(hours, at("2026-12-25T02:59"))
    assert is_open(hours, at("2026-12-25T03:00"))
    assert is_open(hours, at("2026-12-26T02:59"))


@pytest.mark.parametrize(
    ("zone", "opens_at"),
    [
        ("Europe/Berlin", "2026-03-28T07:00"),  # the day before the switch to summer time, +01:00
        ("Europe/Berlin", "2026-03-29T06:00"),
        ("Europe/Berlin", "2026-10-24T06:00"),
        ("Europe/Berlin", "2026-10-25T07:00"),
        ("America/New_York", "2026-03-07T13:00"),
        ("America/New_York", "2026-03-08T12:00"),
        ("America/New_York", "2026-10-31T12:00"),
        ("America/New_York", "2026-11-01T13:00"),
        ("America/Sao_Paulo", "2018-11-03T11:00"),
        ("America/Sao_Paulo", "2018-11-04T10:00"),  # midnight was skipped
        ("America/Sao_Paulo", "2019-02-16T10:00"),
        ("America/Sao_Paulo", "2019-02-17T11:00"),  # the last hour of the 16th came twice
        ("America/Sao_Paulo", "2026-11-04T11:00"),  # no summer time since 2019
        ("Asia/Kolkata", "2026-03-02T02:30"),
    ],
)
def test_eight_o_clock_is_on_the_local_clock(zone: str, opens_at: str) -> None:
    hours = a_date_range(a_time_rule("8:00", "18:00"), zone=zone)
    opening = at(opens_at)

    assert not is_open(hours, opening - timedelta(minutes=1))
    assert is_open(hours, opening)
    assert next_change(hours, opening - timedelta(minutes=1)) == opening


def test_an_hour_that_comes_twice_counts_twice() -> None:
    hours = a_date_range(a_time_rule("2:00", "2:30"), zone="Europe/Berlin")

    changes = [at("2026-10-24T12:00")]
    for _ in range(4):
        found = next_change(hours, changes[-1])
        assert found is not None
        changes.append(found)

    assert changes[1:] == [at(f"2026-10-25T{clock}") for clock in ("00:00", "00:30", "01:00", "01:30")]


def test_an_hour_that_is_skipped_does_not_open() -> None:
    hours = a_date_range(a_time_rule("2:00", "3:00", weekdays=frozenset({7})), zone="Europe/Berlin")

    assert next_change(hours, at("2026-03-28T12:00")) == at("2026-04-05T00:00")


def test_a_rule_that_ends_in_the_skipped_hour_ends_when_the_clock_jumps() -> None:
    hours = a_date_range(a_time_rule("1:00", "2:30"), zone="Europe/Berlin")

    assert next_change(hours, at("2026-03-29T00:30")) == at("2026-03-29T01:00")


def test_a_change_is_found_past_a_long_holiday_and_on_a_far_date() -> None:
    holidays = frozenset(f"2026-08-{day:02}" for day in range(1, 32))
    closed = a_date_range(a_time_rule("8:00", "18:00"), a_time_rule("0:00", "24:00", dates=holidays, closed=True))
    far = a_date_range(a_time_rule("8:00", "18:00", dates=frozenset({"2031-05-01"})))

    assert next_change(closed, at("2026-07-31T18:00")) == at("2026-09-01T08:00")
    assert next_change(far, at("2026-07-31T18:00")) == at("2031-05-01T08:00")


def test_what_is_always_open_never_changes() -> None:
    assert next_change(a_date_range(a_time_rule("0:00", "0:00")), at("2026-03-02T12:00")) is None


MINUTES = st.integers(0, 95).map(lambda quarter: f"{quarter // 4}:{quarter % 4 * 15}")
RULES = st.builds(
    a_time_rule,
    MINUTES,
    MINUTES,
    weekdays=st.frozensets(st.sampled_from(sorted(EVERY_DAY)), min_size=1),
    dates=st.frozensets(st.sampled_from(["2018-11-03", "2018-11-04", "2019-02-16", "2019-02-17"]), max_size=2),
    closed=st.booleans(),
)
SWITCHES = st.sampled_from(
    [
        ("Europe/Berlin", "2018-10-28T00:00"),
        ("Europe/Berlin", "2018-03-25T00:00"),
        ("America/Sao_Paulo", "2018-11-04T00:00"),
        ("America/Sao_Paulo", "2019-02-16T22:00"),
        ("America/New_York", "2018-11-04T03:00"),
        ("Australia/Lord_Howe", "2018-10-06T12:00"),  # half an hour
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(RULES, max_size=3), SWITCHES, st.integers(0, 8))
def test_the_next_change_is_the_first_that_a_walk_by_quarters_of_an_hour_finds(rules, switch, hour) -> None:
    zone, start = switch
    hours = a_date_range(*rules, zone=zone)
    now = at(start) + timedelta(hours=hour)

    found = next_change(hours, now)

    walked = (now + timedelta(minutes=15 * step) for step in range(1, 4 * 30))
    expected = next((instant for instant in walked if is_open(hours, instant) != is_open(hours, now)), None)
    if expected is not None:
        assert found == expected
    else:
        assert found is None or found > now + timedelta(minutes=15 * (4 * 30 - 1))
