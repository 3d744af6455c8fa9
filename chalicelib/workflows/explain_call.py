"""What would happen to a call: the decision that routes real calls, on the same snapshot parts, with its trace."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.explain import Audience, ExplainedResult, ExplainedStep, explain, explain_result
from chalicelib.domain.language import Language
from chalicelib.domain.part_reader import parse_part
from chalicelib.domain.parts import Part
from chalicelib.domain.plan import Attempt, Refusal, RoutePlan, Stage, TraceStep
from chalicelib.domain.refusals import get_refusal_kind
from chalicelib.domain.routing import plan_route
from chalicelib.domain.sentences import say
from chalicelib.domain.snapshot import MissingPartError, Snapshot
from chalicelib.storage.scope import TenantScope

LoadPart = Callable[[str], Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True)
class ExplainedCall:
    decision: RoutePlan | Refusal
    result: ExplainedResult
    steps: list[ExplainedStep]
    stages: list[Stage]


def explain_call(
    scope: TenantScope,
    attempt: Attempt,
    now: datetime,
    *,
    audience: Audience,
    language: Language,
    load_part: LoadPart,
) -> ExplainedCall:
    """Raises ``part_not_found`` if something that the call needs has gone meanwhile."""
    decision = _of_this_tenant(scope, attempt, _decide(scope.sbc_id, attempt, now, load_part))
    stages = list(decision.stages) if isinstance(decision, RoutePlan) else []
    return ExplainedCall(
        decision=decision,
        result=explain_result(decision, audience=audience, language=language),
        steps=explain(decision.trace, audience=audience, language=language),
        stages=stages if audience == "isp" else _distinct(stages),
    )


def _decide(sbc_id: str, attempt: Attempt, now: datetime, load_part: LoadPart) -> RoutePlan | Refusal:
    """Each round fetches what the last one missed; none asks for a part twice."""
    parts: dict[str, Part] = {}
    while True:
        try:
            return plan_route(attempt, Snapshot(sbc_id, parts), now)
        except MissingPartError as missing:
            for key in missing.keys:
                body = load_part(key) if key not in parts else None
                if body is None:
                    raise PatchbayError("part_not_found", say("no_such_part", key=key)) from missing
                parts[key] = parse_part(dict(body))


def _of_this_tenant(scope: TenantScope, attempt: Attempt, decision: RoutePlan | Refusal) -> RoutePlan | Refusal:
    """Behind a carrier's address other tenants, also of other ISPs, may have the number: nothing is told of them."""
    if decision.facts is None or decision.facts.tenant_id == scope.tenant_id:
        return decision
    kind = get_refusal_kind("unknown_did")
    step = TraceStep("refused", {"code": kind.code, "src_ip": attempt.src_ip, "dialled": attempt.dialled}, kind.private)
    return Refusal(kind.code, kind.sip_status, kind.reason, None, (step,))


def _distinct(stages: list[Stage]) -> list[Stage]:
    """For a tenant a call to a number is one stage, through however many gateways it would be tried."""
    kept: list[Stage] = []
    for stage in stages:
        if not kept or _public(kept[-1]) != _public(stage):
            kept.append(stage)
    return kept


def _public(stage: Stage) -> list[tuple[str, str]]:
    return [(target.aor, target.called_number) for target in stage.targets]
