"""Charges for people: amount as text, the arithmetic in sentences, and whether the proof holds."""

from __future__ import annotations

from typing import Any

from chalicelib.domain.charge_proof import verify_proof
from chalicelib.domain.explain_charge import explain_charge
from chalicelib.domain.money import decimal_text
from chalicelib.workflows.rate_cdr import StoredCharge


def show_charge(charge: StoredCharge, names: dict[str, str]) -> dict[str, Any]:
    """The fields of ``schemas.charges.ChargeView``."""
    return {
        **{name: charge[name] for name in ("leg", "kind", "number", "charged_subscriber_id", "revision")},
        "charged_subscriber_name": names.get(charge["charged_subscriber_id"], ""),
        **show_price(charge),
    }


def show_price(charge: StoredCharge) -> dict[str, Any]:
    """The fields of ``schemas.charges.PriceView``."""
    proof = charge["proof"]
    return {
        **{name: charge[name] for name in ("state", "code", "reason", "amount_micros", "currency", "billed_s")},
        "amount": decimal_text(charge["amount_micros"]),
        "explanation": explain_charge(proof) if proof else [charge["reason"]],
        "verified": verify_proof(proof) if proof else None,
        "proof": proof,
    }


def show_total(call_id: str, customer_id: str, setup_at: int, charges: list[StoredCharge]) -> dict[str, Any]:
    """The fields of ``schemas.charges.ChargesView`` without the charges."""
    total = sum(charge["amount_micros"] for charge in charges)
    return {
        "call_id": call_id,
        "customer_id": customer_id,
        "setup_at": setup_at,
        "currency": charges[0]["currency"] if charges else "",
        "amount_micros": total,
        "amount": decimal_text(total),
    }
