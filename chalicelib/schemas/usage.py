"""Usage by UTC day."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer, StringConstraints, model_validator

from chalicelib.domain.sentences import SentenceError, say
from chalicelib.domain.usage import MOST_DAYS
from chalicelib.schemas.common import View


def _read_day(text: str) -> str:
    """Raises ``SentenceError``, also for a 30th of February."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise SentenceError(say("no_such_day")) from error


DayText = Annotated[
    str,
    StringConstraints(pattern=r"^20[0-9]{2}-[0-9]{2}-[0-9]{2}$"),
    AfterValidator(_read_day),
    Field(json_schema_extra={"format": "date"}),
]
Day = Annotated[
    date,
    PlainSerializer(lambda day: day.isoformat(), return_type=str),
    Field(json_schema_extra={"type": "string", "format": "date"}),
]


class UsageQuery(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    first: DayText | None = Field(default=None, alias="from", description="UTC day; without it, 29 days before `to`")
    last: DayText | None = Field(default=None, alias="to", description="UTC day, included; without it, today")

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if self.first is not None and self.last is not None:
            days = (date.fromisoformat(self.last) - date.fromisoformat(self.first)).days + 1
            if days < 1:
                raise SentenceError(say("from_after_to"))
            if days > MOST_DAYS:
                raise SentenceError(say("too_many_days", n=MOST_DAYS))
        return self


class AmountView(View):
    currency: str
    amount_micros: int


class UsageFigures(View):
    attempts: int
    answered: int
    failed: int
    refused: int = Field(description="By rights, limits or numbers that don't exist, before anybody was rung")
    talk_s: int = Field(description="From answer to end; started seconds count whole, as in the list of calls")
    asr: float | None = Field(description="Answered / attempts, 0 to 1; null without attempts")
    acd_s: float | None = Field(description="Talk time / answered calls; null without any")
    pdd_ms: float | None = Field(description="Mean post-dial delay of the calls that rang or were answered")
    amount_micros: int | None = Field(description="Charged, in `currency`; null for tenants, who don't see costs")
    other_amounts: list[AmountView] = Field(description="Charged in other currencies; never converted")


class UsageDayView(UsageFigures):
    day: Day


class UsageView(View):
    currency: str | None = Field(description="Of `amount_micros`: the ISP's, unless charges are in others only")
    days: list[UsageDayView]
    total: UsageFigures
