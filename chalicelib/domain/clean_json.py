"""JSON from machines that repeat what strangers sent them: made harmless before it is validated and stored."""

from __future__ import annotations

import math
from typing import Any

MAX_DEPTH = 12


class JsonTooDeepError(ValueError):
    """More levels than any record has."""


def clean_json(value: Any, depth: int = MAX_DEPTH) -> Any:
    """The value with half surrogates in texts (undecodable bytes) replaced and NaN and infinities as null."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if not isinstance(value, (dict, list)):
        return value
    if depth == 0:
        raise JsonTooDeepError(f"more than {MAX_DEPTH} levels")
    if isinstance(value, list):
        return [clean_json(element, depth - 1) for element in value]
    return {clean_json(name): clean_json(element, depth - 1) for name, element in value.items()}
