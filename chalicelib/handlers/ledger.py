"""The ledger of a customer: entries, balance, adjustments."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint

from chalicelib.domain.money import decimal_text
from chalicelib.handlers.http import Call, endpoint
from chalicelib.schemas.charges import AdjustmentBody, BalanceView, BookingView
from chalicelib.schemas.common import Page, PageQuery
from chalicelib.storage.customers import CUSTOMER
from chalicelib.storage.ledger import Booking, find_balance, page_of_ledger
from chalicelib.storage.records import get_record
from chalicelib.workflows.adjust_balance import adjust_balance

blueprint = Blueprint(__name__)

PATH = "/customers/{customer_id}"


@endpoint(
    blueprint,
    "GET",
    PATH + "/ledger",
    roles=("isp_admin",),
    query=PageQuery,
    out=Page[BookingView],
    paged=True,
    summary="Ledger entries of a customer, the latest first",
)
def list_ledger(call: Call[Any]) -> dict[str, Any]:
    customer_id = _customer_id(call)
    purpose = f"{call.isp.pk}/ledger/{customer_id}"
    page = page_of_ledger(customer_id, limit=call.query.limit, after=call.cursor(purpose))
    items = [_view(booking).model_dump(mode="json") for booking in page.items]
    return {"items": items, "next_cursor": call.next_cursor(page.last_key, purpose)}


@endpoint(
    blueprint,
    "GET",
    PATH + "/balance",
    roles=("isp_admin",),
    out=BalanceView,
    summary="The sum of a customer's ledger",
)
def get_balance(call: Call[Any]) -> BalanceView:
    customer_id = _customer_id(call)
    found = find_balance(call.isp, customer_id)
    micros = int(found.balance_micros) if found else 0
    return BalanceView(
        customer_id=customer_id,
        balance_micros=micros,
        balance=decimal_text(micros),
        currency=found.currency if found else "",
        entries=int(found.entries) if found else 0,
    )


@endpoint(
    blueprint,
    "POST",
    PATH + "/adjustments",
    roles=("isp_admin",),
    body=AdjustmentBody,
    out=BookingView,
    status=201,
    summary="Change a customer's balance by hand, with a reason",
)
def adjust(call: Call[AdjustmentBody]) -> BookingView:
    booking = adjust_balance(
        call.isp,
        _customer_id(call),
        amount_micros=call.body.amount_micros,
        reason=call.body.reason,
        idempotency_key=call.headers.get("idempotency-key", ""),
        actor=call.identity.actor(),
    )
    return _view(booking)


def _customer_id(call: Call[Any]) -> str:
    """Of the caller's ISP, or it is not found."""
    return str(get_record(call.isp, CUSTOMER, call.path["customer_id"]).id)


def _view(booking: Booking) -> BookingView:
    return BookingView(
        key=booking.key,
        kind=booking.entry_kind,
        amount_micros=int(booking.amount_micros),
        amount=decimal_text(int(booking.amount_micros)),
        currency=booking.currency,
        at=int(booking.at),
        occurred_at=int(booking.occurred_at),
        reference=booking.reference,
        note=booking.note,
    )
