"""Counts database operations and capacity per request, so that tests and benches can hold them to a number."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Cost:
    operations: list[str] = field(default_factory=list)
    read_units: float = 0.0
    write_units: float = 0.0


_cost: ContextVar[Cost | None] = ContextVar("database_cost", default=None)

READS = frozenset({"GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems"})


def start() -> Cost:
    """A fresh count for the work that follows in this context."""
    cost = Cost()
    _cost.set(cost)
    return cost


def attach(client: Any) -> None:
    """Count every call of this botocore client."""
    client.meta.events.register("provide-client-params.dynamodb.*", _ask_for_capacity)
    client.meta.events.register("after-call.dynamodb.*", _count)


def _ask_for_capacity(params: dict[str, Any], **_: Any) -> dict[str, Any]:
    return {"ReturnConsumedCapacity": "TOTAL", **params} if _cost.get() is not None else params


def _count(parsed: dict[str, Any], model: Any, **_: Any) -> None:
    cost = _cost.get()
    if cost is None:
        return
    cost.operations.append(model.name)
    consumed = parsed.get("ConsumedCapacity") or []
    units = sum(table.get("CapacityUnits", 0.0) for table in (consumed if isinstance(consumed, list) else [consumed]))
    if model.name in READS:
        cost.read_units += units
    else:
        cost.write_units += units
