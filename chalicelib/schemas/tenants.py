"""Tenants."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from chalicelib.schemas.common import Body, Id, LongText, Name, OptionalE164, OptionalId, RecordView, View

LABEL = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?"
DomainName = Annotated[str, StringConstraints(min_length=1, max_length=253, pattern=rf"^{LABEL}(\.{LABEL})*$")]
CountryCode = Annotated[str, StringConstraints(max_length=3, pattern=r"^([1-9][0-9]{0,2})?$")]
Number = Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{5,14}$")]


class TenantBody(Body):
    name: Name
    domain: DomainName = Field(
        description="SIP domain: a label such as customer1 (below your namespace), or a verified own domain"
    )
    customer_id: Id
    carrier_id: OptionalId = Field(default="", description="Empty: as the customer's service plan says")
    dialplan_id: OptionalId = Field(default="", description="Empty: as the customer's service plan says")
    sbc_id: Id = Field(description="The SBC that its phones use as outbound proxy")
    country_code: CountryCode = Field(default="", description="Instead of the dialplan's (_CC)")
    main_number: OptionalE164 = Field(default="", description="Caller ID of subscribers without a number")
    caller_ids: list[Number] = Field(default=[], max_length=200, description="Approved beside the tenant's numbers")
    emergency_caller_id: OptionalE164 = ""
    emergency_address: LongText = ""
    max_calls: int = Field(default=0, ge=0, le=100_000, description="At once; 0: no limit of its own")
    suspended: bool = False


class TenantView(RecordView):
    name: str
    domain: str
    customer_id: str
    carrier_id: str
    dialplan_id: str
    sbc_id: str
    country_code: str
    main_number: str
    caller_ids: list[str]
    emergency_caller_id: str
    emergency_address: str
    max_calls: int
    suspended: bool


class ConnectionView(View):
    """What a phone of the tenant is set up with, beside its user and password."""

    domain: str = Field(description="SIP domain, also the realm of the digest")
    proxy_host: str = Field(description="Outbound proxy; an IPv6 address is in brackets")
    proxy_port: int
    transports: list[Literal["udp", "tcp"]] = Field(description="Spoken at the proxy's port, the usual one first")
    websocket_url: str = Field(description="Where browser phones connect; empty: the SBC takes none")
