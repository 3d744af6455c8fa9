"""The charges of a call: each answered leg rated alone, by the terms of the tenant's customer.

A charge is stored as JSON: ``{"leg", "kind", "number", "charged_subscriber_id", "state", "code", "reason",
"amount_micros", "currency", "billed_s", "revision", "key", "proof"}``. ``state`` is ``rated``, ``free``, ``included``
or ``unrated``; an unrated leg has a code and a reason and no proof. ``key`` is that of its ledger entry, empty when
there is none: an amount of zero moves no balance, and that the leg was rated stands here.
"""

from __future__ import annotations

from typing import Any

from chalicelib.domain.ledger import LedgerEntry, call_key
from chalicelib.domain.numbering import number_type
from chalicelib.domain.rate_call import Charge, RatedLeg, Unrated, rate_call
from chalicelib.domain.sentences import Sentence
from chalicelib.domain.services import RatedLegKind, service_of_leg
from chalicelib.workflows.customer_terms import Terms

StoredCharge = dict[str, Any]


def rate_cdr(record: dict[str, Any], terms: Terms, *, revision: int = 0) -> list[StoredCharge]:
    """``record``: a validated CDR. Legs that weren't answered cost nothing and are left out."""
    return [
        _rate_leg(record, leg, terms, revision=revision) for leg in record["legs"] if leg["answered_at"] is not None
    ]


def rate_number(
    kind: RatedLegKind,
    number: str,
    terms: Terms,
    *,
    duration_ms: int,
    at: int,
    service_number: bool = False,
    estimated: bool = False,
) -> Charge | Unrated:
    """What a leg of this length costs, of a call that starts or started at ``at``."""
    found = number_type(number)
    leg = RatedLeg(
        service=service_of_leg(kind, found.kind),
        number=number,
        duration_ms=duration_ms,
        number_kind=found.type_name,
        metadata_version=found.metadata_version,
        service_number=service_number and kind == "pstn",
        estimated=estimated,
    )
    return rate_call(
        leg,
        rate_deck=terms.find_rate_deck(number, at) if kind == "pstn" else None,
        service_deck=terms.find_service_deck(at),
        currency=terms.currency,
        at=at,
    )


def ledger_entries(call_id: str, charges: list[StoredCharge], *, at: int) -> list[LedgerEntry]:
    """The entries of these charges, without those of nothing."""
    return [_entry(call_id, charge, at) for charge in charges if charge["key"]]


def _entry(call_id: str, charge: StoredCharge, at: int) -> LedgerEntry:
    return LedgerEntry(
        key=charge["key"],
        kind="charge",
        amount_micros=-charge["amount_micros"],
        currency=charge["currency"],
        at=at,
        reference=call_id,
        proof=charge["proof"],
    )


def _rate_leg(record: dict[str, Any], leg: dict[str, Any], terms: Terms, *, revision: int) -> StoredCharge:
    number = (leg["called_number"] or record["did"]) if leg["kind"] == "did" else leg["called_number"]
    stored = {
        "leg": leg["leg"],
        "kind": leg["kind"],
        "number": number,
        "charged_subscriber_id": leg["charged_subscriber_id"] or leg["subscriber_id"],
        "revision": revision,
    }
    if terms.problem:
        return stored | unrated_fields("service_plan_missing", terms.problem, terms.currency)
    found = rate_number(
        leg["kind"],
        number,
        terms,
        duration_ms=leg["ended_at"] - leg["answered_at"],
        at=record["setup_at"],
        service_number=record["service_number"],
        estimated=record["estimated"],
    )
    if isinstance(found, Unrated):
        return stored | unrated_fields(found.code, found.reason, terms.currency)
    return stored | charge_fields(found, key=call_key(record["call_id"], leg["leg"], revision))


def charge_fields(charge: Charge, *, key: str) -> dict[str, Any]:
    return {
        "state": charge.outcome,
        "code": "",
        "reason": charge.reason.into("en"),
        "said": charge.reason.to_json(),
        "amount_micros": charge.amount_micros,
        "currency": charge.currency,
        "billed_s": charge.billed_s,
        "key": key if charge.amount_micros else "",
        "proof": charge.proof,
    }


def unrated_fields(code: str, reason: Sentence, currency: str) -> dict[str, Any]:
    return {
        "state": "unrated",
        "code": code,
        "reason": reason.into("en"),
        "said": reason.to_json(),
        "amount_micros": 0,
        "currency": currency,
        "billed_s": 0,
        "key": "",
        "proof": None,
    }
