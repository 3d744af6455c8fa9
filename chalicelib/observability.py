"""One logger and one metrics namespace for the whole control plane. Never log bodies, passwords, tokens or HA1s."""

from __future__ import annotations

from functools import cache

from aws_lambda_powertools import Logger, Metrics

from chalicelib.settings import settings


@cache
def logger() -> Logger:
    return Logger(service="patchbay-api", use_rfc3339=True, utc=True)


@cache
def metrics() -> Metrics:
    """Dimensions are service and stage only: one per tenant would cost more than the rest of the system."""
    found = Metrics(namespace="Patchbay", service="patchbay-api")
    found.set_default_dimensions(stage=settings().stage)
    return found
