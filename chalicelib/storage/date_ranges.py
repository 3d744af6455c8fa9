"""Date ranges: groups of time rules in a time zone (business hours, holidays)."""

from __future__ import annotations

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from chalicelib.storage.items import Record
from chalicelib.storage.records import Noun
from chalicelib.storage.tenant_parts import core_effects


class DateRange(Record, discriminator="DateRange"):
    name = UnicodeAttribute()
    time_zone = UnicodeAttribute()
    rules = JSONAttribute(default=list)  # fields: schemas/date_ranges.py


DATE_RANGE = Noun("date_range", "dtr", "HOURS#", DateRange, effects=core_effects, referable=True)
