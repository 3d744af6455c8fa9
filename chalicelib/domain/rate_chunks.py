"""A rate deck as chunks, each small enough for one small read, and the longest-prefix lookup in a chunk.

The chunk for a number is the one with the greatest sort key <= the number, in text order. It holds the deck's prefixes
from its sort key up to the next chunk's, and **all deck prefixes that are prefixes of its sort key** (its ancestors).
That is enough: a matching prefix p that lies before the sort key s has p < s <= number, and everything between p and a
number that begins with p begins with p too, so s does, and p is an ancestor.

    sort keys   "+1"             "+1209"            "+44"
    holds       +1 .. +1208      +1 | +1209 .. +43  +44 ..
    +12095550100 reads the second chunk and finds +1209, or +1 if +1209 isn't in force

A payload is a JSON array: first the text of its prefixes, sorted and separated by spaces, then per prefix
``[prefix, [rate_micros, valid_from, valid_until, minimum_s, increment_s, delay_s, entry_id, description], ..]``, the
latest start first. A lookup decodes only the prefixes that match: whole payloads are never parsed.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any

from chalicelib.domain.rating import Rate, RateError, check_rate
from chalicelib.domain.sentences import say

CHUNK_BYTES = 4096  # what DynamoDB reads for one unit: a chunk never takes more
USUAL_BYTES = 1536  # beyond this a new chunk is begun where possible: fewer bytes to look through, at no more reads
ITEM_OVERHEAD_BYTES = 192  # of the stored item: partition key, attribute names, type tags

# "+" and digits for E.164, or a bare service number ("911", "*72"), which then has to be dialled exactly.
_PREFIX = re.compile(r"\+[0-9]{1,15}|[0-9*#]{1,15}")

_decode = json.JSONDecoder().raw_decode


class PrefixTooLargeError(RateError):
    """The rates of one prefix and of its ancestors don't fit a chunk together: the deck has too many periods there."""

    def __init__(self, prefix: str, size: int, limit: int) -> None:
        super().__init__(say("prefix_too_large", prefix=prefix, size=size, limit=limit))
        self.prefix = prefix


class ChunkError(ValueError):
    """A payload that isn't a chunk."""


@dataclass(frozen=True, slots=True)
class Chunk:
    sort_key: str
    payload: str


@dataclass(frozen=True, slots=True)
class _Group:
    """All rates of one prefix, encoded."""

    prefix: str
    text: str
    size: int  # bytes in a payload, with the separators and the prefix in the payload's first element


def build_chunks(
    rates: Iterable[Rate], max_bytes: int = CHUNK_BYTES, usual_bytes: int = USUAL_BYTES
) -> Iterator[Chunk]:
    """Chunks in order of their sort keys, each with its item's overhead at most ``max_bytes``.

    Only a prefix whose own and ancestors' rates need it makes a chunk larger than ``usual_bytes``.

    RateError for a rate that may not be in a deck or two of a prefix with the same start; PrefixTooLargeError. The
    errors come while iterating: store nothing in force before the last chunk.
    """
    limit = max_bytes - ITEM_OVERHEAD_BYTES
    usual = min(max_bytes, usual_bytes) - ITEM_OVERHEAD_BYTES
    ancestors: list[_Group] = []  # of the current prefix, shortest first
    chunk: list[_Group] = []
    size, sort_key = 0, ""
    for group in _groups(rates):
        while ancestors and not group.prefix.startswith(ancestors[-1].prefix):
            ancestors.pop()
        if not chunk or size + group.size > usual:
            if chunk:
                yield _chunk(sort_key, chunk)
            chunk, sort_key = list(ancestors), group.prefix
            size = _FRAME_BYTES + len(sort_key) + sum(ancestor.size for ancestor in ancestors)
            if size + group.size > limit:
                raise PrefixTooLargeError(group.prefix, size + group.size, limit)
        chunk.append(group)
        size += group.size
        ancestors.append(group)
    if chunk:
        yield _chunk(sort_key, chunk)


_FRAME_BYTES = len('[""]')


def _groups(rates: Iterable[Rate]) -> Iterator[_Group]:
    ordered = sorted(rates, key=lambda rate: (rate.key, -rate.valid_from))
    for prefix, same in groupby(ordered, key=lambda rate: rate.key):
        yield _group(prefix, list(same))


def _group(prefix: str, rates: list[Rate]) -> _Group:
    if _PREFIX.fullmatch(prefix) is None:
        raise RateError(say("rate_of_no_prefix", entry=rates[0].entry_id, prefix=prefix))
    for rate in rates:
        check_rate(rate)
    for later, earlier in pairwise(rates):
        if later.valid_from == earlier.valid_from:
            first, second = earlier.entry_id, later.entry_id
            raise RateError(say("rates_start_alike", key=prefix, first=first, second=second))
    text = json.dumps([prefix, *map(_row, rates)], ensure_ascii=False, separators=(",", ":"))
    return _Group(prefix, text, len(text.encode()) + len(",") + len(prefix) + len(" "))


def _row(rate: Rate) -> tuple[int | str | None, ...]:
    return (
        rate.rate_micros,
        rate.valid_from,
        rate.valid_until,
        rate.minimum_s,
        rate.increment_s,
        rate.delay_s,
        rate.entry_id,
        rate.description,
    )


def _chunk(sort_key: str, groups: list[_Group]) -> Chunk:
    prefixes = " ".join(group.prefix for group in groups)
    return Chunk(sort_key, f'["{prefixes}",{",".join(group.text for group in groups)}]')


def lookup_in_chunk(payload: str, number: str, at: int) -> tuple[Rate | None, tuple[str, ...]]:
    """The rate in force at ``at`` of the longest prefix of ``number`` that has one, and the prefixes tried for it.

    ``payload`` is that of the number's chunk. The prefixes tried are those of the deck that match, longest first, up
    to the one that served. Of several rates in force for a prefix the one with the latest start is taken.
    """
    tried: list[str] = []
    for prefix in _matching_prefixes(payload, number):
        tried.append(prefix)
        for row in _rows(payload, prefix):
            if row[1] <= at and (row[2] is None or at < row[2]):
                return Rate(prefix, *row), tuple(tried)
    return None, tuple(tried)


def _matching_prefixes(payload: str, number: str) -> Iterator[str]:
    """Prefixes of the chunk that ``number`` begins with, longest first.

    The greatest prefix <= the number begins with every match (see above), so it is the longest match itself, or the
    longest is a prefix of what the two have in common: search again with that.
    """
    prefixes = payload[2 : payload.index('"', 2)].split(" ")
    bound, end = number, len(prefixes)
    while end := bisect_right(prefixes, bound, 0, end):
        found = prefixes[end - 1]
        bound = bound[: len(found)]
        while not found.startswith(bound):
            bound = bound[:-1]
        if bound == found:
            yield found
            bound = found[:-1]


def _rows(payload: str, prefix: str) -> list[list[Any]]:
    # '["+1209",' can't be part of a string: there a quote is escaped, and a string that ends in "[" isn't followed so.
    start = payload.find(f'["{prefix}",', 1)
    if start < 0:
        raise ChunkError(f"the chunk lists {prefix} and has no rates for it")
    rows: list[list[Any]] = _decode(payload, start)[0]
    return rows[1:]


def rates_in_chunk(sort_key: str, payload: str) -> list[Rate]:
    """The rates that belong to a chunk, in order of their prefixes; those of ancestors are other chunks' own."""
    rows: list[list[Any]] = json.loads(payload)[1:]
    return [Rate(prefix, *rate) for prefix, *rates in rows if prefix >= sort_key for rate in rates]
