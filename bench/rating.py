"""How fast ``rate_call`` is on the stored chunks of a deck, and how it grows with the deck.

CPU time of one process (``process_time``), so that what else the machine does counts little. Numbers are drawn evenly
from the whole deck, the worst case: real calls go to few destinations.
"""

from __future__ import annotations

import gc
import random
from collections.abc import Iterator
from statistics import median
from time import process_time

from bench.figure import Figure, at_least, at_most
from chalicelib.domain.decks import ChunkedDeck, DeckRef
from chalicelib.domain.rate_call import Charge, RatedLeg, rate_call
from chalicelib.domain.rate_chunks import build_chunks
from chalicelib.domain.rating import Rate

AT = 1_760_000_000_000
DAY_MS = 86_400_000
SEED = 2025
CALLS = 50_000
ROUNDS = 5
LARGE, USUAL, SMALL = 1_000_000, 100_000, 1_000
CALLS_PER_S = 100_000
GROWTH = 2.0


def prefixes(count: int) -> list[str]:
    """``count`` E.164 prefixes of 3 to 8 digits, nested: most are one to three digits longer than one drawn before."""
    draw = random.Random(SEED)
    chosen = {f"+{code}": None for code in range(200, 1000, 7)}
    parents = list(chosen)
    while len(chosen) < count:
        parent = draw.choice(parents)
        digits = draw.randint(1, min(3, 9 - len(parent)))
        prefix = parent + "".join(draw.choices("0123456789", k=digits))
        if prefix not in chosen:
            chosen[prefix] = None
            if len(prefix) < 9:
                parents.append(prefix)
    return list(chosen)[:count]


def rates(keys: list[str]) -> Iterator[Rate]:
    """One rate for each prefix, and for every tenth one that ended before the calls."""
    draw = random.Random(SEED)
    for row, key in enumerate(keys):
        price, (minimum_s, increment_s) = draw.randrange(1_000, 900_000), draw.choice([(0, 1), (30, 6), (60, 60)])
        start = AT - 90 * DAY_MS
        name = f"Destination {row % 977}"
        yield Rate(key, price, start, None, minimum_s, increment_s, 0, f"r{row}", name)
        if row % 10 == 0:
            yield Rate(key, price * 2, start - DAY_MS, start, minimum_s, increment_s, 0, f"r{row}o", name)


def legs(keys: list[str]) -> list[RatedLeg]:
    draw = random.Random(SEED + 1)
    return [
        RatedLeg(
            service="PSTN",
            number=(draw.choice(keys) + f"{draw.randrange(10**9):09d}")[:13],
            duration_ms=draw.randrange(1, 600_000),
        )
        for _ in range(CALLS)
    ]


def deck_of(keys: list[str]) -> ChunkedDeck:
    return ChunkedDeck(DeckRef("deck", 1, "USD"), build_chunks(rates(keys)))


def seconds_to_rate(deck: ChunkedDeck, calls: list[RatedLeg]) -> float:
    """CPU seconds for all ``calls``, each of which must find its rate."""
    found = 0
    gc.collect()
    begun = process_time()
    for leg in calls:
        charge = rate_call(leg, rate_deck=deck, service_deck=None, currency="USD", at=AT)
        found += isinstance(charge, Charge) and charge.outcome == "rated"
    spent = process_time() - begun
    if found != len(calls):
        raise AssertionError(f"{len(calls) - found} of {len(calls)} calls found no rate")
    return spent


def figures() -> list[Figure]:
    decks = {}
    for count in (SMALL, USUAL, LARGE):
        keys = prefixes(count)
        decks[count] = deck_of(keys), legs(keys)
    usual = [seconds_to_rate(*decks[USUAL]) for _ in range(ROUNDS)]
    pairs = [(seconds_to_rate(*decks[LARGE]), seconds_to_rate(*decks[SMALL])) for _ in range(ROUNDS)]
    per_s = CALLS / median(usual)
    growth = median(large / small for large, small in pairs)
    spread = f"{min(usual):.3f} to {max(usual):.3f} s CPU"
    return [
        at_least(
            "rate_call at 100,000 prefixes",
            per_s,
            "calls/s of one core",
            CALLS_PER_S,
            note=f"median of {ROUNDS} rounds of {CALLS} calls; {spread}",
            digits=0,
        ),
        at_most(
            "rate_call time, 1,000,000 prefixes against 1,000",
            growth,
            "times",
            GROWTH,
            note=f"median of {ROUNDS} rounds, sizes in turn",
        ),
    ]
