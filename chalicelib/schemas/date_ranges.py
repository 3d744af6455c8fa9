"""Date ranges: weekly hours and single dates in a time zone."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, StringConstraints

from chalicelib.domain.sentences import SentenceError, say
from chalicelib.schemas.common import LENIENT, Body, Instant, Name, RecordView, View

EARLIEST_YEAR, LATEST_YEAR = 1970, 2200  # what the console asks about; far from the ends of what dates can be


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise SentenceError(say("no_such_time_zone"))
    return name


def _real_date(text: str) -> str:
    try:
        date.fromisoformat(text)
    except ValueError as error:
        raise SentenceError(say("no_such_day")) from error
    return text


def _real_wall_time(text: str) -> str:
    try:
        year = datetime.fromisoformat(text).year if text else EARLIEST_YEAR
    except ValueError as error:
        raise SentenceError(say("no_such_day")) from error
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise SentenceError(say("year_between", first=EARLIEST_YEAR, last=LATEST_YEAR))
    return text


TimeZone = Annotated[str, StringConstraints(max_length=64), AfterValidator(_known_zone)]
Weekday = Annotated[int, Field(ge=1, le=7, description="1 is Monday (ISO 8601)")]
WallTime = Annotated[
    str, StringConstraints(pattern=r"^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2})?$"), AfterValidator(_real_wall_time)
]
Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$"), AfterValidator(_real_date)]


class TimeRuleBody(Body):
    """Weekdays or dates; from start to end in minutes of the local day, past midnight if the end isn't later."""

    weekdays: list[Weekday] = Field(default=[], max_length=7)
    dates: list[Day] = Field(default=[], max_length=400)
    start_minute: int = Field(default=0, ge=0, le=1439)
    end_minute: int = Field(default=1440, ge=0, le=1440)
    closed: bool = Field(default=False, description="Closed at these times, whatever other rules say")


class Hours(Body):
    time_zone: TimeZone
    rules: list[TimeRuleBody] = Field(default=[], max_length=100)


class DateRangeBody(Hours):
    name: Name


class DateRangeTestBody(Hours):
    """Hours as they stand in a form, saved or not."""

    at: WallTime = Field(default="", description="On the wall of the time zone, such as 2026-12-24T09:30; empty: now")


class DateRangeTestView(View):
    at: Instant
    open: bool
    next_change_at: Instant | None


class TimeRuleView(TimeRuleBody):
    model_config = LENIENT


class DateRangeView(RecordView):
    name: str
    time_zone: str
    rules: list[TimeRuleView]
    open_now: bool
    next_change_at: Instant | None
