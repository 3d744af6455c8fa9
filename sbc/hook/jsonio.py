"""JSON in and out, with the encoder built once: it is on the path of every call."""

from __future__ import annotations

import json
from typing import Any

from chalicelib.domain.fields import FieldError

_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


def dump_text(value: Any) -> str:
    return _encode(value)


def dump(value: Any) -> bytes:
    return _encode(value).encode()


def load_object(body: bytes | str) -> dict[str, Any]:
    """The object in a JSON document. Raises ``FieldError``."""
    try:
        value = json.loads(body)
    except ValueError as error:
        raise FieldError(f"body: {error}") from error
    if not isinstance(value, dict):
        raise FieldError(f"body: expected an object, got {type(value).__name__}")
    return value
