"""Dialplans as stored: rules from a preset or checked ones."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from chalicelib.domain.dialplan import compile_errors
from chalicelib.domain.dialplan_presets import PRESETS
from chalicelib.domain.errors import PatchbayError, field_error
from chalicelib.domain.parts import DialplanRule


def check_rules(rules: list[dict[str, Any]]) -> tuple[DialplanRule, ...]:
    """Raises ``invalid_request`` that names the field of every wrong expression."""
    made = tuple(DialplanRule(**rule) for rule in rules)
    errors = []
    for place, rule in enumerate(made):
        for error in compile_errors(rule):
            field, _, message = error.partition(": ")
            errors.append({"field": f"rules.{place}.{field}", "message": message})
    if errors:
        raise PatchbayError("invalid_request", errors=errors)
    return made


def dialplan_from_preset(values: dict[str, Any]) -> dict[str, Any]:
    """``values`` of a new dialplan with ``preset`` resolved. Raises ``invalid_request``."""
    name = values.pop("preset")
    if not name:
        return values
    preset = PRESETS.get(name)
    if preset is None:
        raise field_error("preset", f"There is no preset {name}")
    if values["rules"]:
        raise field_error("rules", "A dialplan begins with a preset or with rules, not with both")
    return values | {
        "country_code": values["country_code"] or preset.country_code,
        "rules": [asdict(rule) for rule in preset.rules],
    }
