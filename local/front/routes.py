"""Finds the resource of a path the way API Gateway does: segment by segment, a literal before a ``{name}``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import unquote


@dataclass(slots=True)
class _Node:
    literals: dict[str, _Node] = field(default_factory=dict)
    parameter: _Node | None = None
    resource: str | None = None


@dataclass(frozen=True, slots=True)
class Match:
    resource: str
    parameters: dict[str, str]


class RouteTable:
    def __init__(self, resources: Iterable[str]) -> None:
        """``resources`` in API Gateway's form: ``/v1/tenants/{tenant_id}``."""
        self._root = _Node()
        for resource in resources:
            self._add(resource)

    def find_match(self, path: str) -> Match | None:
        segments = _split(path)
        node = _descend(self._root, segments)
        if node is None or node.resource is None:
            return None
        names = _split(node.resource)
        parameters = {
            name[1:-1]: unquote(segment)
            for name, segment in zip(names, segments, strict=True)
            if name.startswith("{") and name.endswith("}")
        }
        return Match(node.resource, parameters)

    def _add(self, resource: str) -> None:
        node = self._root
        for segment in _split(resource):
            if segment.startswith("{"):
                node.parameter = node.parameter or _Node()
                node = node.parameter
            else:
                node = node.literals.setdefault(segment, _Node())
        node.resource = resource


def _split(path: str) -> list[str]:
    trimmed = path.strip("/")
    return trimmed.split("/") if trimmed else []


def _descend(node: _Node, segments: list[str]) -> _Node | None:
    """Depth first: ``/a/{x}/c`` is found for ``/a/b/c`` although ``/a/b/d`` exists."""
    if not segments:
        return node if node.resource is not None else None
    head, rest = segments[0], segments[1:]
    literal = node.literals.get(unquote(head))
    if literal is not None:
        found = _descend(literal, rest)
        if found is not None:
            return found
    if node.parameter is None or not head:
        return None
    return _descend(node.parameter, rest)
