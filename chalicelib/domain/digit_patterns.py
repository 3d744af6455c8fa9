"""Sets of digit strings, written in the small part of regular expressions that phonenumbers' metadata uses.

Such a set is finite (no ``*`` or ``+``). ``after`` takes one digit off the front of all its strings (Brzozowski's
derivative), which answers what a matcher can't: whether any number of a country begins with a given prefix.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

DIGITS = "0123456789"


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """A choice of branches; ``ends``: the empty string is in the set.

    Compared by identity, which is cheap: ``_pattern`` makes each set of branches once.
    """

    branches: frozenset[tuple[str, Pattern]]  # (digits that may come first, what may follow them)
    ends: bool

    @property
    def empty(self) -> bool:
        return not self.branches and not self.ends


@lru_cache(maxsize=65536)
def _pattern(branches: frozenset[tuple[str, Pattern]], *, ends: bool) -> Pattern:
    return Pattern(branches, ends)


NOTHING = _pattern(frozenset(), ends=False)
END = _pattern(frozenset(), ends=True)


def union(patterns: Iterable[Pattern]) -> Pattern:
    listed = tuple(patterns)
    branches = frozenset(branch for pattern in listed for branch in pattern.branches)
    return _pattern(branches, ends=any(pattern.ends for pattern in listed))


@lru_cache(maxsize=65536)
def after(pattern: Pattern, digit: str) -> Pattern:
    """What may follow ``digit``."""
    return union(rest for digits, rest in pattern.branches if digit in digits)


@lru_cache(maxsize=65536)
def _then(first: Pattern, second: Pattern) -> Pattern:
    branches = frozenset((digits, _then(tail, second)) for digits, tail in first.branches)
    rest = _pattern(branches, ends=False)
    return union((rest, second)) if first.ends else rest


def _repeat(item: Pattern, low: int, high: int) -> Pattern:
    result = END
    for place in range(high, 0, -1):
        result = _then(item, result) if place <= low else union((END, _then(item, result)))
    return union((END, result)) if low == 0 else result


def parse(expression: str) -> Pattern:
    """Raises ``ValueError`` for what is outside of the metadata's subset."""
    pattern, position = _choice(expression, 0)
    if position != len(expression):
        raise ValueError(f"unexpected {expression[position]!r} at {position} of {expression!r}")
    return pattern


def _choice(text: str, position: int) -> tuple[Pattern, int]:
    sequence, position = _sequence(text, position)
    choices = [sequence]
    while position < len(text) and text[position] == "|":
        sequence, position = _sequence(text, position + 1)
        choices.append(sequence)
    return union(choices), position


def _sequence(text: str, position: int) -> tuple[Pattern, int]:
    items = []
    while position < len(text) and text[position] not in "|)":
        item, position = _item(text, position)
        low, high, position = _count(text, position)
        items.append(_repeat(item, low, high))
    result = END
    for item in reversed(items):
        result = _then(item, result)
    return result, position


def _item(text: str, position: int) -> tuple[Pattern, int]:
    if text.startswith("(", position):
        start = position + (3 if text.startswith("(?:", position) else 1)
        pattern, position = _choice(text, start)
        return pattern, position + 1
    if text.startswith("\\d", position):
        return _one_of(DIGITS), position + 2
    if text[position] == "[":
        end = text.index("]", position)
        return _one_of(_class(text[position + 1 : end])), end + 1
    if text[position] in DIGITS:
        return _one_of(text[position]), position + 1
    raise ValueError(f"unexpected {text[position]!r} at {position} of {text!r}")


def _one_of(digits: str) -> Pattern:
    return _pattern(frozenset({(digits, END)}), ends=False)


def _class(body: str) -> str:
    found: set[str] = set()
    for place, character in enumerate(body):
        if character == "-":
            found.update(DIGITS[int(body[place - 1]) : int(body[place + 1]) + 1])
        else:
            found.add(character)
    return "".join(sorted(found))


def _count(text: str, position: int) -> tuple[int, int, int]:
    """(least, most, position after) of the repetition at ``position``, once if there is none."""
    if text.startswith("?", position):
        return 0, 1, position + 1
    if not text.startswith("{", position):
        return 1, 1, position
    end = text.index("}", position)
    low, _, high = text[position + 1 : end].partition(",")
    return int(low), int(high or low), end + 1
