"""Reads metric lines as CloudWatch does, and refuses what it would refuse.

Written after AWS, "Specification: Embedded metric format": its JSON schema, and the rules of its text that the schema
can't say (targets are members of the root, at most 100 numbers of a metric, text of at most 1024 characters).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

UNITS = [
    "Seconds",
    "Microseconds",
    "Milliseconds",
    "Bytes",
    "Kilobytes",
    "Megabytes",
    "Gigabytes",
    "Terabytes",
    "Bits",
    "Kilobits",
    "Megabits",
    "Gigabits",
    "Terabits",
    "Percent",
    "Count",
    "Bytes/Second",
    "Kilobytes/Second",
    "Megabytes/Second",
    "Gigabytes/Second",
    "Terabytes/Second",
    "Bits/Second",
    "Kilobits/Second",
    "Megabits/Second",
    "Gigabits/Second",
    "Terabits/Second",
    "Count/Second",
    "None",
]


def _text(longest: int) -> dict[str, Any]:
    return {"type": "string", "minLength": 1, "maxLength": longest}


def _object(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": properties}


_DEFINITION = _object(
    {"Name": _text(1024), "Unit": {"enum": UNITS}, "StorageResolution": {"type": "integer", "enum": [1, 60]}}, "Name"
) | {"additionalProperties": False}
_DIRECTIVE = _object(
    {
        "Namespace": _text(1024),
        "Dimensions": {
            "type": "array",
            "minItems": 1,
            "items": {"type": "array", "maxItems": 30, "items": _text(250)},
        },
        "Metrics": {"type": "array", "maxItems": 100, "items": _DEFINITION},
    },
    "Namespace",
    "Dimensions",
    "Metrics",
) | {"additionalProperties": False}
_META = _object(
    {"Timestamp": {"type": "integer"}, "CloudWatchMetrics": {"type": "array", "items": _DIRECTIVE}},
    "Timestamp",
    "CloudWatchMetrics",
)
SCHEMA = jsonschema_rs.Draft202012Validator(_object({"_aws": _META}, "_aws"))
MAX_EVENT = 256 * 1024  # bytes of a log event, the smaller figure of AWS's pages


@dataclass(frozen=True, slots=True)
class Datum:
    """One metric of one line in one of its series."""

    name: str
    unit: str
    dimensions: tuple[tuple[str, str], ...]
    values: tuple[float, ...]
    namespace: str

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.dimensions)


def read_line(line: str) -> list[Datum]:
    """AssertionError with the line for one that CloudWatch wouldn't take."""
    assert len(line.encode()) <= MAX_EVENT
    document = json.loads(line)
    wrong = [error.message for error in SCHEMA.iter_errors(document)]
    assert not wrong, (wrong, line)
    return [
        _datum(document, directive["Namespace"], names, metric)
        for directive in document["_aws"]["CloudWatchMetrics"]
        for names in directive["Dimensions"]
        for metric in directive["Metrics"]
    ]


def _datum(document: dict[str, Any], namespace: str, names: list[str], metric: dict[str, Any]) -> Datum:
    value = document[metric["Name"]]
    values = value if isinstance(value, list) else [value]
    assert 0 < len(values) <= 100, metric
    assert all(isinstance(each, int | float) and not isinstance(each, bool) for each in values), (metric, values)
    dimensions = tuple((name, document[name]) for name in names)
    assert all(isinstance(text, str) and 0 < len(text) <= 1024 and text.strip() for _, text in dimensions), dimensions
    return Datum(metric["Name"], metric.get("Unit", "None"), dimensions, tuple(values), namespace)


def read_output(output: str) -> list[Datum]:
    """Those of all metric lines among the output's others."""
    return [datum for line in output.splitlines() if '"_aws"' in line for datum in read_line(line)]


def find(data: Iterable[Datum], name: str, **dimensions: str) -> list[Datum]:
    """With at least these dimensions."""
    return [datum for datum in data if datum.name == name and dimensions.items() <= dict(datum.dimensions).items()]
