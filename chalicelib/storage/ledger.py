"""The ledger of a customer: append-only entries, and the balance that each transaction moves by their sum.

Every entry is booked once. The charges of a call are booked in the transaction that stores the call, or changes its
revision, and can't be repeated because that can't; any other entry brings an item that stands for its key.
"""

from __future__ import annotations

from collections.abc import Iterable

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.ledger import LedgerEntry
from chalicelib.domain.sentences import say
from chalicelib.storage import keys
from chalicelib.storage.database import Key, Page, database
from chalicelib.storage.items import Item
from chalicelib.storage.scope import IspScope
from chalicelib.storage.transaction import Transaction


class Booking(Item, discriminator="Booking"):
    """``at`` is when it was booked, ``occurred_at`` when what is billed began. The proof of a call's charge stands in
    its record; here is its digest."""

    key = UnicodeAttribute()
    entry_kind = UnicodeAttribute()
    amount_micros = NumberAttribute()
    currency = UnicodeAttribute()
    at = NumberAttribute()
    occurred_at = NumberAttribute()
    reference = UnicodeAttribute()
    note = UnicodeAttribute(default="")
    proof_digest = UnicodeAttribute(default="")
    booked_by = UnicodeAttribute(default="")


class Balance(Item, discriminator="Balance"):
    isp_id = UnicodeAttribute()
    balance_micros = NumberAttribute(default=0)
    entries = NumberAttribute(default=0)
    currency = UnicodeAttribute(default="")


class Booked(Item, discriminator="Booked"):
    """The key of a booking, and where the booking is."""

    booking_sk = UnicodeAttribute()


def book(tx: Transaction, customer_id: str, entries: Iterable[LedgerEntry], *, occurred_at: int) -> int:
    """Adds entries that something else in the transaction makes unique; their sum, for ``move_balance``."""
    total = 0
    for entry in entries:
        tx.put_new(_booking(customer_id, entry, occurred_at=occurred_at))
        total += entry.amount_micros
    return total


def book_once(
    tx: Transaction, scope: IspScope, customer_id: str, entry: LedgerEntry, *, note: str, booked_by: str
) -> None:
    """Adds one entry and moves the balance. ``already_exists`` when its key is in the ledger: ``find_booked`` it."""
    booking = _booking(customer_id, entry, note=note, booked_by=booked_by)
    tx.put_new(Booked(pk=keys.customer(customer_id), sk=keys.booked_sk(entry.key), booking_sk=booking.sk))
    tx.put_new(booking)
    move_balance(tx, scope, customer_id, entry.amount_micros, entry.currency, entries=1)


def move_balance(
    tx: Transaction, scope: IspScope, customer_id: str, amount_micros: int, currency: str, *, entries: int
) -> None:
    """Once per transaction, by the sum of the entries booked in it. The first entry freezes the currency."""
    tx.update(
        keys.customer(customer_id),
        keys.BALANCE,
        "ADD balance_micros :amount, entries :entries SET currency = :currency, isp_id = :isp_id, #kind = :kind",
        condition="attribute_not_exists(currency) OR currency = :currency",
        on_conflict=PatchbayError("currency_mismatch", say("ledger_in_other_currency")),
        names={"#kind": "kind"},
        amount=amount_micros,
        entries=entries,
        currency=currency,
        isp_id=scope.isp_id,
        kind="Balance",
    )


def find_balance(scope: IspScope, customer_id: str) -> Balance | None:
    """None before the first entry, and for another ISP's customer."""
    found = database().find(Balance, keys.customer(customer_id), keys.BALANCE)
    return found if found is not None and found.isp_id == scope.isp_id else None


def find_booked(customer_id: str, key: str) -> Booking | None:
    """The booking of ``book_once`` under this key. The customer was found to be the caller's before."""
    found = database().find(Booked, keys.customer(customer_id), keys.booked_sk(key))
    return None if found is None else database().find(Booking, found.pk, found.booking_sk)


def page_of_ledger(customer_id: str, *, limit: int, after: Key | None) -> Page[Booking]:
    """One query, the latest booking first. The customer was found to be the caller's before."""
    return database().page(
        Booking, keys.customer(customer_id), prefix=keys.LEDGER, limit=limit, after=after, newest_first=True
    )


def entry_of(booking: Booking) -> LedgerEntry:
    return LedgerEntry(
        key=booking.key,
        kind=booking.entry_kind,  # type: ignore[arg-type]  # written by _booking alone
        amount_micros=int(booking.amount_micros),
        currency=booking.currency,
        at=int(booking.at),
        reference=booking.reference,
    )


def _booking(
    customer_id: str, entry: LedgerEntry, *, occurred_at: int | None = None, note: str = "", booked_by: str = ""
) -> Booking:
    return Booking(
        pk=keys.customer(customer_id),
        sk=keys.ledger_sk(entry.at, entry.key),
        key=entry.key,
        entry_kind=entry.kind,
        amount_micros=entry.amount_micros,
        currency=entry.currency,
        at=entry.at,
        occurred_at=entry.at if occurred_at is None else occurred_at,
        reference=entry.reference,
        note=note,
        proof_digest=str(entry.proof["digest"]) if entry.proof else "",
        booked_by=booked_by,
    )
