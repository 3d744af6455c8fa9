"""Registered phones, live calls and reachable colleagues, from what the tenant's SBC reports while somebody looks."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint

from chalicelib.handlers.http import Call, endpoint
from chalicelib.schemas.common import Page
from chalicelib.schemas.live import ContactsQuery, ContactView, HangUpView, LiveReportBody, LiveView
from chalicelib.storage.contacts import page_of_contacts
from chalicelib.workflows.hang_up_call import hang_up_call
from chalicelib.workflows.take_live_report import take_live_report
from chalicelib.workflows.watch_tenant import watch_tenant

blueprint = Blueprint(__name__)

MAX_REPORT = 2_000_000


@endpoint(
    blueprint,
    "GET",
    "/tenants/{tenant_id}/live",
    roles=("isp_admin", "tenant_admin"),
    out=LiveView,
    summary="Registered phones and live calls; asking keeps the SBC reporting for a minute",
)
def get_live(call: Call[Any]) -> LiveView:
    return LiveView.model_validate(watch_tenant(call.tenant))


@endpoint(
    blueprint,
    "POST",
    "/tenants/{tenant_id}/live/calls/{call_id}/hang-up",
    roles=("isp_admin", "tenant_admin"),
    out=HangUpView,
    status=202,
    summary="End a live call within seconds",
)
def hang_up(call: Call[Any]) -> HangUpView:
    call_id = call.path["call_id"]
    hang_up_call(call.tenant, call_id, actor=call.identity.actor())
    return HangUpView(call_id=call_id)


@endpoint(
    blueprint,
    "GET",
    "/tenants/{tenant_id}/contacts",
    roles=("subscriber", "tenant_admin", "isp_admin"),
    query=ContactsQuery,
    out=Page[ContactView],
    paged=True,
    summary="The tenant's subscribers by name, and who can be reached; asking keeps the SBC reporting for a minute",
)
def list_contacts(call: Call[Any]) -> Any:
    purpose = f"{call.tenant.pk}/contacts/{call.query.search}"
    page = page_of_contacts(call.tenant, search=call.query.search, limit=call.query.limit, after=call.cursor(purpose))
    live = watch_tenant(call.tenant)
    items = [
        ContactView(
            subscriber_id=contact.subscriber_id,
            name=contact.name,
            username=contact.username,
            alias=contact.alias,
            reach=live.reach(contact.subscriber_id),
        )
        for contact in page.items
    ]
    return Page[ContactView](items=items, next_cursor=call.next_cursor(page.last_key, purpose))


@endpoint(
    blueprint,
    "POST",
    "/sbc/live",
    roles=("node",),
    body=LiveReportBody,
    status=204,
    max_body=MAX_REPORT,
    summary="The phones and calls of a tenant that is watched, as this node has them",
)
def report_live(call: Call[LiveReportBody]) -> None:
    take_live_report(call.identity.sbc_id, call.identity.user_id, call.body)
