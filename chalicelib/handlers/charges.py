"""What calls cost: explain a charge, unrated calls, rate again, and what a call would cost."""

from __future__ import annotations

import time
from typing import Any

from chalice.app import Blueprint

from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.sentences import say
from chalicelib.handlers.http import Call, endpoint
from chalicelib.schemas.charges import (
    ChargesQuery,
    ChargesView,
    PriceCheckBody,
    PriceView,
    RatedAgainView,
    UnratedCallView,
)
from chalicelib.schemas.common import Page
from chalicelib.storage.call_names import names_in_calls
from chalicelib.storage.cdrs import Cdr, find_cdr_of_isp, page_of_unrated
from chalicelib.storage.customers import CUSTOMER
from chalicelib.storage.records import get_record
from chalicelib.workflows.check_price import check_price
from chalicelib.workflows.customer_terms import load_terms, terms_of_plan
from chalicelib.workflows.rate_again import rate_again
from chalicelib.workflows.show_charges import decks_in, show_charge, show_price, show_reason, show_total
from chalicelib.workflows.summarise_call import summarise_call

blueprint = Blueprint(__name__)


@endpoint(
    blueprint,
    "GET",
    "/calls/{call_id}/charges",
    roles=("isp_admin",),
    out=ChargesView,
    summary="Explain the charges of a call: entry, version, rounding, arithmetic and proof of each leg",
)
def explain_charges(call: Call[Any]) -> ChargesView:
    cdr = find_cdr_of_isp(call.isp, call.path["call_id"])
    if cdr is None:
        raise PatchbayError("not_found", say("no_such_call"))
    return ChargesView.model_validate(_charges(call, cdr))


@endpoint(
    blueprint,
    "GET",
    "/charges",
    roles=("isp_admin",),
    query=ChargesQuery,
    out=Page[UnratedCallView],
    paged=True,
    summary="Calls with legs that couldn't be priced, and why",
)
def list_charges(call: Call[Any]) -> dict[str, Any]:
    purpose = f"{call.isp.pk}/charges/{call.query.state}"
    page = page_of_unrated(call.isp, limit=call.query.limit, after=call.cursor(purpose))
    items = [
        {
            "call_id": item.sk,
            "tenant_id": item.tenant_id,
            "customer_id": item.customer_id,
            "legs": [leg | {"reason": show_reason(leg, call.language)} for leg in item.legs],
        }
        for item in page.items
    ]
    shown = [UnratedCallView.model_validate(item).model_dump(mode="json") for item in items]
    return {"items": shown, "next_cursor": call.next_cursor(page.last_key, purpose)}


@endpoint(
    blueprint,
    "POST",
    "/calls/{call_id}/rate-again",
    roles=("isp_admin",),
    out=RatedAgainView,
    summary="Rate a call again by the decks in force when it began",
)
def rate_call_again(call: Call[Any]) -> RatedAgainView:
    cdr, changed = rate_again(call.isp, call.path["call_id"], actor=call.identity.actor())
    return RatedAgainView.model_validate(_charges(call, cdr) | {"changed": changed})


@endpoint(
    blueprint,
    "POST",
    "/price-checks",
    roles=("isp_admin",),
    body=PriceCheckBody,
    out=PriceView,
    summary="What a call would cost",
)
def price(call: Call[PriceCheckBody]) -> PriceView:
    asked = call.body
    if asked.customer_id:
        get_record(call.isp, CUSTOMER, asked.customer_id)
        terms = load_terms(call.isp, asked.customer_id)
    else:
        terms = terms_of_plan(call.isp, asked.service_plan_id)
    at = asked.at if asked.at is not None else time.time_ns() // 1_000_000
    found = check_price(terms, kind=asked.kind, number=asked.number, seconds=asked.seconds, at=at)
    names = names_in_calls(call.isp.isp_id, [], deck_ids=decks_in([found]))
    return PriceView.model_validate(show_price(found, names, call.language))


def _charges(call: Call[Any], cdr: Cdr) -> dict[str, Any]:
    summary = summarise_call(cdr.record, cdr.charges)
    names = names_in_calls(call.isp.isp_id, [summary], deck_ids=decks_in(cdr.charges))
    total = show_total(cdr.call_id, cdr.customer_id, cdr.record["setup_at"], cdr.charges)
    return total | {"charges": [show_charge(charge, names, call.language) for charge in cdr.charges]}
