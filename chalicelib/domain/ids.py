"""Ids: a prefix and 26 characters of Crockford base 32, 48 bits of milliseconds then 80 random bits (ULID's layout)."""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
VALUES = {character: value for value, character in enumerate(ALPHABET)}
LENGTH = 26


def new_id(prefix: str, *, now_ms: int, random_bytes: bytes) -> str:
    """An id that sorts by ``now_ms``; ``random_bytes`` are ten."""
    if len(random_bytes) != 10:
        raise ValueError("an id takes ten random bytes")
    number = (now_ms << 80) | int.from_bytes(random_bytes, "big")
    characters = [ALPHABET[number >> (5 * place) & 31] for place in range(LENGTH - 1, -1, -1)]
    return f"{prefix}_{''.join(characters)}"


def id_time_ms(text: str) -> int:
    """The instant that an id carries. Raises ValueError if it is none."""
    _, _, body = text.rpartition("_")
    if len(body) != LENGTH or not all(character in VALUES for character in body):
        raise ValueError(f"not an id: {text[:40]!r}")
    number = 0
    for character in body[:10]:
        number = number << 5 | VALUES[character]
    return number


def is_id(prefix: str, text: str) -> bool:
    found, separator, body = text.rpartition("_")
    return separator == "_" and found == prefix and len(body) == LENGTH and all(c in VALUES for c in body)
