"""SBCs and their nodes, as the platform sees them and as an ISP does."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from chalicelib.schemas.common import Body, Instant, Name, OptionalId, RecordView, ShortText, View

HostPort = Annotated[
    str,
    StringConstraints(
        min_length=3,
        max_length=259,
        pattern=r"^([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9a-fA-F:.]+\]):[1-9][0-9]{0,4}$",
    ),
]
WebSocketUrl = Annotated[str, StringConstraints(max_length=200, pattern=r"^(wss?://[A-Za-z0-9.:\[\]/_-]+)?$")]
NodeName = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9]([A-Za-z0-9._-]*)$")]


class SbcBody(Body):
    name: Name
    address: HostPort = Field(description="Host and port that phones use as their outbound proxy")
    websocket_url: WebSocketUrl = Field(default="", description="Where browser phones connect")
    region: ShortText = ""
    allow_private_gateways: bool = Field(default=False, description="Calls may come from private addresses")


class SbcCreateBody(SbcBody):
    isp_id: OptionalId = Field(default="", description="The only ISP that may use it; empty: all may")


class SbcView(RecordView):
    name: str
    address: str
    websocket_url: str
    region: str
    allow_private_gateways: bool
    isp_id: str


class NodeBody(Body):
    name: NodeName


class NodeView(View):
    name: str
    created_at: Instant
    acked_cursor: str
    acked_at: Instant


class NodeList(View):
    items: list[NodeView]


class EnrolledNodeView(View):
    sbc_id: str
    name: str
    node_key: str = Field(description="Shown this once; the node sends it as its bearer token")
    seal_key: str = Field(description="Base64url of 32 bytes: opens the passwords' digests of this SBC's tenants")
    queue_url: str = Field(description="Where the node hears of changes; empty: it asks the API")
    queue_region: str


class InForce(View):
    nodes: int = Field(description="How many nodes the SBC has")
    acknowledged: int = Field(description="How many have all changes in force")


class UsableSbcView(View):
    id: str
    name: str
    address: str
    websocket_url: str
    region: str
    shared: bool
    in_force: InForce


class UsableSbcList(View):
    items: list[UsableSbcView]
