"""Service plans."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from chalicelib.schemas.common import Body, Currency, Micros, Name, OptionalId, RecordView


class ServicePlanBody(Body):
    name: Name
    payment: Literal["prepaid", "postpaid"] = "postpaid"
    carrier_id: OptionalId = Field(default="", description="Of new tenants that don't say otherwise")
    dialplan_id: OptionalId = Field(default="", description="Of new tenants that don't say otherwise")
    subscriber_month_micros: Micros = Field(default=0, description="Per subscriber and month, in millionths")
    did_month_micros: Micros = Field(default=0, description="Per DID and month, in millionths")
    invoice_day: int = Field(default=1, ge=1, le=28, description="Day of the month on which invoices are made")
    service_deck_id: OptionalId = Field(default="", description="Empty: no service deck")
    rate_deck_id: OptionalId = Field(default="", description="Empty: no rate deck")


class ServicePlanCreateBody(ServicePlanBody):
    currency: Currency = Field(description="Stays; its decks must have the same")


class ServicePlanView(RecordView):
    name: str
    currency: str
    payment: str
    carrier_id: str
    dialplan_id: str
    subscriber_month_micros: int
    did_month_micros: int
    invoice_day: int
    service_deck_id: str
    rate_deck_id: str
