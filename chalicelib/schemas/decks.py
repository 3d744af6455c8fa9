"""Service decks and rate decks: what each minute costs a customer."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from chalicelib.schemas.common import (
    LENIENT,
    Body,
    Currency,
    Instant,
    InstantText,
    Micros,
    Name,
    RecordView,
    ShortText,
    View,
)

Prefix = Annotated[str, StringConstraints(max_length=16, pattern=r"^(\+[0-9]{1,15}|[0-9*#]{1,15})$")]
Seconds = Annotated[int, Field(ge=0, le=86400)]
EPOCH_TEXT = "1970-01-01T00:00:00Z"


class RateFields(Body):
    rate_micros: Micros = Field(description="Per minute, in millionths of the deck's currency; 0: free")
    valid_from: InstantText = Field(default=0, description="In force from this instant on, by the call's start")
    valid_until: InstantText | None = Field(default=None, description="Up to but not at this instant; null: for good")
    minimum_s: Seconds = Field(default=0, description="The least that is billed")
    increment_s: Seconds = Field(default=1, description="Beyond the minimum, time is billed in steps of this; 0: 1")
    delay_s: Seconds = Field(default=0, description="A call that lasts no longer isn't billed at all")


class ServiceEntryBody(RateFields):
    service: Literal["PSTN", "MOBILE", "DID", "TOLLFREE", "SIP"] = Field(
        description="Outgoing fixed, outgoing mobile, incoming, incoming toll free, a leg to a subscriber's phone"
    )
    description: ShortText = ""


class ServiceEntryView(ServiceEntryBody):
    """As sent."""

    model_config = LENIENT


class ServiceDeckBody(Body):
    name: Name
    entries: list[ServiceEntryBody] = Field(default=[], max_length=200)


class ServiceDeckCreateBody(ServiceDeckBody):
    currency: Currency


class ServiceDeckView(RecordView):
    name: str
    currency: str
    deck_version: int = Field(description="Of the entries; a charge's proof names it")
    entries: list[ServiceEntryView]


class ServiceDeckVersionView(View):
    deck_id: str
    deck_version: int
    currency: str
    entries: list[ServiceEntryView]
    created_at: Instant
    created_by: str


class RateDeckBody(Body):
    name: Name


class RateDeckCreateBody(RateDeckBody):
    currency: Currency


class RateDeckView(RecordView):
    name: str
    currency: str
    deck_version: int = Field(description="Of the rates in force; 0: no rates yet")
    rate_count: int


class RateBody(RateFields):
    prefix: Prefix = Field(description="Digits with a leading plus; or a service number such as 911, dialled exactly")
    description: ShortText = ""


class RatesBody(Body):
    rates: list[RateBody] = Field(max_length=5000, description="All rates of the deck: they replace the present ones")


class RateView(RateBody):
    model_config = LENIENT

    entry_id: str = Field(description="Names the rate in this version of the deck")


class RatesQuery(BaseModel):
    cursor: str | None = Field(default=None, max_length=2000)
    version: int | None = Field(default=None, ge=1, description="An older version of the deck")


class LookupQuery(BaseModel):
    number: str = Field(min_length=1, max_length=16, description="E.164 with its plus, or a service number")
    at: str = Field(default="", max_length=40, description="The call's start, RFC 3339; empty: now")


class LookupView(View):
    number: str
    rate: RateView | None = Field(description="Of the longest prefix in force; null: the deck has none")
    prefixes_tried: list[str]
    deck_version: int
