"""Dialplans as stored: rules from a preset or checked ones."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from chalicelib.domain.dialplan import compile_errors
from chalicelib.domain.dialplan_presets import presets
from chalicelib.domain.errors import FieldFault, PatchbayError, field_error
from chalicelib.domain.language import Language
from chalicelib.domain.parts import DialplanRule
from chalicelib.domain.sentences import say


def check_rules(rules: list[dict[str, Any]]) -> tuple[DialplanRule, ...]:
    """Raises ``invalid_request`` that names the field of every wrong expression."""
    made = tuple(DialplanRule(**rule) for rule in rules)
    errors = [
        FieldFault(f"rules.{place}.{part}", fault)
        for place, rule in enumerate(made)
        for part, fault in compile_errors(rule)
    ]
    if errors:
        raise PatchbayError("invalid_request", errors=errors)
    return made


def dialplan_from_preset(values: dict[str, Any], language: Language) -> dict[str, Any]:
    """``values`` of a new dialplan with ``preset`` resolved, its rules named in the language.

    Raises ``invalid_request``.
    """
    name = values.pop("preset")
    if not name:
        return values
    preset = presets(language).get(name)
    if preset is None:
        raise field_error("preset", say("no_such_preset", preset=name))
    if values["rules"]:
        raise field_error("rules", say("preset_and_rules"))
    return values | {
        "country_code": values["country_code"] or preset.country_code,
        "rules": [asdict(rule) for rule in preset.rules],
    }
