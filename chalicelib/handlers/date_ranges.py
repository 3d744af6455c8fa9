"""Date ranges of a tenant."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from chalice.app import Blueprint

from chalicelib.auth import Role
from chalicelib.domain import hours, part_reader
from chalicelib.handlers.crud import Crud, register
from chalicelib.handlers.http import Call, endpoint
from chalicelib.schemas.date_ranges import DateRangeBody, DateRangeTestBody, DateRangeTestView, DateRangeView
from chalicelib.storage.date_ranges import DATE_RANGE, DateRange
from chalicelib.workflows.try_date_range import try_date_range

blueprint = Blueprint(__name__)

ADMINS: tuple[Role, ...] = ("isp_admin", "tenant_admin")


def _view(record: DateRange) -> DateRangeView:
    now = datetime.now(UTC)
    source: dict[str, Any] = {
        "date_range_id": record.id,
        "name": record.name,
        "time_zone": record.time_zone,
        "rules": record.rules,
    }
    found = part_reader.read_date_range(source)
    change = hours.next_change(found, now)
    return DateRangeView(
        id=record.id,
        version=int(record.version),
        created_at=record.created_at,
        updated_at=record.updated_at,
        name=record.name,
        time_zone=record.time_zone,
        rules=record.rules,
        open_now=hours.is_open(found, now),
        next_change_at=int(change.timestamp() * 1000) if change else None,
    )


register(
    blueprint,
    Crud(
        noun=DATE_RANGE,
        level="tenant",
        path="/tenants/{tenant_id}/date-ranges",
        body=DateRangeBody,
        view_type=DateRangeView,
        read=ADMINS,
        write=ADMINS,
        view=_view,
    ),
)


@endpoint(
    blueprint,
    "POST",
    "/date-range-tests",
    roles=ADMINS,
    body=DateRangeTestBody,
    out=DateRangeTestView,
    summary="Whether these hours are open now or at another moment, and when that changes",
)
def test_date_range(call: Call[DateRangeTestBody]) -> DateRangeTestView:
    return try_date_range(call.body, datetime.now(UTC))
