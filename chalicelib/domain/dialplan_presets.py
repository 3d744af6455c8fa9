"""Ready dialplans by name: ``us``, and with an outside line ``us-9`` and ``us-0``, for each country of the table.

The table (``data/dialling.py``) says how people of a country dial; rules follow from it in the order service numbers,
international, national, local.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType

from chalicelib.domain.data.dialling import DIALLING, Dialling
from chalicelib.domain.language import Language, Text
from chalicelib.domain.parts import DialplanRule

OUTSIDE_LINES = ("9", "0")
SERVICE_RULE = Text("Emergency and service numbers", "Números de emergência e serviço")
INTERNATIONAL_RULE = Text("International", "Internacional")
OUTSIDE_LINE = Text("{title}, outside line {digit}", "{title}, linha externa {digit}")


@dataclass(frozen=True, slots=True)
class Preset:
    """``outside_line`` is empty, or the digit dialled first."""

    name: str
    title: str
    country_code: str
    outside_line: str
    rules: tuple[DialplanRule, ...]


def with_outside_line(preset: Preset, digit: str, language: Language) -> Preset:
    """The same dialplan behind an outside line; service numbers are reached with and without it."""
    return Preset(
        name=f"{preset.name}-{digit}",
        title=OUTSIDE_LINE.fill({"title": preset.title, "digit": digit}, language),
        country_code=preset.country_code,
        outside_line=digit,
        rules=tuple(_behind(rule, digit) for rule in preset.rules),
    )


def _behind(rule: DialplanRule, digit: str) -> DialplanRule:
    optional = "?" if rule.kind == "service" else ""
    return replace(rule, match=f"{digit}{optional}(?:{rule.match})")


def _preset(name: str, dialling: Dialling, language: Language) -> Preset:
    service = DialplanRule(SERVICE_RULE.into(language), f"({dialling.services})", "", "$1", "service")
    abroad = f"{dialling.international}([1-9][0-9]{{6,14}})"
    international = DialplanRule(INTERNATIONAL_RULE.into(language), abroad, "", "+$1", "number")
    national = (
        DialplanRule(title.into(language), match, "", result, "number") for title, match, result in dialling.rules
    )
    return Preset(name, dialling.title.into(language), dialling.country_code, "", (service, international, *national))


@cache
def presets(language: Language) -> Mapping[str, Preset]:
    """All by name, with titles and names of rules in the language."""
    found = {}
    for name, dialling in DIALLING.items():
        plain = _preset(name, dialling, language)
        for preset in (plain, *(with_outside_line(plain, digit, language) for digit in OUTSIDE_LINES)):
            found[preset.name] = preset
    return MappingProxyType(found)
