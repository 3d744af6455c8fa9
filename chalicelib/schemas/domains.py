"""Customers' own domains and the TXT record that proves control."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from chalicelib.schemas.common import Body, Instant, RecordView, View

LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
DomainText = Annotated[
    str, StringConstraints(min_length=3, max_length=253, to_lower=True, pattern=rf"^({LABEL}\.)+{LABEL}$")
]


class DomainBody(Body):
    domain: DomainText = Field(description="Such as pbx.customer.example")


class TxtRecord(View):
    name: str
    value: str


class DomainView(RecordView):
    domain: str
    verified_at: Instant | None
    txt_record: TxtRecord = Field(description="To be published in the DNS, then verified here")
