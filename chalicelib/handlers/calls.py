"""Calls, as a tenant, its subscribers and the ISP see them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from chalice.app import Blueprint

from chalicelib.auth import Role
from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.explain import Audience
from chalicelib.domain.sentences import say
from chalicelib.handlers.http import Call, endpoint
from chalicelib.schemas.calls import (
    CallDetailView,
    CallsQuery,
    CallView,
    IspCallDetailView,
    IspCallsQuery,
    IspCallView,
)
from chalicelib.schemas.common import Page
from chalicelib.storage.call_names import names_in_calls
from chalicelib.storage.cdrs import Cdr, Span, calls_of_isp, calls_of_tenant, find_cdr, find_cdr_of_isp
from chalicelib.workflows.show_calls import (
    lacks_names,
    numbers_of,
    show_call,
    show_isp_fields,
    show_legs,
    show_steps,
)
from chalicelib.workflows.show_charges import decks_in, show_charge
from chalicelib.workflows.summarise_call import summarise_call

blueprint = Blueprint(__name__)

READERS: tuple[Role, ...] = ("isp_admin", "tenant_admin", "subscriber")
DEFAULT_SPAN_MS = 396 * 86_400_000
LATEST_MS = 86_400_000  # beyond now: a node's clock may be ahead

Summary = dict[str, Any]


@endpoint(
    blueprint,
    "GET",
    "/tenants/{tenant_id}/calls",
    roles=READERS,
    query=CallsQuery,
    out=Page[CallView],
    paged=True,
    summary="Calls of a tenant, the latest first; a subscriber sees its own",
)
def list_tenant_calls(call: Call[Any]) -> dict[str, Any]:
    audience = _audience(call)
    matches = _matcher(call, audience)
    purpose = f"{call.tenant.pk}/calls/{_filters(call)}"
    found = calls_of_tenant(
        call.tenant,
        _span(call, purpose),
        lambda cdr: matches(summarise_call(cdr.record, cdr.charges)),
        limit=call.query.limit,
    )
    summaries = [summarise_call(cdr.record, cdr.charges) for cdr in found.items]
    names = names_in_calls(call.identity.isp_id, filter(lacks_names, summaries))
    items = [
        _json(CallView, show_call(summary, names, audience=audience, language=call.language)) for summary in summaries
    ]
    return {"items": items, "next_cursor": _next(call, found.reached, purpose)}


@endpoint(
    blueprint,
    "GET",
    "/tenants/{tenant_id}/calls/{call_id}",
    roles=READERS,
    out=CallDetailView,
    summary="One call with its legs and every decision in plain words",
)
def get_tenant_call(call: Call[Any]) -> CallDetailView:
    cdr = find_cdr(call.tenant, call.path["call_id"])
    if cdr is None:
        raise PatchbayError("not_found", say("no_such_call"))
    summary = summarise_call(cdr.record, cdr.charges)
    own = call.identity.user_id
    if call.identity.role == "subscriber" and own not in summary["subscriber_ids"]:
        raise PatchbayError("not_found", say("no_such_call"))
    names = names_in_calls(call.identity.isp_id, [summary])
    audience = _audience(call)
    steps = (
        show_steps(cdr.record["trace"], audience=audience, language=call.language)
        if call.identity.role != "subscriber"
        else []
    )
    return CallDetailView.model_validate(
        show_call(summary, names, audience=audience, language=call.language)
        | {
            "pdd_ms": cdr.record["pdd_ms"],
            "legs": show_legs(cdr.record["legs"], names, audience="tenant"),
            "steps": steps,
        }
    )


@endpoint(
    blueprint,
    "GET",
    "/calls",
    roles=("isp_admin",),
    query=IspCallsQuery,
    out=Page[IspCallView],
    paged=True,
    summary="Calls of all tenants, the latest first",
)
def list_isp_calls(call: Call[Any]) -> dict[str, Any]:
    matches = _matcher(call, "isp")
    purpose = f"{call.isp.pk}/calls/{_filters(call)}"
    found = calls_of_isp(call.isp, _span(call, purpose), lambda entry: matches(entry.summary), limit=call.query.limit)
    summaries = [entry.summary for entry in found.items]
    names = names_in_calls(call.isp.isp_id, summaries)
    items = [
        _json(
            IspCallView,
            show_call(summary, names, audience="isp", language=call.language) | show_isp_fields(summary, names),
        )
        for summary in summaries
    ]
    return {"items": items, "next_cursor": _next(call, found.reached, purpose)}


@endpoint(
    blueprint,
    "GET",
    "/calls/{call_id}",
    roles=("isp_admin",),
    out=IspCallDetailView,
    summary="One call with everything known of it: legs, gateways, decisions, charges",
)
def get_isp_call(call: Call[Any]) -> IspCallDetailView:
    cdr = find_cdr_of_isp(call.isp, call.path["call_id"])
    if cdr is None:
        raise PatchbayError("not_found", say("no_such_call"))
    return IspCallDetailView.model_validate(_isp_detail(call, cdr))


def _isp_detail(call: Call[Any], cdr: Cdr) -> dict[str, Any]:
    summary = summarise_call(cdr.record, cdr.charges)
    names = names_in_calls(call.isp.isp_id, [summary], deck_ids=decks_in(cdr.charges))
    technical = ("pdd_ms", "sbc_id", "node", "sip_call_id", "user_agent", "src_ip")
    return {
        **show_call(summary, names, audience="isp", language=call.language),
        **show_isp_fields(summary, names),
        **{name: cdr.record[name] for name in technical},
        "legs": show_legs(cdr.record["legs"], names, audience="isp"),
        "charges": [show_charge(charge, names, call.language) for charge in cdr.charges],
        "steps": show_steps(cdr.record["trace"], audience="isp", language=call.language),
    }


def _audience(call: Call[Any]) -> Audience:
    return "isp" if call.identity.role == "isp_admin" else "tenant"


def _span(call: Call[Any], purpose: str) -> Span:
    now = time.time_ns() // 1_000_000
    cursor = call.cursor(purpose) or {}
    since, until = call.query.since, call.query.until
    earliest = now - DEFAULT_SPAN_MS if since is None else int(since.timestamp() * 1000)
    latest = now + LATEST_MS if until is None else int(until.timestamp() * 1000)
    return Span(max(0, earliest), max(0, min(latest, now + LATEST_MS)), str(cursor.get("before", "")))


def _next(call: Call[Any], reached: str, purpose: str) -> str | None:
    return call.next_cursor({"before": reached} if reached else None, purpose)


def _filters(call: Call[Any]) -> str:
    """A cursor goes on with the search it was made for. Without times: an open end moves with the clock."""
    return str(call.query.model_dump_json(exclude={"limit", "cursor"}))


def _matcher(call: Call[Any], audience: Audience) -> Callable[[Summary], bool]:
    query = call.query
    subscriber_id = query.subscriber_id
    own = call.identity.user_id if call.identity.role == "subscriber" else ""
    equal = {
        name: value
        for name in ("direction", "result", "tenant_id", "carrier_id")
        if (value := getattr(query, name, None))
    }

    def matches(summary: Summary) -> bool:
        return (
            all(summary[name] == value for name, value in equal.items())
            and (not subscriber_id or subscriber_id in summary["subscriber_ids"])
            and (not own or own in summary["subscriber_ids"])
            and (not query.number or any(one.startswith(query.number) for one in numbers_of(summary, audience)))
        )

    return matches


def _json(view: type[Any], fields: dict[str, Any]) -> Any:
    return view.model_validate(fields).model_dump(mode="json")
