"""The ledger of a customer: append-only entries, each booked once under its key; the balance is their sum."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from chalicelib.domain.rate_call import Charge

EntryKind = Literal["charge", "refund", "top_up", "adjustment"]
LedgerErrorCode = Literal["wrong_sign", "key_missing", "currency_mismatch", "key_conflict", "nothing_to_refund"]


class LedgerError(ValueError):
    """An entry or a ledger that breaks an invariant; ``code`` names which."""

    def __init__(self, code: LedgerErrorCode, message: str) -> None:
        super().__init__(message)
        self.code: LedgerErrorCode = code


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """``amount_micros`` as it changes the balance: charges at most 0, refunds and top-ups at least 0.

    ``reference`` is the id of what is booked (call, resource, payment); ``proof`` that of a call's charge.
    """

    key: str
    kind: EntryKind
    amount_micros: int
    currency: str
    at: int
    reference: str
    proof: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        if not self.key:
            raise LedgerError("key_missing", "an entry without a key could be booked twice")
        sign = {"charge": -1, "refund": 1, "top_up": 1, "adjustment": 0}[self.kind]
        if self.amount_micros * sign < 0:
            raise LedgerError("wrong_sign", f"{self.key}: a {self.kind} of {self.amount_micros}")


def call_key(call_id: str, leg: str, revision: int = 0) -> str:
    """The key of a leg's charge, the same however often its CDR arrives. ``revision`` counts re-ratings."""
    return f"call/{call_id}/{leg}" if revision == 0 else f"call/{call_id}/{leg}/{revision}"


def refund_key(charge_key: str) -> str:
    """A charge can be refunded once."""
    return f"{charge_key}/refund"


def call_charge(charge: Charge, *, call_id: str, leg: str, at: int, revision: int = 0) -> LedgerEntry:
    """The entry of a charge, also of an amount of 0: that the leg was rated is a fact of its own."""
    return LedgerEntry(
        key=call_key(call_id, leg, revision),
        kind="charge",
        amount_micros=-charge.amount_micros,
        currency=charge.currency,
        at=at,
        reference=call_id,
        proof=charge.proof,
    )


def refund(entry: LedgerEntry, *, at: int) -> LedgerEntry:
    """What takes a charge back. LedgerError ``nothing_to_refund`` for anything but a charge."""
    if entry.kind != "charge":
        raise LedgerError("nothing_to_refund", f"{entry.key} is a {entry.kind}")
    return LedgerEntry(refund_key(entry.key), "refund", -entry.amount_micros, entry.currency, at, entry.reference)


def is_booked(existing: LedgerEntry | None, entry: LedgerEntry) -> bool:
    """Whether ``entry`` is in the ledger already, ``existing`` being what is booked under its key.

    The instant and the proof don't count: the same leg rated a second time is the same charge. LedgerError
    ``key_conflict`` if something else was booked under the key.
    """
    if existing is None:
        return False
    if _substance(existing) != _substance(entry):
        raise LedgerError("key_conflict", f"{entry.key} is booked with other contents")
    return True


def _substance(entry: LedgerEntry) -> tuple[str, str, int, str, str]:
    return entry.key, entry.kind, entry.amount_micros, entry.currency, entry.reference


def balance(entries: Iterable[LedgerEntry], currency: str) -> int:
    """The sum in millionths. LedgerError for an entry in another currency or a key that occurs twice."""
    total = 0
    seen: set[str] = set()
    for entry in entries:
        if entry.currency != currency:
            raise LedgerError("currency_mismatch", f"{entry.key} is in {entry.currency}, the ledger in {currency}")
        if entry.key in seen:
            raise LedgerError("key_conflict", f"{entry.key} occurs twice")
        seen.add(entry.key)
        total += entry.amount_micros
    return total
