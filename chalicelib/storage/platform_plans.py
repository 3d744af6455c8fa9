"""Platform plans: what an ISP pays the platform. Prices are in USD; none of them needs an online payment."""

from __future__ import annotations

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.storage.items import Record
from chalicelib.storage.records import Noun, all_records
from chalicelib.storage.scope import PlatformScope


class PlatformPlan(Record, discriminator="PlatformPlan"):
    name = UnicodeAttribute()
    description = UnicodeAttribute(default="")
    price_micros = NumberAttribute(default=0)  # per month


PLATFORM_PLAN = Noun("platform_plan", "ppl", "PLAN#", PlatformPlan)


def platform_plans() -> list[PlatformPlan]:
    return all_records(PlatformScope(), PLATFORM_PLAN)
