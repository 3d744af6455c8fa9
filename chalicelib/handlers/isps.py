"""The ISP itself: its settings and its audit trail."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint

from chalicelib.handlers.http import Call, endpoint
from chalicelib.schemas.common import Page, PageQuery
from chalicelib.schemas.isps import AuditView, IspPatch, IspView
from chalicelib.storage import keys
from chalicelib.storage.audit import page_of_audit
from chalicelib.storage.isps import Isp, get_isp
from chalicelib.workflows.change_own_isp import change_own_isp

blueprint = Blueprint(__name__)


def isp_view(isp: Isp) -> IspView:
    fields = {name: getattr(isp, name) for name in IspView.model_fields if name != "company"}
    return IspView.model_validate(fields | {"company": isp.name})


@endpoint(blueprint, "GET", "/isp", roles=("isp_admin",), out=IspView, summary="Our settings")
def get_own_isp(call: Call[Any]) -> Any:
    return isp_view(get_isp(call.isp.isp_id))


@endpoint(
    blueprint,
    "PATCH",
    "/isp",
    roles=("isp_admin",),
    body=IspPatch,
    out=IspView,
    versioned=True,
    summary="Change our settings",
)
def patch_own_isp(call: Call[IspPatch]) -> Any:
    isp = change_own_isp(
        call.isp.isp_id, call.body, expected_version=call.expected_version, actor=call.identity.actor()
    )
    return isp_view(isp)


@endpoint(
    blueprint,
    "GET",
    "/audit",
    roles=("isp_admin",),
    query=PageQuery,
    out=Page[AuditView],
    paged=True,
    summary="Who changed what, the newest first",
)
def list_audit(call: Call[Any]) -> Any:
    purpose = keys.audit(call.isp.isp_id)
    page = page_of_audit(call.isp.isp_id, limit=call.query.limit, after=call.cursor(purpose))
    items = [AuditView.model_validate(entry) for entry in page.items]
    return Page[AuditView](items=items, next_cursor=call.next_cursor(page.last_key, purpose))
