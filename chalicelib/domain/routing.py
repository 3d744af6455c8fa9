"""The routing decision: a pure function of one attempt, one snapshot and the time."""

from __future__ import annotations

from datetime import datetime

from chalicelib.domain.from_gateway import plan_from_gateway
from chalicelib.domain.from_phone import plan_from_phone
from chalicelib.domain.plan import Attempt, Refusal, RoutePlan
from chalicelib.domain.snapshot import Snapshot

MAX_DURATION_S = 4 * 3600


def plan_route(
    attempt: Attempt, snapshot: Snapshot, now: datetime, *, max_duration_s: int = MAX_DURATION_S
) -> RoutePlan | Refusal:
    """Where the call goes, or why it doesn't. The first stage is ``stages[0]``; how the others follow is in
    ``outcomes``. ``now`` is aware. Raises ``MissingPartError`` with the parts to fetch before asking again."""
    if attempt.source == "phone":
        return plan_from_phone(attempt, snapshot, now, max_duration_s)
    return plan_from_gateway(attempt, snapshot, now, max_duration_s)
