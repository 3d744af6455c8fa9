"""An adjustment of a customer's balance by hand: one ledger entry with its reason."""

from __future__ import annotations

from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.ids import is_id
from chalicelib.domain.ledger import LedgerEntry, LedgerError, is_booked
from chalicelib.domain.sentences import say
from chalicelib.storage.ledger import Booking, book_once, entry_of, find_booked
from chalicelib.storage.scope import IspScope
from chalicelib.storage.transaction import Actor, Transaction
from chalicelib.workflows.customer_terms import load_terms


def adjust_balance(
    scope: IspScope, customer_id: str, *, amount_micros: int, reason: str, idempotency_key: str, actor: Actor
) -> Booking:
    """The booking; with an ``idempotency_key`` the first one under it, for good. Raises ``idempotency_key_reused``."""
    tx = Transaction()
    own_key = f"adjustment/{actor.user_id}/{idempotency_key}" if idempotency_key else tx.new_id("adj")
    entry = LedgerEntry(
        key=own_key,
        kind="adjustment",
        amount_micros=amount_micros,
        currency=_currency(scope, customer_id),
        at=tx.now_ms,
        reference=own_key if is_id("adj", own_key) else "",
    )
    book_once(tx, scope, customer_id, entry, note=reason, booked_by=actor.user_id)
    tx.audit(scope.isp_id, actor, "balance.adjust", after={"customer_id": customer_id, "amount_micros": amount_micros})
    try:
        tx.commit()
    except PatchbayError as error:
        if error.code != "already_exists":
            raise
    booking = find_booked(customer_id, own_key)
    if booking is None:
        raise PatchbayError("try_again")
    _check_same(booking, entry)
    return booking


def _currency(scope: IspScope, customer_id: str) -> str:
    terms = load_terms(scope, customer_id)
    if not terms.currency:
        raise PatchbayError("currency_mismatch", say("customer_without_plan"))
    return terms.currency


def _check_same(booking: Booking, entry: LedgerEntry) -> None:
    try:
        is_booked(entry_of(booking), entry)
    except LedgerError as error:
        raise PatchbayError("idempotency_key_reused") from error
