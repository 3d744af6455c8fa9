"""The ISP's number inventory."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint

from chalicelib.auth import Role
from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.sentences import say
from chalicelib.handlers.http import Call, endpoint
from chalicelib.schemas.common import Page
from chalicelib.schemas.dids import DidQuery, DidTenantBody, DidView, NewDidsBody, NewDidsView
from chalicelib.storage import dids
from chalicelib.storage.references import missing_reference
from chalicelib.storage.scope import TenantScope
from chalicelib.storage.tenants import find_tenant_scope
from chalicelib.workflows.add_numbers import add_numbers, numbers_between

blueprint = Blueprint(__name__)

ISP: tuple[Role, ...] = ("isp_admin",)


@endpoint(
    blueprint, "GET", "/dids", roles=ISP, query=DidQuery, out=Page[DidView], paged=True, summary="List: inventory"
)
def list_dids(call: Call[Any]) -> dict[str, Any]:
    purpose = f"{call.isp.pk}/did/{call.query.search}"
    page = dids.page_of_dids(
        call.isp.isp_id, limit=call.query.limit, after=call.cursor(purpose), search=call.query.search
    )
    wanted = {"": None, "free": False, "allocated": True}[call.query.state]
    items = [
        DidView.model_validate(did).model_dump(mode="json")
        for did in page.items
        if wanted is None or bool(did.tenant_id) is wanted
    ]
    return {"items": items, "next_cursor": call.next_cursor(page.last_key, purpose)}


@endpoint(
    blueprint,
    "POST",
    "/dids",
    roles=ISP,
    body=NewDidsBody,
    out=NewDidsView,
    status=201,
    summary="Add a number or a range; the same range can be sent again",
)
def create_dids(call: Call[NewDidsBody]) -> NewDidsView:
    body = call.body
    numbers = [body.number] if body.number else numbers_between(body.first or "", body.last or "")
    return NewDidsView.model_validate(add_numbers(call.isp.isp_id, numbers, actor=call.identity.actor()))


@endpoint(blueprint, "DELETE", "/dids/{number}", roles=ISP, status=204, summary="Remove a free number")
def delete_did(call: Call[Any]) -> None:
    dids.remove_did(call.isp.isp_id, call.path["number"], actor=call.identity.actor())


@endpoint(
    blueprint,
    "PUT",
    "/dids/{number}/tenant",
    roles=ISP,
    body=DidTenantBody,
    out=DidView,
    summary="Give a number to a tenant, or take it back",
)
def give_did(call: Call[DidTenantBody]) -> DidView:
    isp_id, number, actor = call.isp.isp_id, call.path["number"], call.identity.actor()
    did = dids.find_did(isp_id, number)
    if did is None:
        raise PatchbayError("not_found", say("number_not_in_inventory"))
    if did.tenant_id == call.body.tenant_id:
        return DidView.model_validate(did)
    target = _tenant(isp_id, call.body.tenant_id) if call.body.tenant_id else None
    if did.tenant_id:
        dids.release_did(_tenant(isp_id, did.tenant_id), number, actor=actor)
    if target is not None:
        dids.allocate_did(target, number, "", actor=actor)
    did.tenant_id = call.body.tenant_id
    return DidView.model_validate(did)


def _tenant(isp_id: str, tenant_id: str) -> TenantScope:
    scope = find_tenant_scope(isp_id, tenant_id)
    if scope is None:
        raise missing_reference("tenant_id", tenant_id)
    return scope
