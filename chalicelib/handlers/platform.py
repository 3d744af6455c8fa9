"""What the platform's admin does: ISPs and the plans they choose from."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint

from chalicelib.handlers.crud import Crud, register
from chalicelib.handlers.http import Call, endpoint
from chalicelib.handlers.isps import isp_view
from chalicelib.schemas.common import Page, PageQuery
from chalicelib.schemas.isps import IspView, PlatformIspPatch, PlatformPlanBody, PlatformPlanView
from chalicelib.storage.isps import change_isp, get_isp, page_of_isps
from chalicelib.storage.platform_plans import PLATFORM_PLAN

blueprint = Blueprint(__name__)


@endpoint(
    blueprint,
    "GET",
    "/platform/isps",
    roles=("platform_admin",),
    query=PageQuery,
    out=Page[IspView],
    paged=True,
    summary="List: isp",
)
def list_isps(call: Call[Any]) -> Any:
    purpose = f"isps/{call.query.search}"
    page = page_of_isps(limit=call.query.limit, after=call.cursor(purpose), search=call.query.search)
    items = [isp_view(isp) for isp in page.items]
    return Page[IspView](items=items, next_cursor=call.next_cursor(page.last_key, purpose))


@endpoint(blueprint, "GET", "/platform/isps/{isp_id}", roles=("platform_admin",), out=IspView, summary="Get one isp")
def get_one_isp(call: Call[Any]) -> Any:
    return isp_view(get_isp(call.path["isp_id"]))


@endpoint(
    blueprint,
    "PATCH",
    "/platform/isps/{isp_id}",
    roles=("platform_admin",),
    body=PlatformIspPatch,
    out=IspView,
    versioned=True,
    summary="Suspend or resume an isp: its calls stop, its data stays",
)
def patch_isp(call: Call[PlatformIspPatch]) -> Any:
    isp = change_isp(
        get_isp(call.path["isp_id"]),
        {"suspended": call.body.suspended},
        expected_version=call.expected_version,
        actor=call.identity.actor(),
    )
    return isp_view(isp)


register(
    blueprint,
    Crud(
        noun=PLATFORM_PLAN,
        level="platform",
        path="/platform/plans",
        body=PlatformPlanBody,
        view_type=PlatformPlanView,
        read=("platform_admin",),
        write=("platform_admin",),
    ),
)
