"""What a browser phone is told about itself."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from chalicelib.schemas.common import View


class PhoneProxy(View):
    host: str = Field(description="Of phones that aren't browsers; an IPv6 address is in brackets")
    port: int
    transports: list[Literal["udp", "tcp"]] = Field(description="The usual one first")


class PhoneView(View):
    subscriber_id: str
    tenant_id: str
    username: str
    domain: str = Field(description="SIP domain, also the realm of the digest")
    display_name: str
    alias: str
    language: str
    websocket_url: str = Field(description="Where the phone connects; empty: the SBC takes no browsers")
    proxy: PhoneProxy
    ha1: str = Field(description="MD5 of username:domain:softphone password (RFC 2617 3.2.2.2); for memory alone")
