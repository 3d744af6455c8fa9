"""An ISP as itself and as the platform sees it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from chalicelib.schemas.common import Body, Instant, Micros, Name, OptionalId, RecordView, ShortText, View
from chalicelib.schemas.onboarding import Country, TimeZone

ActionBeginning = Annotated[str, StringConstraints(max_length=60, pattern=r"^[a-z_.]*$")]


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


class AuditQuery(BaseModel):
    limit: int = Field(default=50, ge=1, le=200)
    cursor: str | None = Field(default=None, max_length=2000)
    user_id: OptionalId = Field(default="", description="Who did it")
    action: ActionBeginning = Field(default="", description="Its beginning, such as tenant or tenant.view")
    since: AwareDatetime | None = Field(default=None, description="RFC 3339; not before this")
    until: AwareDatetime | None = Field(default=None, description="RFC 3339; not after this")


class AuditView(View):
    id: str
    at: Instant
    user_id: str
    user_name: str
    acting_for: str
    action: str
    before: Any
    after: Any
