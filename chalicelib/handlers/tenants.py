"""Tenants of an ISP."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint

from chalicelib.auth import Role
from chalicelib.handlers.crud import Crud, register
from chalicelib.handlers.http import Call, endpoint
from chalicelib.schemas.tenants import ConnectionView, TenantBody, TenantView
from chalicelib.storage.records import create_record, get_record
from chalicelib.storage.scope import IspScope
from chalicelib.storage.tenants import TENANT
from chalicelib.workflows.prepare_tenant import prepare_tenant, refuse_other_domain
from chalicelib.workflows.show_connection import show_connection

blueprint = Blueprint(__name__)

ISP: tuple[Role, ...] = ("isp_admin",)


@endpoint(
    blueprint, "POST", "/tenants", roles=ISP, body=TenantBody, out=TenantView, status=201, summary="Create a tenant"
)
def create_tenant(call: Call[TenantBody]) -> TenantView:
    values = prepare_tenant(call.isp, call.body.model_dump())
    return TenantView.model_validate(create_record(call.isp, TENANT, values, actor=call.identity.actor()))


@endpoint(
    blueprint,
    "GET",
    "/tenants/{tenant_id}",
    roles=("isp_admin", "tenant_admin"),
    out=TenantView,
    tenant_scoped=False,
    summary="Get one tenant; its own admins don't see the carrier",
)
def get_tenant(call: Call[Any]) -> TenantView:
    found = get_record(IspScope(call.identity.isp_id), TENANT, call.path["tenant_id"])
    view = TenantView.model_validate(found)
    return view if call.identity.role == "isp_admin" else view.model_copy(update={"carrier_id": ""})


@endpoint(
    blueprint,
    "GET",
    "/tenants/{tenant_id}/connection",
    roles=("isp_admin", "tenant_admin", "subscriber"),
    out=ConnectionView,
    summary="What phones of the tenant are set up with: domain, outbound proxy, WebSocket",
)
def get_connection(call: Call[Any]) -> ConnectionView:
    return show_connection(call.tenant)


register(
    blueprint,
    Crud(
        noun=TENANT,
        level="isp",
        path="/tenants",
        body=TenantBody,
        view_type=TenantView,
        read=ISP,
        write=ISP,
        check_change=refuse_other_domain,
        creates=False,
        gets=False,
    ),
)
