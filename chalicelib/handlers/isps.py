"""The ISP itself: its settings and its audit trail."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from chalice.app import Blueprint

from chalicelib.handlers.http import Call, endpoint
from chalicelib.schemas.common import Page
from chalicelib.schemas.isps import AuditQuery, AuditView, IspPatch, IspView
from chalicelib.storage import keys
from chalicelib.storage.audit import page_of_audit
from chalicelib.storage.isps import Isp, get_isp
from chalicelib.workflows.change_own_isp import change_own_isp

blueprint = Blueprint(__name__)

LATEST_MS = (1 << 48) - 1  # that an id can hold


def _ms(instant: datetime | None, default: int) -> int:
    return default if instant is None else min(LATEST_MS, max(0, int(instant.timestamp() * 1000)))


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
    query=AuditQuery,
    out=Page[AuditView],
    paged=True,
    summary="Who changed what, the newest first",
)
def list_audit(call: Call[Any]) -> Any:
    query = call.query
    purpose = f"{keys.audit(call.isp.isp_id)}/{query.model_dump_json(exclude={'limit', 'cursor'})}"
    span = (_ms(query.since, 0), _ms(query.until, LATEST_MS))
    page = page_of_audit(call.isp.isp_id, span, limit=query.limit, after=call.cursor(purpose))
    items = [
        AuditView.model_validate(entry)
        for entry in page.items
        if (not query.user_id or query.user_id in (entry.user_id, entry.acting_for))
        and entry.action.startswith(query.action)
    ]
    return Page[AuditView](items=items, next_cursor=call.next_cursor(page.last_key, purpose))
