"""Charges for people: amount as text, the arithmetic in sentences, and whether the proof holds."""

from __future__ import annotations

from typing import Any

from chalicelib.domain.charge_proof import verify_proof
from chalicelib.domain.explain_charge import explain_charge
from chalicelib.domain.language import DEFAULT_LANGUAGE, Language
from chalicelib.domain.money import decimal_text
from chalicelib.domain.sentences import TEXTS, Sentence, find_sentence
from chalicelib.workflows.rate_cdr import StoredCharge


def show_charge(charge: StoredCharge, names: dict[str, str], language: Language) -> dict[str, Any]:
    """The fields of ``schemas.charges.ChargeView``."""
    return {
        **{name: charge[name] for name in ("leg", "kind", "number", "charged_subscriber_id", "revision")},
        "charged_subscriber_name": names.get(charge["charged_subscriber_id"], ""),
        **show_price(charge, names, language),
    }


def show_price(charge: StoredCharge, names: dict[str, str], language: Language) -> dict[str, Any]:
    """The fields of ``schemas.charges.PriceView``."""
    proof, reason = charge["proof"], show_reason(charge, language)
    return {
        **{name: charge[name] for name in ("state", "code", "amount_micros", "currency", "billed_s")},
        "reason": reason,
        "amount": decimal_text(charge["amount_micros"]),
        "explanation": explain_charge(proof, language, names) if proof else [reason],
        "verified": verify_proof(proof) if proof else None,
        "proof": proof,
    }


def decks_in(charges: list[StoredCharge]) -> set[str]:
    """The ids of the decks that these charges come from."""
    decks = [charge["proof"].get("deck") for charge in charges if charge["proof"]]
    return {deck["deck_id"] for deck in decks if deck}


def show_reason(charge: StoredCharge, language: Language) -> str:
    """Why it costs what it costs, or can't be priced. A charge stored without the facts of its reason has the
    sentence in English, and is told by its code in other languages."""
    said = find_sentence(charge.get("said"))
    if said is not None:
        return said.into(language)
    if language == DEFAULT_LANGUAGE:
        return str(charge["reason"])
    code = f"unrated_{charge['code']}" if charge["state"] == "unrated" else f"charge_{charge['state']}"
    return Sentence(code).into(language) if code in TEXTS else str(charge["reason"])


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
