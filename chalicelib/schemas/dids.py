"""The number inventory and its allocation."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from chalicelib.domain.sentences import SentenceError, say
from chalicelib.schemas.common import E164, Body, Instant, OptionalId, PageQuery, View


class NewDidsBody(Body):
    """One ``number``, or all from ``first`` to ``last``."""

    number: E164 | None = None
    first: E164 | None = None
    last: E164 | None = None

    @model_validator(mode="after")
    def _one_or_range(self) -> NewDidsBody:
        one = self.number is not None and self.first is None and self.last is None
        several = self.number is None and self.first is not None and self.last is not None
        if not (one or several):
            raise SentenceError(say("number_or_range"))
        return self


class NewDidsView(View):
    created: list[str]
    existing: list[str] = Field(description="Were in your inventory before")
    taken: list[str] = Field(description="Not available: ask the platform if they should be yours")


class DidQuery(PageQuery):
    state: Literal["", "free", "allocated"] = ""


class DidView(View):
    number: str
    tenant_id: str
    created_at: Instant


class DidTenantBody(Body):
    tenant_id: OptionalId = Field(description="Empty: back to the inventory")


class TenantDidView(View):
    number: str
    subscriber_id: str
    subscriber_name: str = Field(description="Name, or else username, of whom it rings; empty: nobody")


class AllocationBody(Body):
    number: E164
    subscriber_id: OptionalId = ""


class AssignmentBody(Body):
    subscriber_id: OptionalId
