"""Customers."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from chalicelib.schemas.common import Body, Id, LongText, Name, RecordView, ShortText

OptionalEmail = Annotated[str, StringConstraints(max_length=254, pattern=r"^([^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+)?$")]


class CustomerBody(Body):
    name: Name
    email: OptionalEmail = Field(default="", description="Where invoices go")
    contact_name: ShortText = ""
    phone: ShortText = ""
    address: LongText = ""
    tax_id: ShortText = ""
    notes: LongText = ""
    service_plan_id: Id
    suspended: bool = Field(default=False, description="No calls in any of the customer's tenants; data stays")


class CustomerView(RecordView):
    name: str
    email: str
    contact_name: str
    phone: str
    address: str
    tax_id: str
    notes: str
    service_plan_id: str
    currency: str = Field(description="The service plan's; it can't change once anything has been booked")
    suspended: bool
