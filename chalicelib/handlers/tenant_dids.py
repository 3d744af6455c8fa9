"""The numbers of a tenant: taken from the ISP's inventory, given to subscribers."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint

from chalicelib.auth import Role
from chalicelib.handlers.http import Call, endpoint
from chalicelib.schemas.common import Page, PageQuery
from chalicelib.schemas.dids import AllocationBody, AssignmentBody, DidView, TenantDidView
from chalicelib.storage import dids
from chalicelib.workflows.show_dids import show_dids

blueprint = Blueprint(__name__)

PATH = "/tenants/{tenant_id}/dids"
ADMINS: tuple[Role, ...] = ("isp_admin", "tenant_admin")


@endpoint(
    blueprint, "GET", PATH, roles=ADMINS, query=PageQuery, out=Page[TenantDidView], paged=True,
    summary="List: numbers of the tenant", name="list_tenant_dids",
)  # fmt: skip
def list_tenant_dids(call: Call[Any]) -> dict[str, Any]:
    purpose = f"{call.tenant.pk}/did/{call.query.search}"
    page = dids.page_of_tenant_dids(
        call.tenant, limit=call.query.limit, after=call.cursor(purpose), search=call.query.search
    )
    items = [view.model_dump(mode="json") for view in show_dids(call.tenant, page.items)]
    return {"items": items, "next_cursor": call.next_cursor(page.last_key, purpose)}


@endpoint(
    blueprint,
    "GET",
    "/tenants/{tenant_id}/available-dids",
    roles=ADMINS,
    query=PageQuery,
    out=Page[DidView],
    paged=True,
    summary="List: free numbers of the ISP's inventory (pages may be short)",
)
def list_available_dids(call: Call[Any]) -> dict[str, Any]:
    purpose = f"{call.tenant.pk}/available/{call.query.search}"
    page = dids.page_of_dids(
        call.tenant.isp_id, limit=call.query.limit, after=call.cursor(purpose), search=call.query.search
    )
    items = [DidView.model_validate(did).model_dump(mode="json") for did in page.items if not did.tenant_id]
    return {"items": items, "next_cursor": call.next_cursor(page.last_key, purpose)}


@endpoint(
    blueprint, "POST", PATH, roles=ADMINS, body=AllocationBody, out=TenantDidView, status=201,
    summary="Take a free number", name="allocate_did",
)  # fmt: skip
def allocate(call: Call[AllocationBody]) -> TenantDidView:
    did = dids.allocate_did(call.tenant, call.body.number, call.body.subscriber_id, actor=call.identity.actor())
    return show_dids(call.tenant, [did])[0]


@endpoint(
    blueprint, "PATCH", PATH + "/{number}", roles=ADMINS, body=AssignmentBody, out=TenantDidView,
    summary="Give a number to a subscriber, or (empty) to nobody", name="assign_did",
)  # fmt: skip
def assign(call: Call[AssignmentBody]) -> TenantDidView:
    did = dids.assign_did(call.tenant, call.path["number"], call.body.subscriber_id, actor=call.identity.actor())
    return show_dids(call.tenant, [did])[0]


@endpoint(
    blueprint, "DELETE", PATH + "/{number}", roles=ADMINS, status=204,
    summary="Give a number back to the ISP's inventory", name="release_did",
)  # fmt: skip
def release(call: Call[Any]) -> None:
    dids.release_did(call.tenant, call.path["number"], actor=call.identity.actor())
