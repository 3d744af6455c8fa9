"""Carriers and gateways. The fields are the guide's; each description is what the consoles show beside it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from chalicelib.schemas.common import LENIENT, Body, LongText, Name, RecordView, ShortText

Host = Annotated[
    str, StringConstraints(min_length=1, max_length=253, pattern=r"^[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?$")
]
SipUserPart = Annotated[str, StringConstraints(max_length=32, pattern=r"^[0-9A-Za-z+*#_.-]*$")]
Network = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[0-9a-fA-F:.]+(/[0-9]{1,3})?$")]
Port = Annotated[int, Field(ge=1, le=65535)]
Codec = Literal["PCMU", "PCMA", "G722", "opus"]


class GatewayBody(Body):
    name: Name = Field(description="Your own name for it, such as primary")
    host: Host = Field(description="Host name or address that calls are sent to")
    port: Port = 5060
    transport: Literal["udp", "tcp", "tls"] = "udp"
    display: ShortText = Field(default="", description="Text part of the caller ID (From display name)")
    outbound_strip: int = Field(
        default=0, ge=0, le=20, description="Characters removed from the left of the number; the plus counts as one"
    )
    outbound_prefix: SipUserPart = Field(default="", description="Put to the left of the number, after the strip")
    inbound_strip: int = Field(default=0, ge=0, le=20, description="Characters removed from the number that arrives")
    inbound_prefix: SipUserPart = Field(default="", description="Put to the left of the number that arrives")
    source_domain: ShortText = Field(default="", description="From domain; empty: the gateway's host")
    source_user: SipUserPart = Field(default="", description="From user; empty: the subscriber's caller ID")
    apply_to: Literal["e164", "original"] = Field(
        default="e164", description="Outbound rules work on the E.164 number or on the number as dialled"
    )
    attributes: LongText = Field(default="", description="Free text for technical support")
    add_pai: bool = Field(default=False, description="Add P-Asserted-Identity (RFC 3325)")
    codecs: list[Codec] = Field(default=["PCMU", "PCMA"], min_length=1, max_length=4)
    networks: list[Network] = Field(
        default=[], max_length=20, description="Where its calls come from (CIDR); empty: the host's own addresses"
    )
    source_port: Port | None = Field(default=None, description="Only calls from this source port; null: any")
    gateway_id: str = Field(default="", max_length=64, description="Of an existing gateway; empty: a new one")


class CarrierBody(Body):
    name: Name
    gateways: list[GatewayBody] = Field(default=[], max_length=10, description="In the order they are tried")
    suspended: bool = False


class GatewayView(GatewayBody):
    model_config = LENIENT


class CarrierView(RecordView):
    name: str
    gateways: list[GatewayView]
    suspended: bool
