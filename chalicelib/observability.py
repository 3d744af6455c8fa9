"""Logs and metrics of the control plane. Never log bodies, passwords, tokens or HA1s.

Metrics go out in CloudWatch's embedded metric format. Their dimensions are service and stage only: one per tenant would
cost more than the rest of the system (docs/operations.md lists them).
"""

from __future__ import annotations

from functools import cache

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from chalicelib.settings import settings

NAMESPACE = "Patchbay"
SERVICE = "patchbay-api"


@cache
def logger() -> Logger:
    return Logger(service=SERVICE, use_rfc3339=True, utc=True)


def name_work(**ids: str) -> None:
    """What the lines of this thread's work bear from now on, until the next is named: ``request_id``,
    ``function_request_id`` (Lambda's, as in its own lines and in X-Ray), ``message_id``, ``call_id``."""
    logger().thread_safe_clear_keys()
    logger().thread_safe_append_keys(**{name: value for name, value in ids.items() if value})


def emit_counts(**counts: int) -> None:
    """Counters of one event, such as ``CdrsStored=25``; zeros aren't sent."""
    _emit({name: (MetricUnit.Count, value) for name, value in counts.items() if value})


def emit_request(*, status: int, duration_ms: float) -> None:
    """One request: how many, how long, and whose fault a failure was."""
    _emit(
        {
            "Requests": (MetricUnit.Count, 1),
            "Latency": (MetricUnit.Milliseconds, duration_ms),
            "ClientErrors": (MetricUnit.Count, int(400 <= status < 500)),
            "ServerErrors": (MetricUnit.Count, int(status >= 500)),
        }
    )


def _emit(values: dict[str, tuple[MetricUnit, float]]) -> None:
    """An object of its own each time: the embedded API answers in several threads."""
    if not values:
        return
    found = EphemeralMetrics(namespace=NAMESPACE, service=SERVICE)
    found.add_dimension(name="stage", value=settings().stage)
    for name, (unit, value) in values.items():
        found.add_metric(name=name, unit=unit, value=value)
    found.flush_metrics()
