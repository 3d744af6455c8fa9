"""Charges with what proves them, prices asked for, and the ledger."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field, StringConstraints, model_validator

from chalicelib.domain.sentences import SentenceError, say
from chalicelib.schemas.common import CONTROL, Body, Instant, InstantText, OptionalE164, OptionalId, View

MAX_AMOUNT = 10**15

State = Literal["rated", "free", "included", "unrated"]


class ChargeView(View):
    """``amount`` is the decimal text of ``amount_micros``, exact. ``explanation``: the arithmetic, step by step."""

    leg: str
    kind: Literal["did", "sip", "pstn"]
    number: str
    charged_subscriber_id: str
    charged_subscriber_name: str
    state: State
    code: str
    reason: str
    amount_micros: int
    amount: str
    currency: str
    billed_s: int
    revision: int
    explanation: list[str]
    verified: bool | None = Field(description="The proof is whole and its amount follows from it; null: there is none")
    proof: dict[str, Any] | None


class ChargesView(View):
    call_id: str
    customer_id: str
    setup_at: Instant
    currency: str
    amount_micros: int
    amount: str
    charges: list[ChargeView]


class ChargesQuery(BaseModel):
    state: Literal["unrated"]
    limit: int = Field(default=50, ge=1, le=200)
    cursor: str | None = Field(default=None, max_length=2000)


class UnratedLegView(View):
    leg: str
    kind: str
    number: str
    code: str
    reason: str


class UnratedCallView(View):
    call_id: str
    tenant_id: str
    customer_id: str
    legs: list[UnratedLegView]


class RatedAgainView(ChargesView):
    changed: bool


class PriceCheckBody(Body):
    customer_id: OptionalId = ""
    service_plan_id: OptionalId = Field(default="", description="Instead of a customer")
    kind: Literal["pstn", "did", "sip"] = Field(default="pstn", description="Outgoing, incoming, or to a phone")
    number: OptionalE164 = Field(default="", description="Called number; the DID of an incoming call")
    seconds: int = Field(ge=0, le=86_400)
    at: InstantText | None = Field(default=None, description="RFC 3339: when the call starts; without it, now")

    @model_validator(mode="after")
    def _needs(self) -> Self:
        if bool(self.customer_id) == bool(self.service_plan_id):
            raise SentenceError(say("customer_or_plan"))
        if self.kind != "sip" and not self.number:
            raise SentenceError(say("number_needed"))
        return self


class PriceView(View):
    state: State
    code: str
    reason: str
    amount_micros: int
    amount: str
    currency: str
    billed_s: int
    explanation: list[str]
    verified: bool | None
    proof: dict[str, Any] | None


class BookingView(View):
    key: str
    kind: str
    amount_micros: int
    amount: str
    currency: str
    at: Instant
    occurred_at: Instant
    reference: str
    note: str


class BalanceView(View):
    customer_id: str
    balance_micros: int
    balance: str
    currency: str
    entries: int


class AdjustmentBody(Body):
    amount_micros: int = Field(ge=-MAX_AMOUNT, le=MAX_AMOUNT, description="What is added to the balance; not zero")
    reason: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=CONTROL, strip_whitespace=True)]

    @model_validator(mode="after")
    def _moves(self) -> Self:
        if self.amount_micros == 0:
            raise SentenceError(say("adjustment_of_nothing"))
        return self
