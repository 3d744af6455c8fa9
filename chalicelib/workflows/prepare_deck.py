"""Rates as stored, checked as a whole: nothing of a deck is used unless all of it can be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from chalicelib.domain.currencies import is_currency
from chalicelib.domain.errors import FieldFault, PatchbayError, field_error
from chalicelib.domain.rating import Rate
from chalicelib.domain.sentences import say
from chalicelib.schemas.decks import RateBody, RateFields, ServiceEntryBody

MAX_ERRORS = 100


def check_currency(currency: str) -> str:
    if not is_currency(currency):
        raise field_error("currency", say("currency_not_in_use", currency=currency))
    return currency


def service_entries(entries: list[ServiceEntryBody]) -> list[dict[str, Any]]:
    """As stored. Raises ``deck_invalid`` naming each wrong entry."""
    rates = [_rate(entry.service, entry, f"e{place}", entry.description) for place, entry in enumerate(entries, 1)]
    _check(rates, "entries")
    return [asdict(rate) for rate in rates]


def deck_rates(rows: list[RateBody]) -> list[Rate]:
    """Raises ``deck_invalid`` naming each wrong row."""
    rates = [_rate(row.prefix, row, f"r{place}", row.description) for place, row in enumerate(rows, 1)]
    _check(rates, "rates")
    return rates


def shown_service_entry(stored: dict[str, Any]) -> dict[str, Any]:
    """A stored entry with the names of the schema; instants still in milliseconds."""
    return _shown(stored, "service")


def shown_rate(rate: Rate) -> dict[str, Any]:
    return _shown(asdict(rate), "prefix") | {"entry_id": rate.entry_id}


def _shown(stored: dict[str, Any], key_name: str) -> dict[str, Any]:
    left = {name: value for name, value in stored.items() if name not in ("key", "entry_id")}
    return {key_name: stored["key"], **left}


def _rate(key: str, fields: RateFields, entry_id: str, description: str) -> Rate:
    return Rate(
        key=key,
        rate_micros=fields.rate_micros,
        valid_from=fields.valid_from,
        valid_until=fields.valid_until,
        minimum_s=fields.minimum_s,
        increment_s=fields.increment_s,
        delay_s=fields.delay_s,
        entry_id=entry_id,
        description=description,
    )


def _check(rates: Sequence[Rate], field: str) -> None:
    errors: list[FieldFault] = []
    first: dict[tuple[str, int], int] = {}
    for place, rate in enumerate(rates):
        if rate.valid_until is not None and rate.valid_until <= rate.valid_from:
            errors.append(FieldFault(f"{field}.{place}.valid_until", say("ends_before_start")))
        other = first.setdefault((rate.key, rate.valid_from), place)
        if other != place:
            message = say("same_start", key=rate.key, place=other + 1)
            errors.append(FieldFault(f"{field}.{place}", message))
    if errors:
        raise PatchbayError("deck_invalid", say("entries_wrong", count=len(errors)), errors=errors[:MAX_ERRORS])
