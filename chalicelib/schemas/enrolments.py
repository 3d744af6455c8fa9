"""One-time keys for new nodes, and what a node gets for one."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from chalicelib.schemas.common import Body, Instant, View
from chalicelib.schemas.sbcs import NodeName

# Made up by the node: 32 random bytes or more in base64url
NodeKeyText = Annotated[str, StringConstraints(max_length=86, pattern=r"^([A-Za-z0-9_-]{43,86})?$")]
EnrolmentKeyText = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class EnrolmentBody(Body):
    name: NodeName = Field(description="Of the node; unique within its SBC")
    replace: bool = Field(default=False, description="A node of this name gets new keys, its old one ends")


class EnrolmentView(View):
    id: str
    name: str
    replace: bool
    created_at: Instant
    created_by: str
    expires_at: Instant


class NewEnrolmentView(EnrolmentView):
    key: str = Field(description="Shown this once; good for one node")


class EnrolmentList(View):
    items: list[EnrolmentView]


class EnrolBody(Body):
    key: EnrolmentKeyText
    node_key: NodeKeyText = Field(
        default="", description="A key that the node has made up: then a request whose answer got lost may be repeated"
    )
    queue: bool = Field(default=True, description="false for a node without AWS credentials: it asks the API instead")


class EnrolledView(View):
    sbc_id: str
    sbc_name: str
    node: str
    node_key: str = Field(description="The node's bearer token from now on")
    seal_key: str = Field(description="Base64url of 32 bytes: opens the passwords' digests of this SBC's tenants")
    queue_url: str = Field(description="Where the node hears of changes; empty: it asks the API")
    queue_region: str
    address: str = Field(description="Host and port that phones use as their outbound proxy")
    websocket_url: str = Field(description="Where browser phones connect")
    public_url: str = Field(description="Where the consoles are: the origin of browser phones")
    platform_domain: str
    stage: str
