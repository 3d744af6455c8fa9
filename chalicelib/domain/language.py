"""The languages that the API writes to people in, and which of them a reader gets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

Language = Literal["en", "pt-BR"]

LANGUAGES: tuple[Language, ...] = ("en", "pt-BR")
DEFAULT_LANGUAGE: Language = "en"

MAX_HEADER = 1000  # characters of Accept-Language that are read
_RANGE = re.compile(
    r"\s*([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*|\*)\s*(?:;\s*[qQ]\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?"
)


class Text(NamedTuple):
    """One text in every language, with the same ``{placeholders}`` in each. What is left out is a type error."""

    en: str
    pt: str

    def into(self, language: Language) -> str:
        return self.en if language == "en" else self.pt

    def fill(self, facts: Mapping[str, Any], language: Language) -> str:
        """With the facts in their places. KeyError if one is missing."""
        return self.into(language).format_map(facts)


def choose_language(accept_language: str) -> Language:
    """The best language for an Accept-Language header (RFC 9110 12.5.4), whatever stands in it: by weight, then by
    order. A language is known by its first subtag, so that pt-PT gets pt-BR: it is nearer than English."""
    wanted = sorted(_read_ranges(accept_language[:MAX_HEADER]), key=lambda found: -found[1])
    refused = {name for name, weight in wanted if weight == 0}
    for name, weight in wanted:
        found = _known(name, refused) if weight else None
        if found is not None:
            return found
    return DEFAULT_LANGUAGE


def _read_ranges(header: str) -> Iterator[tuple[str, int]]:
    """Language ranges in lower case, with their weights in thousandths; what can't be read is left out."""
    for part in header.split(","):
        found = _RANGE.fullmatch(part)
        if found is not None:
            yield found[1].lower(), round(float(found[2] or "1") * 1000)


def _known(name: str, refused: set[str]) -> Language | None:
    """The first language that the range means; ``*`` means any that isn't refused by its own name."""
    primary = name.partition("-")[0]
    for language in LANGUAGES:
        own = language.lower()
        own_primary = own.partition("-")[0]
        if own in refused or (name == "*" and own_primary in refused):
            continue
        if primary in (own_primary, "*"):
            return language
    return None


def decimal_in(text: str, language: Language) -> str:
    """A decimal text such as ``0.025``, as written in the language."""
    return text if language == "en" else text.replace(".", ",")
