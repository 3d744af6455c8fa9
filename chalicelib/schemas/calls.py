"""Calls as tenants and as the ISP see them. Tenants see no carrier, gateway, cost or withheld number."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from chalicelib.schemas.charges import ChargeView
from chalicelib.schemas.common import Instant, OptionalId, View

NumberBeginning = Annotated[str, StringConstraints(max_length=40, pattern=r"^[0-9A-Za-z+*#._-]*$")]
Result = Literal["answered", "not_answered", "refused"]
Direction = Literal["internal", "outbound", "inbound"]


class CallsQuery(BaseModel):
    limit: int = Field(default=50, ge=1, le=200)
    cursor: str | None = Field(default=None, max_length=2000)
    subscriber_id: OptionalId = Field(default="", description="Called, was called or paid")
    number: NumberBeginning = Field(default="", description="The beginning of a number of either side, or as dialled")
    direction: Direction | None = None
    result: Result | None = None
    since: AwareDatetime | None = Field(default=None, description="RFC 3339; without it, 13 months ago")
    until: AwareDatetime | None = Field(default=None, description="RFC 3339; without it, now")


class IspCallsQuery(CallsQuery):
    tenant_id: OptionalId = ""
    carrier_id: OptionalId = ""


class PartyView(View):
    subscriber_id: str
    name: str
    number: str


class CallRefusalView(View):
    code: str
    sentence: str
    advice: str


class StepView(View):
    """A decision in plain words."""

    code: str
    text: str


class CallView(View):
    call_id: str
    direction: Direction
    result: Result
    caller: PartyView
    called: PartyView
    dialled: str
    did: str
    setup_at: Instant
    answered_at: Instant | None
    ended_at: Instant
    talk_s: int = Field(description="From answer to end; a started second counts whole")
    hangup_by: str
    sip_status: int
    q850_cause: int
    estimated: bool = Field(description="The end wasn't seen; it is the last moment the call surely was up")
    refusal: CallRefusalView | None


class LegView(View):
    leg: str
    kind: Literal["did", "sip", "pstn"]
    subscriber_id: str
    subscriber_name: str
    called_number: str
    setup_at: Instant
    answered_at: Instant | None
    ended_at: Instant
    sip_status: int


class CallDetailView(CallView):
    pdd_ms: int | None
    legs: list[LegView]
    steps: list[StepView]


class IspCallFields(View):
    tenant_id: str
    tenant_name: str
    customer_id: str
    customer_name: str
    carrier_id: str
    carrier_name: str
    gateway_id: str
    gateway_name: str
    amount_micros: int
    amount: str
    currency: str
    unrated: bool


class IspCallView(CallView, IspCallFields):
    pass


class IspLegView(LegView):
    carrier_id: str
    carrier_name: str
    gateway_id: str
    gateway_name: str


class IspCallDetailView(CallView, IspCallFields):
    pdd_ms: int | None
    sbc_id: str
    node: str
    sip_call_id: str
    user_agent: str
    src_ip: str
    legs: list[IspLegView]
    charges: list[ChargeView]
    steps: list[StepView]
