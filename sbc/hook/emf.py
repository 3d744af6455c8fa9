"""Metrics of a node as CloudWatch takes them out of log lines (AWS, "Specification: Embedded metric format"). Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.domain.metrics import MAX_VALUES, METRICS, NAMESPACE

Values = float | Sequence[float]


def emf_line(values: Mapping[str, Values], dimensions: Mapping[str, str], *, at_ms: int) -> str:
    """One line, without its end. ``dimensions``: a text for each dimension that the metrics have in the catalogue.
    Raises ``LookupError`` for a metric or dimension that is missing there or here."""
    by_sets: dict[tuple[tuple[str, ...], ...], list[dict[str, str]]] = {}
    for name in values:
        metric = METRICS[name]
        by_sets.setdefault(metric.dimensions, []).append({"Name": name, "Unit": metric.unit})
    directives = [
        {"Namespace": NAMESPACE, "Dimensions": [list(names) for names in sets], "Metrics": metrics}
        for sets, metrics in by_sets.items()
    ]
    used = {name: dimensions[name] for sets in by_sets for names in sets for name in names}
    root: dict[str, Any] = {"_aws": {"Timestamp": at_ms, "CloudWatchMetrics": directives}, **used, **values}
    return json.dumps(root, separators=(",", ":"))


def thin_out(values: Sequence[float]) -> list[float]:
    """As many as a line may hold, the smallest and the largest among them, that have about the same percentiles."""
    ordered = sorted(values)
    if len(ordered) <= MAX_VALUES:
        return ordered
    last = len(ordered) - 1
    return [ordered[round(place * last / (MAX_VALUES - 1))] for place in range(MAX_VALUES)]
