"""A charge in plain words: which entry, and the arithmetic step by step."""

from __future__ import annotations

from datetime import UTC, datetime

from chalicelib.domain import fields
from chalicelib.domain.charge_proof import read_entry
from chalicelib.domain.fields import JsonObject
from chalicelib.domain.money import decimal_text, format_amount
from chalicelib.domain.rating import Rate


def explain_charge(proof: JsonObject) -> list[str]:
    """One sentence per step, from the proof alone, in its currency. FieldError if it isn't a proof."""
    entry = fields.optional_child(proof, "entry")
    rate = None if entry is None else read_entry(entry)
    lines = [*_lasted(proof), *_search(proof, rate)]
    if rate is None:
        return [*lines, "No entry of a deck applies: the call is included in the monthly price."]
    if rate.rate_micros == 0:
        return [*lines, "The rate of this entry is zero: the call is free."]
    return [*lines, _billed_time(proof, rate), *_amount(proof, rate)]


def _lasted(proof: JsonObject) -> list[str]:
    duration_ms, started_s = fields.integer(proof, "duration_ms"), fields.integer(proof, "started_s")
    whole = "" if duration_ms == started_s * 1000 else f" ({duration_ms} ms; a started second counts whole)"
    lines = [f"{started_s} s lasted{whole}."]
    if fields.flag(proof, "estimated"):
        lines.append("The end wasn't seen: this is the time up to the last moment the call surely was up.")
    return lines


def _search(proof: JsonObject, rate: Rate | None) -> list[str]:
    leg = fields.child(proof, "leg")
    tried = fields.texts(proof, "prefixes_tried")
    by_prefix = rate is not None and rate.key in tried
    skipped = tried[:-1] if by_prefix else tried
    lines = [f"Prefix {prefix} has no entry that applies: skipped." for prefix in skipped]
    if rate is None:
        return lines
    deck = fields.child(proof, "deck")
    source = f"deck {fields.text(deck, 'deck_id')} version {fields.integer(deck, 'version')}, entry {rate.entry_id}"
    what = f"longest prefix of {fields.text(leg, 'number')}" if by_prefix else "service"
    name = f" ({rate.description})" if rate.description else ""
    started = _instant(fields.integer(proof, "started_at"))
    return [*lines, f"{rate.key}{name} is the {what} with an entry in force at the start, {started}: {source}."]


def _instant(at: int) -> str:
    return datetime.fromtimestamp(at // 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _billed_time(proof: JsonObject, rate: Rate) -> str:
    started_s, billed_s = fields.integer(proof, "started_s"), fields.integer(proof, "billed_s")
    if started_s <= rate.delay_s:
        return f"{started_s} s lasted; not more than the {rate.delay_s} s delay, so nothing is billed."
    begin = f"{started_s} s lasted; more than the {rate.delay_s} s delay, so it is billed"
    if started_s <= rate.minimum_s:
        return f"{begin}; within the {rate.minimum_s} s minimum, which is billed: {billed_s} s."
    steps = f"{fields.integer(proof, 'increments')} x {rate.increment_s or 1} s"
    minimum = f"{rate.minimum_s} s minimum + " if rate.minimum_s else ""
    return f"{begin}; {minimum}{steps} = {billed_s} s."


def _amount(proof: JsonObject, rate: Rate) -> list[str]:
    billed_s, micros = fields.integer(proof, "billed_s"), fields.integer(proof, "amount_micros")
    if billed_s == 0:
        return []
    currency = fields.text(proof, "currency")
    per_minute, amount = decimal_text(rate.rate_micros), decimal_text(micros)
    return [
        f"{billed_s} s x {per_minute}/min / 60 = {amount} {currency}, rounded half up to a millionth.",
        f"Shown as {format_amount(micros, currency)}.",
    ]
