"""Rates and decks for the tests of rating."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from chalicelib.domain.decks import ChunkedDeck, DeckRef, ServiceDeck, service_deck
from chalicelib.domain.rate_chunks import build_chunks
from chalicelib.domain.rating import Rate

GOLDEN = Path(__file__).parent.parent / "golden"
AT = 1_760_000_000_000


def golden(name: str) -> list[dict[str, str]]:
    with (GOLDEN / f"{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def a_rate(
    key: str = "+1",
    rate_micros: int = 25_000,
    *,
    valid_from: int = 0,
    valid_until: int | None = None,
    minimum_s: int = 0,
    increment_s: int = 1,
    delay_s: int = 0,
    entry_id: str = "",
) -> Rate:
    return Rate(
        key=key,
        rate_micros=rate_micros,
        valid_from=valid_from,
        valid_until=valid_until,
        minimum_s=minimum_s,
        increment_s=increment_s,
        delay_s=delay_s,
        entry_id=entry_id or f"rate_{key}_{valid_from}",
        description=f"To {key}",
    )


def a_rate_deck(*rates: Rate, currency: str = "USD") -> ChunkedDeck:
    return ChunkedDeck(DeckRef("deck_r", 3, currency), build_chunks(rates))


def a_service_deck(*rates: Rate, currency: str = "USD") -> ServiceDeck:
    return service_deck(DeckRef("deck_s", 5, currency), rates)


def naive_lookup(rates: Iterable[Rate], number: str, at: int) -> tuple[Rate | None, tuple[str, ...]]:
    """What ``lookup_in_chunk`` promises, by looking at every rate of the deck for every length."""
    known = list(rates)
    tried: list[str] = []
    for length in range(len(number), 0, -1):
        same = [rate for rate in known if rate.key == number[:length]]
        if same:
            tried.append(number[:length])
        in_force = [rate for rate in same if rate.in_force(at)]
        if in_force:
            return max(in_force, key=lambda rate: rate.valid_from), tuple(tried)
    return None, tuple(tried)
