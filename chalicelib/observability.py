"""Logs and metrics of the control plane. Never log bodies, passwords, tokens or HA1s.

Metrics go out in CloudWatch's embedded metric format. What there is, with which dimensions, stands in
``chalicelib/domain/metrics.py``. Requests, their latency and errors aren't among them: API Gateway and Lambda count
those for nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics

from chalicelib.domain.metrics import METRICS, NAMESPACE
from chalicelib.settings import settings

SERVICE = "patchbay-api"

Values = float | Sequence[float]


@cache
def logger() -> Logger:
    return Logger(service=SERVICE, use_rfc3339=True, utc=True)


def name_work(**ids: str) -> None:
    """What the lines of this thread's work bear from now on, until the next is named: ``request_id``,
    ``function_request_id`` (Lambda's, as in its own lines and in X-Ray), ``message_id``, ``call_id``."""
    logger().thread_safe_clear_keys()
    logger().thread_safe_append_keys(**{name: value for name, value in ids.items() if value})


def emit_counts(**counts: int) -> None:
    """Counters of one event, such as ``CdrsStored=25``."""
    emit_metrics(counts)


def emit_metrics(values: Mapping[str, Values], **dimensions: str) -> None:
    """One line with these metrics, a number or several of each; ``dimensions`` beside the stage. Zeros aren't sent,
    but of metrics that say so. What isn't in the catalogue with these dimensions is left out and logged: a metric is no
    reason for work to fail, and a test compares the catalogue with the code."""
    sent = {name: found for name, value in values.items() if (found := _to_send(name, value, dimensions))}
    if not sent:
        return
    # an object of its own each time: the embedded API answers in several threads
    metrics = EphemeralMetrics(namespace=NAMESPACE)
    for dimension, text in {"stage": settings().stage, **dimensions}.items():
        metrics.add_dimension(name=dimension, value=text)
    for name, numbers in sent.items():
        for number in numbers:
            metrics.add_metric(name=name, unit=METRICS[name].unit, value=number)
    if metrics.metric_set:  # a hundred values of one went out on their own
        metrics.flush_metrics()


def _to_send(name: str, value: Values, dimensions: Mapping[str, str]) -> Sequence[float]:
    metric = METRICS.get(name)
    if metric is None or ("stage", *dimensions) not in metric.dimensions:
        logger().error("metric not in the catalogue", extra={"metric": name, "dimensions": sorted(dimensions)})
        return ()
    if isinstance(value, Sequence):
        return value
    return (value,) if value or metric.always else ()
