"""Sentences as data: a code of the catalogue and the facts, rendered when it is known who reads them.

To add one: a ``Text`` with every language in a module of ``texts``, and ``say("its_code", fact=..)`` where it is said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.domain.language import Language, Text
from chalicelib.domain.texts import charges, dialplans, fields, imports, mails, records, requests

TEXTS: Mapping[str, Text] = {
    **requests.TEXTS,
    **fields.TEXTS,
    **records.TEXTS,
    **dialplans.TEXTS,
    **charges.TEXTS,
    **mails.TEXTS,
    **imports.TEXTS,
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """``facts`` by the placeholders of the code's text; one may be a sentence itself."""

    code: str
    facts: Mapping[str, str | int | Sentence] = field(default_factory=dict)

    def into(self, language: Language) -> str:
        """In plain words. A stored sentence may be of another release: unknown codes and missing facts do no harm."""
        known = TEXTS.get(self.code)
        if known is None:
            return self.code.replace("_", " ").capitalize()
        return known.fill(_Shown({name: _shown(value, language) for name, value in self.facts.items()}), language)

    def to_json(self) -> dict[str, Any]:
        """To be stored: ``{"code", "facts"}``."""
        facts = {name: value.to_json() if isinstance(value, Sentence) else value for name, value in self.facts.items()}
        return {"code": self.code, "facts": facts}


def say(code: str, /, **facts: str | int | Sentence) -> Sentence:
    return Sentence(code, facts)


def find_sentence(stored: object) -> Sentence | None:
    """What ``to_json`` made, read again; None for anything else."""
    if not isinstance(stored, Mapping):
        return None
    code, facts = stored.get("code"), stored.get("facts")
    if not isinstance(code, str) or not isinstance(facts, Mapping):
        return None
    return Sentence(code, {str(name): find_sentence(value) or str(value) for name, value in facts.items()})


class SentenceError(ValueError):
    """A value that can't be used; the sentence says why."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence.into("en"))
        self.sentence = sentence


class _Shown(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "?"


def _shown(value: str | int | Sentence, language: Language) -> str:
    return value.into(language) if isinstance(value, Sentence) else str(value)
