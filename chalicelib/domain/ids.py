"""Ids: a prefix, ``_`` and 26 characters of Crockford base 32, laid out as a ULID (github.com/ulid/spec).

48 bits of milliseconds lead, so ids sort by time of creation; 80 random bits follow, so they can't be guessed.
"""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 26
RANDOM_BYTES = 10

# two characters, 10 bits, at a time
_PAIRS = tuple(first + second for first in ALPHABET for second in ALPHABET)
_SHIFTS = tuple(range(120, -1, -10))
_CHARACTERS = frozenset(ALPHABET)
_LARGEST_FIRST_CHARACTER = "7"  # 26 characters hold 130 bits, an id has 128


def new_id(prefix: str, *, now_ms: int, random_bytes: bytes) -> str:
    """A new id from milliseconds since 1970 UTC and ten random bytes."""
    if not 0 <= now_ms < 1 << 48:
        raise ValueError(f"now_ms out of range: {now_ms}")
    if len(random_bytes) != RANDOM_BYTES:
        raise ValueError(f"random_bytes: expected {RANDOM_BYTES} bytes, got {len(random_bytes)}")
    bits = now_ms << 80 | int.from_bytes(random_bytes, "big")
    return f"{prefix}_" + "".join([_PAIRS[bits >> shift & 1023] for shift in _SHIFTS])


def id_time_ms(identifier: str) -> int:
    """When the id was made, in milliseconds since 1970 UTC. Raises ``ValueError`` on what is no id."""
    prefix, _, body = identifier.rpartition("_")
    if not is_id(prefix, identifier):
        raise ValueError(f"not an id: {identifier[:64]!r}")
    milliseconds = 0
    for character in body[:10]:
        milliseconds = milliseconds << 5 | ALPHABET.index(character)
    return milliseconds


def is_id(prefix: str, text: str) -> bool:
    body = text.removeprefix(f"{prefix}_")
    return (
        len(body) == LENGTH
        and len(text) == LENGTH + len(prefix) + 1
        and body[0] <= _LARGEST_FIRST_CHARACTER
        and _CHARACTERS.issuperset(body)
    )
