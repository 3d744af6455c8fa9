"""Rates a stored call again, by the decks in force when it began: refunds what was charged wrongly, charges what is
missing. The ledger only grows; a call that is right already is left as it is."""

from __future__ import annotations

from typing import Any

from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.ledger import LedgerEntry, refund
from chalicelib.domain.sentences import say
from chalicelib.domain.usage import day_of, tally_corrections
from chalicelib.storage import ledger
from chalicelib.storage.cdrs import Cdr, delete_unrated, find_cdr_of_isp, put_revision, put_unrated
from chalicelib.storage.scope import IspScope
from chalicelib.storage.transaction import Actor, Transaction
from chalicelib.storage.usage import Counted, count_usage
from chalicelib.workflows.customer_terms import Terms, load_terms
from chalicelib.workflows.rate_cdr import StoredCharge, ledger_entries, rate_cdr
from chalicelib.workflows.summarise_call import summarise_call

_MATTERS = ("state", "code", "reason", "amount_micros", "currency", "billed_s", "proof")


def rate_again(scope: IspScope, call_id: str, *, actor: Actor) -> tuple[Cdr, bool]:
    """The call as it stands afterwards, and whether a charge changed. Raises ``not_found``, or ``try_again`` if
    somebody else rates it at the same moment."""
    cdr = find_cdr_of_isp(scope, call_id)
    if cdr is None:
        raise PatchbayError("not_found", say("no_such_call"))
    terms = load_terms(scope, cdr.customer_id)
    before = list(cdr.charges)
    revision = int(cdr.revision) + 1
    after = [
        _kept_or_new(old, new) for old, new in zip(before, rate_cdr(cdr.record, terms, revision=revision), strict=True)
    ]
    if after == before:
        return cdr, False
    cdr.charges, cdr.revision = after, revision
    _commit(scope, cdr, before, terms, actor)
    return cdr, True


def _kept_or_new(old: StoredCharge, new: StoredCharge) -> StoredCharge:
    """A leg that has its price keeps it when it can't be priced now."""
    if new["state"] == "unrated" and old["state"] != "unrated":
        return old
    return old if _same(old, new) else new


def _same(old: StoredCharge, new: StoredCharge) -> bool:
    return all(old[name] == new[name] for name in _MATTERS)


def _commit(scope: IspScope, cdr: Cdr, before: list[StoredCharge], terms: Terms, actor: Actor) -> None:
    tx = Transaction()
    put_revision(tx, cdr, summarise_call(cdr.record, cdr.charges))
    unrated = [charge for charge in cdr.charges if charge["state"] == "unrated"]
    if unrated:
        put_unrated(tx, cdr, unrated)
    else:
        delete_unrated(tx, cdr)
    entries = _entries(cdr, before, at=tx.now_ms)
    total = ledger.book(tx, cdr.customer_id, entries, occurred_at=cdr.record["setup_at"])
    if entries:
        ledger.move_balance(tx, scope, cdr.customer_id, total, terms.currency, entries=len(entries))
    count_usage(tx, _corrections(cdr, before))
    tx.audit(scope.isp_id, actor, "call.rate_again", before=_told(before), after=_told(cdr.charges))
    tx.commit()


def _entries(cdr: Cdr, before: list[StoredCharge], *, at: int) -> list[LedgerEntry]:
    """Refunds of the charges that were replaced, then what replaces them."""
    replaced = [old for old, new in zip(before, cdr.charges, strict=True) if old is not new]
    fresh = [new for old, new in zip(before, cdr.charges, strict=True) if old is not new]
    refunds = [refund(entry, at=at) for entry in ledger_entries(cdr.call_id, replaced, at=at)]
    return refunds + ledger_entries(cdr.call_id, fresh, at=at)


def _corrections(cdr: Cdr, before: list[StoredCharge]) -> list[Counted]:
    """The call was counted when it was stored; what it cost has changed."""
    day = day_of(cdr.record["setup_at"])
    return [
        Counted(cdr.isp_id, cdr.tenant_id, cdr.call_id, day, currency, tally)
        for currency, tally in tally_corrections(before, cdr.charges).items()
    ]


def _told(charges: list[StoredCharge]) -> list[dict[str, Any]]:
    return [{name: charge[name] for name in ("leg", "state", "amount_micros", "currency")} for charge in charges]
