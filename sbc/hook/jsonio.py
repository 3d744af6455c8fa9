"""JSON in and out; compiled, since it is on the path of every call."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import orjson

from chalicelib.domain.fields import FieldError

LARGE = 500_000  # bytes; 2 ms of parsing


def dump_text(value: Any) -> str:
    return orjson.dumps(value).decode()


def dump(value: Any) -> bytes:
    return orjson.dumps(value)


def load_object(body: bytes | str) -> dict[str, Any]:
    """The object in a JSON document. Raises ``FieldError``."""
    return _checked(body, orjson.loads)


def load_large_object(body: bytes | str) -> dict[str, Any]:
    """As ``load_object``, for other threads than the loop's. A parser is one call that keeps the interpreter's lock to
    its end: a millisecond or two for most parts. For a very large one the standard library's is used, which can be made
    to call Python for each object, so that the loop runs in between."""
    return _checked(body, orjson.loads if len(body) <= LARGE else _interruptible)


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
