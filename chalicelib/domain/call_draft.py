"""A routing decision while it is being made: what it rests on, the stages so far and the trace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chalicelib.domain.parts import IspPart
from chalicelib.domain.plan import Attempt, CallFacts, Counter, Outcome, Refusal, RoutePlan, Stage, Target, TraceStep
from chalicelib.domain.refusals import get_refusal_kind
from chalicelib.domain.snapshot import MissingPartError, Snapshot, Tenant


class RefusedError(Exception):
    """The call, or the forward being tried, can't go on; ``facts`` become those of the trace step."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


@dataclass(frozen=True, slots=True)
class CallerShown:
    """How the caller appears on a called phone: URI and ready display name."""

    uri: str
    display: str


@dataclass(slots=True)
class Draft:
    """Local to one decision. Stages are only appended; what refuses does so before it appends."""

    attempt: Attempt
    tenant: Tenant
    isp: IspPart
    now: datetime
    shown: CallerShown
    trace: list[TraceStep]
    stages: list[Stage] = field(default_factory=list)
    nexts: list[dict[Outcome, int]] = field(default_factory=list)
    forwards_tried: int = 0

    def step(self, code: str, /, *, private: bool = False, **facts: Any) -> None:
        self.trace.append(TraceStep(code, facts, private))

    def add_stage(self, target: Target, timeout_s: int) -> int:
        following: dict[Outcome, int] = {}
        self.nexts.append(following)
        self.stages.append(Stage((target,), timeout_s, following))
        return len(self.stages) - 1

    def plan(self, facts: CallFacts, counters: tuple[Counter, ...], max_duration_s: int) -> RoutePlan:
        return RoutePlan(facts, counters, tuple(self.stages), max_duration_s, tuple(self.trace))


def refuse(refused: RefusedError, facts: CallFacts | None, trace: list[TraceStep]) -> Refusal:
    kind = get_refusal_kind(refused.code)
    step = TraceStep("refused", {"code": kind.code, **refused.facts}, kind.private)
    return Refusal(kind.code, kind.sip_status, kind.reason, facts, (*trace, step))


def load_tenant(snapshot: Snapshot, isp_id: str, tenant_id: str) -> tuple[Tenant, IspPart]:
    """Both, or one ``MissingPartError`` that names what is missing of both, so that one round of fetching does."""
    missing: list[str] = []
    try:
        tenant = snapshot.tenant(tenant_id)
    except MissingPartError as error:
        missing.extend(error.keys)
    try:
        isp = snapshot.isp(isp_id)
    except MissingPartError as error:
        missing.extend(error.keys)
    if missing:
        raise MissingPartError(*missing)
    return tenant, isp


def suspended_level(tenant: Tenant, isp: IspPart) -> str:
    """The highest suspended level above a subscriber as a refusal code, or ""."""
    levels: Mapping[str, bool] = {
        "isp_suspended": isp.suspended,
        "customer_suspended": tenant.core.customer.suspended,
        "tenant_suspended": tenant.core.suspended,
    }
    return next((code for code, suspended in levels.items() if suspended), "")
