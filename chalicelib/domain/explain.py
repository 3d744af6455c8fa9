"""A decision in plain words, for people who never saw a SIP message."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from chalicelib.domain.explain_sentences import SENTENCES
from chalicelib.domain.plan import Refusal, RoutePlan, Stage, Target, TraceStep
from chalicelib.domain.refusals import CATALOGUE, PUBLIC_ADVICE, PUBLIC_SENTENCE
from chalicelib.domain.sip_text import name_addr

Audience = Literal["isp", "tenant"]

LIVE_FACTS = (
    "whether the called phones are registered at this moment",
    "how many calls are up, against the limits of subscribers and tenant",
)
LIVE_FACTS_OF_GATEWAYS = ("whether the gateways answer at this moment",)


@dataclass(frozen=True, slots=True)
class ExplainedStep:
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class ExplainedResult:
    """``requests``: the INVITEs to gateways as lines of text, for the ISP only. ``unknown``: live facts that only the
    SBC knows when the call is made. ``advice`` is empty unless the call is refused."""

    routed: bool
    code: str
    summary: str
    advice: str
    requests: tuple[tuple[str, ...], ...]
    unknown: tuple[str, ...]


def explain(trace: Sequence[TraceStep], *, audience: Audience) -> list[ExplainedStep]:
    """The steps in order. Tenants don't see private steps: those about carriers and gateways."""
    return [_explain_step(step, audience) for step in trace if audience == "isp" or _is_public(step)]


def explain_result(result: RoutePlan | Refusal, *, audience: Audience) -> ExplainedResult:
    if isinstance(result, Refusal):
        sentence, advice = refusal_text(result.code, audience)
        return ExplainedResult(False, result.code, _refused_summary(result, sentence), advice, (), ())
    gateways = [target for target in _targets(result) if target.leg_kind == "pstn"]
    unknown = LIVE_FACTS + (LIVE_FACTS_OF_GATEWAYS if gateways and audience == "isp" else ())
    requests = tuple(_request(target) for target in gateways) if audience == "isp" else ()
    return ExplainedResult(True, "", _planned_summary(result, audience), "", requests, unknown)


def refusal_text(code: str, audience: Audience) -> tuple[str, str]:
    """Sentence and advice; for tenants without a word about carriers."""
    kind = CATALOGUE.get(code)
    if kind is None or (kind.private and audience == "tenant"):
        return PUBLIC_SENTENCE, PUBLIC_ADVICE
    return kind.sentence, kind.advice


def _is_public(step: TraceStep) -> bool:
    return not step.private or step.code == "refused"


def _explain_step(step: TraceStep, audience: Audience) -> ExplainedStep:
    if step.code == "refused":
        # A tenant learns that the call ends here also when the reason is none of its business.
        code = "refused" if step.private and audience == "tenant" else str(step.facts["code"])
        return ExplainedStep(code, _with_detail(refusal_text(str(step.facts["code"]), audience)[0], step, audience))
    if step.code == "forward_left_out":
        reason = refusal_text(str(step.facts["code"]), audience)[0]
        return ExplainedStep(step.code, SENTENCES[step.code](step.facts) + " " + reason)
    render = SENTENCES.get(step.code)
    # A trace may be older or newer than this release: an unknown step is shown by its code rather than hidden.
    return ExplainedStep(step.code, render(step.facts) if render else step.code.replace("_", " ").capitalize() + ".")


def _with_detail(sentence: str, step: TraceStep, audience: Audience) -> str:
    if step.private and audience == "tenant":
        return sentence
    facts = {name: value for name, value in step.facts.items() if name != "code" and value != ""}
    return f"{sentence} ({_listed(facts)})" if facts else sentence


def _listed(facts: Mapping[str, Any]) -> str:
    return ", ".join(f"{name.replace('_', ' ')}: {value}" for name, value in facts.items())


def _refused_summary(refusal: Refusal, sentence: str) -> str:
    return f"The call would be refused with {refusal.sip_status} {refusal.reason}. {sentence}"


def _planned_summary(plan: RoutePlan, audience: Audience) -> str:
    steps = "; ".join(_stage_text(stage, audience) for stage in _distinct(plan.stages, audience))
    return f"The call would be routed: {steps}."


def _distinct(stages: Iterable[Stage], audience: Audience) -> list[Stage]:
    """For a tenant the gateways of one call look the same: one stage says it."""
    kept: list[Stage] = []
    for stage in stages:
        same = kept and audience == "tenant" and _public_identity(kept[-1]) == _public_identity(stage)
        if not same:
            kept.append(stage)
    return kept


def _public_identity(stage: Stage) -> tuple[tuple[str, str], ...]:
    return tuple((target.aor, target.called_number) for target in stage.targets)


def _stage_text(stage: Stage, audience: Audience) -> str:
    return " and ".join(_target_text(target, stage.timeout_s, audience) for target in stage.targets)


def _target_text(target: Target, timeout_s: int, audience: Audience) -> str:
    if target.leg_kind == "sip":
        return f"ring {target.called_number} ({target.aor}) for up to {timeout_s} seconds"
    through = f" through {target.next_hop} as {target.uri}" if audience == "isp" else " through the telephone network"
    return f"call {target.called_number}{through}"


def _targets(plan: RoutePlan) -> list[Target]:
    return [target for stage in plan.stages for target in stage.targets]


def _request(target: Target) -> tuple[str, ...]:
    sender = name_addr(target.from_display, target.from_uri)
    return (f"INVITE {target.uri} SIP/2.0", f"From: {sender}", *target.headers)
