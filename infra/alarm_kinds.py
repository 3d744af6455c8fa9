"""What an alarm and its metrics are made of, as plain data; ``infra/alarms.py`` has them all.

Names in braces stand for resources of the stack (``infra/observability.py`` fills them in).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

OWN = "Patchbay"
STAGE = {"stage": "{stage}"}

Comparison = Literal[">", ">=", "<"]
Missing = Literal["breaching", "notBreaching", "ignore"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """``each``: one for every resource of this kind, whose name stands for ``{each}`` in the dimensions."""

    name: str
    statistic: str
    namespace: str = OWN
    dimensions: Mapping[str, str] = field(default_factory=lambda: STAGE)
    each: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """``expression``: metric math on ``metrics`` by their keys; empty: there is one metric, or those of ``each`` are
    added up. ``per_node`` is added to the threshold for each node. ``missing``: what no data means, and why."""

    name: str
    says: str
    metrics: Mapping[str, Metric]
    comparison: Comparison
    threshold: float
    missing: Missing
    why_missing: str
    per_node: float = 0
    expression: str = ""
    period_s: int = 300
    periods: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class LogMetric:
    """Lines of a node's ``program`` (``infra/log_groups.py``) with ``phrase``, counted by CloudWatch Logs: for what has
    no metric of its own. Such a count has no dimensions, so the namespace keeps the stages of an account apart."""

    name: str
    program: str
    phrase: str
