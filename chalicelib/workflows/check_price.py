"""What a call would cost: the functions that rate calls, on the decks that would rate it."""

from __future__ import annotations

from chalicelib.domain.rate_call import Unrated
from chalicelib.domain.services import RatedLegKind
from chalicelib.workflows.customer_terms import Terms
from chalicelib.workflows.rate_cdr import StoredCharge, charge_fields, rate_number, unrated_fields


def check_price(terms: Terms, *, kind: RatedLegKind, number: str, seconds: int, at: int) -> StoredCharge:
    if terms.problem:
        return unrated_fields("service_plan_missing", terms.problem, terms.currency)
    found = rate_number(kind, number, terms, duration_ms=seconds * 1000, at=at)
    if isinstance(found, Unrated):
        return unrated_fields(found.code, found.reason, terms.currency)
    return charge_fields(found, key="")
