"""Names as people look for them: in order and found without regard to case and accents."""

from __future__ import annotations

import unicodedata

MOST_SORTED = 60  # characters that decide the order; a database key takes 1,024 bytes


def fold(text: str) -> str:
    """ "Érica" and "ERICA" are one."""
    parts = unicodedata.normalize("NFKD", text)
    return "".join(part for part in parts if not unicodedata.combining(part)).casefold()


def sort_name(name: str, username: str) -> str:
    return fold(name or username)[:MOST_SORTED]
