"""Typed reads from a decoded JSON object, for data that crosses a process border (parts, plans, records)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

T = TypeVar("T")

JsonObject = Mapping[str, Any]


class FieldError(ValueError):
    """A field is missing or of the wrong type; the message names it."""


def _typed(source: JsonObject, name: str, kind: type[T]) -> T:
    value = source.get(name)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise FieldError(f"{name}: expected {kind.__name__}, got {type(value).__name__}")
    return value


def text(source: JsonObject, name: str, default: str | None = None) -> str:
    if default is not None and source.get(name) is None:
        return default
    return _typed(source, name, str)


def optional_text(source: JsonObject, name: str) -> str | None:
    return None if source.get(name) is None else _typed(source, name, str)


def integer(source: JsonObject, name: str, default: int | None = None) -> int:
    if default is not None and source.get(name) is None:
        return default
    return _typed(source, name, int)


def optional_integer(source: JsonObject, name: str) -> int | None:
    return None if source.get(name) is None else _typed(source, name, int)


def flag(source: JsonObject, name: str, default: bool = False) -> bool:
    return default if source.get(name) is None else _typed(source, name, bool)


def child(source: JsonObject, name: str) -> dict[str, Any]:
    return _typed(source, name, dict)


def optional_child(source: JsonObject, name: str) -> dict[str, Any] | None:
    return None if source.get(name) is None else _typed(source, name, dict)


def items(source: JsonObject, name: str, read: Callable[[Any], T]) -> tuple[T, ...]:
    """The list ``name`` (absent counts as empty), each element read by ``read``."""
    found = source.get(name)
    if found is None:
        return ()
    if not isinstance(found, list):
        raise FieldError(f"{name}: expected list, got {type(found).__name__}")
    return tuple(read(element) for element in found)


def texts(source: JsonObject, name: str) -> tuple[str, ...]:
    def one(element: Any) -> str:
        if not isinstance(element, str):
            raise FieldError(f"{name}: expected text, got {type(element).__name__}")
        return element

    return items(source, name, one)
