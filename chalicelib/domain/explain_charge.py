"""A charge in plain words: which entry, and the arithmetic step by step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from chalicelib.domain import fields
from chalicelib.domain.charge_proof import read_entry
from chalicelib.domain.fields import JsonObject
from chalicelib.domain.language import Language, decimal_in
from chalicelib.domain.money import decimal_text, format_amount
from chalicelib.domain.rating import Rate
from chalicelib.domain.sentences import Sentence, say

NO_NAMES: Mapping[str, str] = MappingProxyType({})
_INSTANT = {"en": "%Y-%m-%d %H:%M:%S UTC", "pt-BR": "%d/%m/%Y %H:%M:%S UTC"}


def explain_charge(proof: JsonObject, language: Language, names: Mapping[str, str] = NO_NAMES) -> list[str]:
    """One sentence per step, from the proof alone, in its currency; ``names`` of decks by id, which is shown of a deck
    that is gone. FieldError if it isn't a proof."""
    entry = fields.optional_child(proof, "entry")
    rate = None if entry is None else read_entry(entry)
    steps = [*_lasted(proof), *_search(proof, rate, language, names)]
    if rate is None:
        steps.append(say("no_entry_applies"))
    elif rate.rate_micros == 0:
        steps.append(say("rate_is_zero"))
    else:
        steps += [_billed_time(proof, rate), *_amount(proof, rate, language)]
    return [step.into(language) for step in steps]


def _lasted(proof: JsonObject) -> list[Sentence]:
    duration_ms, started_s = fields.integer(proof, "duration_ms"), fields.integer(proof, "started_s")
    if duration_ms == started_s * 1000:
        steps = [say("lasted", started_s=started_s)]
    else:
        steps = [say("lasted_started", started_s=started_s, duration_ms=duration_ms)]
    if fields.flag(proof, "estimated"):
        steps.append(say("end_unseen"))
    return steps


def _search(proof: JsonObject, rate: Rate | None, language: Language, names: Mapping[str, str]) -> list[Sentence]:
    tried = fields.texts(proof, "prefixes_tried")
    by_prefix = rate is not None and rate.key in tried
    steps = [say("prefix_skipped", prefix=prefix) for prefix in (tried[:-1] if by_prefix else tried)]
    if rate is not None:
        steps.append(_entry(proof, rate, language, names, by_prefix=by_prefix))
    return steps


def _entry(proof: JsonObject, rate: Rate, language: Language, names: Mapping[str, str], *, by_prefix: bool) -> Sentence:
    deck = fields.child(proof, "deck")
    key = f"{rate.key} ({rate.description})" if rate.description else rate.key
    started = _instant(fields.integer(proof, "started_at"), language)
    deck_id, version = fields.text(deck, "deck_id"), fields.integer(deck, "version")
    name = names.get(deck_id) or deck_id
    if by_prefix:
        number = fields.text(fields.child(proof, "leg"), "number")
        return say(
            "entry_by_prefix",
            key=key, number=number, started=started, deck=name, version=version, entry=rate.entry_id,
        )  # fmt: skip
    return say("entry_by_service", key=key, started=started, deck=name, version=version, entry=rate.entry_id)


def _instant(at: int, language: Language) -> str:
    return datetime.fromtimestamp(at // 1000, UTC).strftime(_INSTANT[language])


def _billed_time(proof: JsonObject, rate: Rate) -> Sentence:
    started_s, billed_s = fields.integer(proof, "started_s"), fields.integer(proof, "billed_s")
    delay_s, minimum_s = rate.delay_s, rate.minimum_s
    if started_s <= delay_s:
        return say("within_delay", started_s=started_s, delay_s=delay_s)
    if started_s <= minimum_s:
        return say("within_minimum", started_s=started_s, delay_s=delay_s, minimum_s=minimum_s, billed_s=billed_s)
    steps, step_s = fields.integer(proof, "increments"), rate.increment_s or 1
    if not minimum_s:
        return say(
            "billed_steps",
            started_s=started_s, delay_s=delay_s, increments=steps, increment_s=step_s, billed_s=billed_s,
        )  # fmt: skip
    return say(
        "billed_minimum_and_steps",
        started_s=started_s, delay_s=delay_s, minimum_s=minimum_s, increments=steps, increment_s=step_s,
        billed_s=billed_s,
    )  # fmt: skip


def _amount(proof: JsonObject, rate: Rate, language: Language) -> list[Sentence]:
    billed_s, micros = fields.integer(proof, "billed_s"), fields.integer(proof, "amount_micros")
    if billed_s == 0:
        return []
    currency = fields.text(proof, "currency")
    per_minute = decimal_in(decimal_text(rate.rate_micros), language)
    amount = decimal_in(decimal_text(micros), language)
    return [
        say("amount_exact", billed_s=billed_s, per_minute=per_minute, amount=amount, currency=currency),
        say("amount_shown", amount=decimal_in(format_amount(micros, currency), language)),
    ]
