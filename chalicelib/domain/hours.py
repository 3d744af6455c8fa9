"""Business hours: whether a date range is open at an instant, and when that changes next.

Rules are about the clock on the wall of the range's time zone, so an hour that daylight saving repeats counts twice
and one that it skips never comes. A closed rule wins over any open one; a range that has closed rules only is open at
all other times; one without rules is never open.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from chalicelib.domain.parts import DateRange, TimeRule

MINUTES_OF_DAY = 24 * 60
_DAY = timedelta(days=1)
# Weekly rules show each of their changes within two weeks, even if daylight saving skips the one of this week.
_WEEKLY_HORIZON_DAYS = 15


def is_open(date_range: DateRange, now: datetime) -> bool:
    """``now`` must be aware. Raises ``zoneinfo.ZoneInfoNotFoundError`` for an unknown time zone."""
    local = now.astimezone(ZoneInfo(date_range.time_zone))
    today = local.date()
    minute = local.hour * 60 + local.minute
    if any(_covers(rule, today, minute) for rule in date_range.rules if rule.closed):
        return False
    opening = [rule for rule in date_range.rules if not rule.closed]
    if not opening:
        return bool(date_range.rules)
    return any(_covers(rule, today, minute) for rule in opening)


def next_change(date_range: DateRange, now: datetime) -> datetime | None:
    """The first instant (UTC) after ``now`` at which ``is_open`` answers differently; None when it never does."""
    now = now.astimezone(UTC)
    state = is_open(date_range, now)
    zone = ZoneInfo(date_range.time_zone)
    for day in _days_to_look_at(date_range, now.astimezone(zone).date()):
        for instant in sorted(set(_boundaries(date_range, day, zone))):
            if instant > now and is_open(date_range, instant) != state:
                return instant
    return None


def _covers(rule: TimeRule, day: date, minute: int) -> bool:
    if rule.end_minute > rule.start_minute:
        return rule.start_minute <= minute < rule.end_minute and _selects(rule, day)
    since_yesterday = minute < rule.end_minute and _selects(rule, day - _DAY)
    return since_yesterday or (minute >= rule.start_minute and _selects(rule, day))


def _selects(rule: TimeRule, day: date) -> bool:
    return day.isoformat() in rule.dates if rule.dates else day.isoweekday() in rule.weekdays


def _days_to_look_at(date_range: DateRange, today: date) -> list[date]:
    """In order: the days ahead in which weekly rules show, today's and those after every date that a rule names."""
    named = {date.fromisoformat(text) for rule in date_range.rules for text in rule.dates}
    starts = {today, *(day for day in named if day > today)}
    return sorted({start + _DAY * days for start in starts for days in range(_WEEKLY_HORIZON_DAYS + 1)})


def _boundaries(date_range: DateRange, day: date, zone: ZoneInfo) -> Iterator[datetime]:
    """The instants (UTC) of a local day at which the answer may change."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    minutes = {0}
    for rule in date_range.rules:
        minutes.update((rule.start_minute % MINUTES_OF_DAY, rule.end_minute % MINUTES_OF_DAY))
    for minute in minutes:
        wall = midnight.replace(hour=minute // 60, minute=minute % 60)
        for fold in (0, 1):
            yield wall.replace(fold=fold).astimezone(UTC)
    yield from _clock_changes(midnight, zone)


def _clock_changes(midnight: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """When the zone's offset changes between this midnight and the next, to the minute."""
    low = midnight.astimezone(UTC)
    high = (midnight + _DAY).astimezone(UTC)
    offset = low.astimezone(zone).utcoffset()
    if high.astimezone(zone).utcoffset() == offset:
        return
    minutes = int((high - low) / timedelta(minutes=1))
    first, last = 0, minutes  # the offset is the old one at first, the new one at last
    while last - first > 1:
        middle = (first + last) // 2
        if (low + timedelta(minutes=middle)).astimezone(zone).utcoffset() == offset:
            first = middle
        else:
            last = middle
    yield low + timedelta(minutes=last)
