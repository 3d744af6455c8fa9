"""Date ranges: groups of time rules in a time zone (business hours, holidays)."""

from __future__ import annotations

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from chalicelib.storage.items import Record
from chalicelib.storage.records import Noun
from chalicelib.storage.scope import TenantScope
from chalicelib.storage.tenant_parts import core_effects, refuse_if_used
from chalicelib.storage.transaction import Transaction


class DateRange(Record, discriminator="DateRange"):
    name = UnicodeAttribute()
    time_zone = UnicodeAttribute()
    rules = JSONAttribute(default=list)  # fields: schemas/date_ranges.py


def _effects(scope: TenantScope, tx: Transaction, before: DateRange | None, after: DateRange | None) -> None:
    core_effects(scope, tx, before, after)
    if after is None and before is not None:
        refuse_if_used(tx, scope, before.sk, "date range")


DATE_RANGE = Noun("date_range", "dtr", "HOURS#", DateRange, effects=_effects)
