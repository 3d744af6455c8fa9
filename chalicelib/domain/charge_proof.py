"""The proof of a charge: every number that led to the amount, as plain JSON that can be checked and read alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.domain import fields
from chalicelib.domain.fields import FieldError, JsonObject
from chalicelib.domain.money import MICROS
from chalicelib.domain.rating import (
    SECONDS_PER_MINUTE,
    Rate,
    amount_micros,
    billed_seconds,
    increments,
    started_seconds,
)

FORMAT = 1
ROUNDING = "half_up"


@dataclass(frozen=True, slots=True)
class ProofFacts:
    """What a proof starts from; all else in it is computed. ``leg``: service, number, number_kind, metadata_version,
    service_number. ``rate`` None: no deck has an entry for the leg."""

    leg: Mapping[str, Any]
    started_at: int
    duration_ms: int
    estimated: bool
    currency: str
    outcome: str
    deck_id: str
    deck_version: int
    rate: Rate | None
    prefixes_tried: tuple[str, ...]


def make_proof(facts: ProofFacts) -> dict[str, Any]:
    proof = {
        "format": FORMAT,
        "leg": dict(facts.leg),
        "started_at": facts.started_at,
        "duration_ms": facts.duration_ms,
        "estimated": facts.estimated,
        "currency": facts.currency,
        "outcome": facts.outcome,
        "prefixes_tried": list(facts.prefixes_tried),
        "deck": None if facts.rate is None else {"deck_id": facts.deck_id, "version": facts.deck_version},
        "entry": None if facts.rate is None else _entry(facts.rate),
        **_arithmetic(facts.duration_ms, facts.rate),
    }
    return {**proof, "digest": _digest(proof)}


def _entry(rate: Rate) -> dict[str, Any]:
    return {
        "entry_id": rate.entry_id,
        "key": rate.key,
        "description": rate.description,
        "valid_from": rate.valid_from,
        "valid_until": rate.valid_until,
        "rate_micros": rate.rate_micros,
        "minimum_s": rate.minimum_s,
        "increment_s": rate.increment_s,
        "delay_s": rate.delay_s,
    }


def _arithmetic(duration_ms: int, rate: Rate | None) -> dict[str, Any]:
    started_s = started_seconds(duration_ms)
    if rate is None:
        return {"started_s": started_s, "increments": 0, "billed_s": 0, "exact": [0, 1], "amount_micros": 0}
    billed_s = billed_seconds(started_s, minimum_s=rate.minimum_s, increment_s=rate.increment_s, delay_s=rate.delay_s)
    return {
        "started_s": started_s,
        "increments": increments(started_s, rate.minimum_s, rate.increment_s) if billed_s else 0,
        "billed_s": billed_s,
        # the amount before rounding, numerator and denominator in whole units of the currency
        "exact": [rate.rate_micros * billed_s, SECONDS_PER_MINUTE * MICROS],
        "rounding": ROUNDING,
        "amount_micros": amount_micros(rate.rate_micros, billed_s),
    }


def _digest(proof: JsonObject) -> str:
    """Over all but itself. It catches damage, also to facts that nothing can be computed from; it is no signature."""
    canonical = {name: value for name, value in proof.items() if name != "digest"}
    text = json.dumps(canonical, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def verify_proof(proof: JsonObject) -> bool:
    """Whether the proof is whole and its amount follows from its own numbers, recomputed from nothing else."""
    try:
        facts = _read(proof)
        return _applies(facts) and make_proof(facts) == dict(proof)
    except ValueError:
        return False


def _applies(facts: ProofFacts) -> bool:
    """Whether the entry may serve this leg: in force at the start, right prefix, outcome as the rate says."""
    rate = facts.rate
    if rate is None:
        return facts.outcome == "included"
    if not rate.in_force(facts.started_at) or facts.outcome != ("rated" if rate.rate_micros else "free"):
        return False
    if rate.key == facts.leg["service"]:
        return True
    return facts.leg["number"].startswith(rate.key) and facts.prefixes_tried[-1:] == (rate.key,)


def _read(proof: JsonObject) -> ProofFacts:
    leg = fields.child(proof, "leg")
    deck = fields.optional_child(proof, "deck")
    entry = fields.optional_child(proof, "entry")
    if (deck is None) != (entry is None):
        raise FieldError("deck: an entry has its deck, and the other way round")
    fields.text(leg, "service")
    fields.text(leg, "number")
    return ProofFacts(
        leg=leg,
        started_at=fields.integer(proof, "started_at"),
        duration_ms=fields.integer(proof, "duration_ms"),
        estimated=fields.flag(proof, "estimated"),
        currency=fields.text(proof, "currency"),
        outcome=fields.text(proof, "outcome"),
        deck_id=fields.text(deck, "deck_id") if deck else "",
        deck_version=fields.integer(deck, "version") if deck else 0,
        rate=read_entry(entry) if entry else None,
        prefixes_tried=fields.texts(proof, "prefixes_tried"),
    )


def read_entry(entry: JsonObject) -> Rate:
    """The rate in a proof. FieldError if a field is missing or of the wrong type."""
    return Rate(
        key=fields.text(entry, "key"),
        rate_micros=fields.integer(entry, "rate_micros"),
        valid_from=fields.integer(entry, "valid_from"),
        valid_until=fields.optional_integer(entry, "valid_until"),
        minimum_s=fields.integer(entry, "minimum_s"),
        increment_s=fields.integer(entry, "increment_s"),
        delay_s=fields.integer(entry, "delay_s"),
        entry_id=fields.text(entry, "entry_id"),
        description=fields.text(entry, "description"),
    )
