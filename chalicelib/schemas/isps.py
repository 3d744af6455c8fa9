"""An ISP as itself and as the platform sees it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from chalicelib.schemas.common import Body, Instant, Micros, Name, RecordView, ShortText, View
from chalicelib.schemas.onboarding import Country, TimeZone


class IspPatch(Body):
    company: Name | None = None
    country: Country | None = None
    time_zone: TimeZone | None = None
    cdr_retention_days: int | None = Field(default=None, ge=1, le=3660)
    namespace: str | None = Field(default=None, max_length=63, description="Can't be changed")
    currency: str | None = Field(default=None, max_length=3, description="Can't be changed")


class IspView(RecordView):
    company: str
    namespace: str
    currency: str
    country: str
    time_zone: str
    platform_plan_id: str
    suspended: bool
    cdr_retention_days: int


class PlatformIspPatch(Body):
    suspended: bool


class PlatformPlanBody(Body):
    name: Name
    description: ShortText = ""
    price_micros: Micros = Field(default=0, description="USD a month, in millionths")


class PlatformPlanView(RecordView):
    name: str
    description: str
    price_micros: int


class PublicPlan(View):
    id: str
    name: str
    description: str
    price_micros: int
    currency: str = "USD"


class PublicPlans(BaseModel):
    items: list[PublicPlan]


class AuditView(View):
    id: str
    at: Instant
    user_id: str
    user_name: str
    acting_for: str
    action: str
    before: Any
    after: Any
