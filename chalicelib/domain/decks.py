"""Decks as rating sees them: one version, its currency, and a way to find the rate of a number or a service."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from chalicelib.domain.rate_chunks import Chunk, lookup_in_chunk
from chalicelib.domain.rating import Rate, RateError, check_rate
from chalicelib.domain.sentences import Sentence, say
from chalicelib.domain.services import SERVICES


@dataclass(frozen=True, slots=True)
class DeckRef:
    deck_id: str
    version: int
    currency: str


@dataclass(frozen=True, slots=True)
class MissingDeck:
    """The service plan names a deck that couldn't be had"""

    deck_id: str
    reason: Sentence


class RateDeck(Protocol):
    @property
    def ref(self) -> DeckRef: ...

    def find(self, number: str, at: int) -> tuple[Rate | None, tuple[str, ...]]:
        """As ``lookup_in_chunk``."""


@dataclass(frozen=True, slots=True)
class ChunkDeck:
    """A rate deck of which the one chunk for the number in question was read; ``payload`` None: there was none."""

    ref: DeckRef
    payload: str | None

    def find(self, number: str, at: int) -> tuple[Rate | None, tuple[str, ...]]:
        return (None, ()) if self.payload is None else lookup_in_chunk(self.payload, number, at)


class ChunkedDeck:
    """A whole rate deck in memory, as its stored chunks.

    Nothing is parsed ahead or kept, so that memory is that of the payloads (about 0.1 KB for each rate) and a lookup
    takes about the same time in a large deck, where most prefixes are seen once, as in a small one.
    """

    __slots__ = ("_keys", "_payloads", "ref")

    def __init__(self, ref: DeckRef, chunks: Iterable[Chunk]) -> None:
        """``chunks`` in order of their sort keys, as ``build_chunks`` makes them."""
        self.ref = ref
        self._keys: list[str] = []
        self._payloads: list[str] = []
        for chunk in chunks:
            self._keys.append(chunk.sort_key)
            self._payloads.append(chunk.payload)

    def find(self, number: str, at: int) -> tuple[Rate | None, tuple[str, ...]]:
        place = bisect_right(self._keys, number)
        return lookup_in_chunk(self._payloads[place - 1], number, at) if place else (None, ())


@dataclass(frozen=True, slots=True)
class ServiceDeck:
    """The few rates of a service deck by service, the latest start first."""

    ref: DeckRef
    rates: Mapping[str, tuple[Rate, ...]]

    def find(self, service: str, at: int) -> Rate | None:
        return next((rate for rate in self.rates.get(service, ()) if rate.in_force(at)), None)


def service_deck(ref: DeckRef, rates: Iterable[Rate]) -> ServiceDeck:
    """RateError for a rate of an unknown service, or two of a service with the same start."""
    by_service: dict[str, tuple[Rate, ...]] = {}
    for rate in sorted(rates, key=lambda rate: -rate.valid_from):
        check_rate(rate)
        if rate.key not in SERVICES:
            raise RateError(say("rate_of_no_service", entry=rate.entry_id, key=rate.key))
        known = by_service.get(rate.key, ())
        if known and known[-1].valid_from == rate.valid_from:
            first = known[-1].entry_id
            raise RateError(say("rates_start_alike", key=rate.key, first=first, second=rate.entry_id))
        by_service[rate.key] = (*known, rate)
    return ServiceDeck(ref, by_service)
