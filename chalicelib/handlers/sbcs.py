"""SBCs: made by the platform, used by ISPs."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint

from chalicelib.handlers.crud import Crud, register
from chalicelib.handlers.http import Call, endpoint
from chalicelib.schemas.sbcs import (
    EnrolledNodeView,
    InForce,
    NodeBody,
    NodeList,
    NodeView,
    SbcBody,
    SbcCreateBody,
    SbcView,
    UsableSbcList,
    UsableSbcView,
)
from chalicelib.settings import settings
from chalicelib.storage.records import create_record, get_record
from chalicelib.storage.sbcs import SBC, Sbc, nodes_in_force, nodes_of_sbc, sbcs_for_isp
from chalicelib.storage.scope import PlatformScope
from chalicelib.workflows.enrol_node import enrol_node
from chalicelib.workflows.revoke_node import revoke_node

blueprint = Blueprint(__name__)

register(
    blueprint,
    Crud(
        noun=SBC,
        level="platform",
        path="/platform/sbcs",
        body=SbcBody,
        view_type=SbcView,
        read=("platform_admin",),
        write=("platform_admin",),
        creates=False,
    ),
)


@endpoint(
    blueprint,
    "POST",
    "/platform/sbcs",
    roles=("platform_admin",),
    body=SbcCreateBody,
    out=SbcView,
    status=201,
    summary="Create an SBC, shared or of one ISP",
    name="create_sbc",
)
def create(call: Call[SbcCreateBody]) -> SbcView:
    record = create_record(PlatformScope(), SBC, call.body.model_dump(), actor=call.identity.actor())
    return SbcView.model_validate(record)


@endpoint(
    blueprint,
    "POST",
    "/platform/sbcs/{sbc_id}/nodes",
    roles=("platform_admin",),
    body=NodeBody,
    out=EnrolledNodeView,
    status=201,
    summary="Enrol a node; its key is shown this once",
    name="enrol_sbc_node",
)
def enrol(call: Call[NodeBody]) -> EnrolledNodeView:
    node = enrol_node(call.path["sbc_id"], call.body.name, actor=call.identity.actor())
    return EnrolledNodeView(
        sbc_id=node.sbc_id,
        name=node.name,
        node_key=node.node_key,
        seal_key=node.seal_key,
        queue_url=node.queue_url,
        queue_region=settings().region if node.queue_url else "",
    )


@endpoint(
    blueprint,
    "GET",
    "/platform/sbcs/{sbc_id}/nodes",
    roles=("platform_admin",),
    out=NodeList,
    summary="The nodes of an SBC",
    name="list_sbc_nodes",
)
def list_nodes(call: Call[Any]) -> NodeList:
    found = get_record(PlatformScope(), SBC, call.path["sbc_id"])
    return NodeList(items=[NodeView.model_validate(node) for node in nodes_of_sbc(found.id)])


@endpoint(
    blueprint,
    "DELETE",
    "/platform/sbcs/{sbc_id}/nodes/{node}",
    roles=("platform_admin",),
    status=204,
    summary="Revoke a node's key",
    name="revoke_sbc_node",
)
def revoke(call: Call[Any]) -> None:
    revoke_node(call.path["sbc_id"], call.path["node"], actor=call.identity.actor())


@endpoint(
    blueprint,
    "GET",
    "/sbcs",
    roles=("isp_admin",),
    out=UsableSbcList,
    summary="The SBCs that tenants of this ISP may use",
    name="list_usable_sbcs",
)
def list_usable(call: Call[Any]) -> UsableSbcList:
    return UsableSbcList(items=[_usable(sbc) for sbc in sbcs_for_isp(call.isp.isp_id)])


def _usable(sbc: Sbc) -> UsableSbcView:
    acknowledged, nodes = nodes_in_force(sbc.id)
    return UsableSbcView(
        id=sbc.id,
        name=sbc.name,
        address=sbc.address,
        websocket_url=sbc.websocket_url,
        region=sbc.region,
        shared=not sbc.isp_id,
        in_force=InForce(nodes=nodes, acknowledged=acknowledged),
    )
