"""Plans and traces as JSON values, for the journal of the hook and for call records."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from chalicelib.domain import fields
from chalicelib.domain.fields import FieldError, JsonObject
from chalicelib.domain.plan import (
    CallFacts,
    CallParty,
    Counter,
    Direction,
    LegKind,
    Outcome,
    RoutePlan,
    Stage,
    Target,
    TraceStep,
)

_OUTCOMES = frozenset({"busy", "no_answer", "unreachable", "failure", "rejected"})


def plan_to_json(plan: RoutePlan) -> dict[str, Any]:
    return {
        "facts": facts_to_json(plan.facts),
        "counters": _counters_to_json(plan.counters),
        "stages": [_stage_to_json(stage) for stage in plan.stages],
        "max_duration_s": plan.max_duration_s,
        "trace": trace_to_json(plan.trace),
    }


def plan_from_json(source: JsonObject) -> RoutePlan:
    """Raises ``FieldError``."""
    return RoutePlan(
        facts=facts_from_json(fields.child(source, "facts")),
        counters=fields.items(source, "counters", _counter),
        stages=fields.items(source, "stages", _stage),
        max_duration_s=fields.integer(source, "max_duration_s"),
        trace=fields.items(source, "trace", _step),
    )


def _attributes(value: CallFacts | CallParty | Target | Counter) -> dict[str, Any]:
    """As ``dataclasses.asdict`` without its recursion and copies: every call pays for this."""
    return {name: getattr(value, name) for name in type(value).__slots__}


def _counters_to_json(counters: Iterable[Counter]) -> list[dict[str, Any]]:
    return [_attributes(counter) for counter in counters]


def facts_to_json(facts: CallFacts) -> dict[str, Any]:
    return {**_attributes(facts), "caller": _attributes(facts.caller)}


def facts_from_json(source: JsonObject) -> CallFacts:
    direction = fields.text(source, "direction")
    if direction not in {"internal", "outbound", "inbound"}:
        raise FieldError(f"direction: {direction!r} is none")
    return CallFacts(
        direction=cast("Direction", direction),
        isp_id=fields.text(source, "isp_id"),
        tenant_id=fields.text(source, "tenant_id"),
        customer_id=fields.text(source, "customer_id"),
        caller=_party(fields.child(source, "caller")),
        dialled=fields.text(source, "dialled"),
        calling_number=fields.text(source, "calling_number", ""),
        called_number=fields.text(source, "called_number", ""),
        did=fields.text(source, "did", ""),
        service_number=fields.flag(source, "service_number"),
    )


def trace_to_json(trace: Iterable[TraceStep]) -> list[dict[str, Any]]:
    return [{"code": step.code, "facts": dict(step.facts), "private": step.private} for step in trace]


def trace_from_json(source: Any) -> tuple[TraceStep, ...]:
    """Raises ``FieldError``."""
    return fields.items({"trace": source}, "trace", _step)


def _step(source: JsonObject) -> TraceStep:
    return TraceStep(fields.text(source, "code"), fields.child(source, "facts"), fields.flag(source, "private"))


def _party(source: JsonObject) -> CallParty:
    return CallParty(
        subscriber_id=fields.text(source, "subscriber_id", ""),
        name=fields.text(source, "name", ""),
        number=fields.text(source, "number", ""),
        carrier_id=fields.text(source, "carrier_id", ""),
        gateway_id=fields.text(source, "gateway_id", ""),
    )


def _counter(source: JsonObject) -> Counter:
    return Counter(fields.text(source, "key"), fields.integer(source, "limit"))


def _stage_to_json(stage: Stage) -> dict[str, Any]:
    targets = [{**_attributes(target), "counters": _counters_to_json(target.counters)} for target in stage.targets]
    return {"targets": targets, "timeout_s": stage.timeout_s, "next": dict(stage.next)}


def _stage(source: JsonObject) -> Stage:
    following = fields.child(source, "next")
    unknown = following.keys() - _OUTCOMES
    if unknown:
        raise FieldError(f"next: {sorted(unknown)} are no outcomes")
    return Stage(
        targets=fields.items(source, "targets", _target),
        timeout_s=fields.integer(source, "timeout_s"),
        next={cast("Outcome", outcome): fields.integer(following, outcome) for outcome in following},
    )


def _target(source: JsonObject) -> Target:
    leg_kind = fields.text(source, "leg_kind")
    if leg_kind not in {"sip", "pstn"}:
        raise FieldError(f"leg_kind: {leg_kind!r} is none")
    return Target(
        leg_kind=cast("LegKind", leg_kind),
        aor=fields.text(source, "aor", ""),
        uri=fields.text(source, "uri", ""),
        next_hop=fields.text(source, "next_hop", ""),
        from_uri=fields.text(source, "from_uri", ""),
        from_display=fields.text(source, "from_display", ""),
        headers=fields.texts(source, "headers"),
        subscriber_id=fields.text(source, "subscriber_id", ""),
        carrier_id=fields.text(source, "carrier_id", ""),
        gateway_id=fields.text(source, "gateway_id", ""),
        called_number=fields.text(source, "called_number", ""),
        codecs=fields.texts(source, "codecs"),
        charged_subscriber_id=fields.text(source, "charged_subscriber_id", ""),
        counters=fields.items(source, "counters", _counter),
        subscriber_name=fields.text(source, "subscriber_name", ""),
    )
