"""The tester of a date range: open at that moment, and until when?"""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from chalicelib.domain import hours
from chalicelib.domain.part_reader import read_date_range
from chalicelib.schemas.date_ranges import DateRangeTestBody, DateRangeTestView


def try_date_range(body: DateRangeTestBody, now: datetime) -> DateRangeTestView:
    """A time that the clocks show twice is the first of both."""
    source = body.model_dump(exclude={"at"}) | {"date_range_id": "", "name": ""}
    found = read_date_range(source)
    at = datetime.fromisoformat(body.at).replace(tzinfo=ZoneInfo(body.time_zone)).astimezone(UTC) if body.at else now
    change = hours.next_change(found, at)
    return DateRangeTestView(
        at=int(at.timestamp() * 1000),
        open=hours.is_open(found, at),
        next_change_at=int(change.timestamp() * 1000) if change else None,
    )
