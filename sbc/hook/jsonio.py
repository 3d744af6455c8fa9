"""JSON in and out, with the encoder built once: it is on the path of every call."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from chalicelib.domain.fields import FieldError

_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


def dump_text(value: Any) -> str:
    return _encode(value)


def dump(value: Any) -> bytes:
    return _encode(value).encode()


def load_object(body: bytes | str) -> dict[str, Any]:
    """The object in a JSON document. Raises ``FieldError``."""
    return _checked(body, json.loads)


def load_large_object(body: bytes | str) -> dict[str, Any]:
    """As ``load_object``, for other threads than the loop's: it can run between any two objects of the document. The
    parser is one call in C, which keeps the interpreter's lock to its end unless something in it is Python."""
    return _checked(body, _interruptible)


def _interruptible(body: bytes | str) -> Any:
    return json.loads(body, object_hook=_unchanged)


def _unchanged(value: dict[str, Any]) -> dict[str, Any]:
    return value


def _checked(body: bytes | str, load: Callable[[bytes | str], Any]) -> dict[str, Any]:
    try:
        value = load(body)
    except ValueError as error:
        raise FieldError(f"body: {error}") from error
    if not isinstance(value, dict):
        raise FieldError(f"body: expected an object, got {type(value).__name__}")
    return value
