"""A decision in plain words, for people who never saw a SIP message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from chalicelib.domain.explain_sentences import SENTENCES
from chalicelib.domain.plan import Outcome, Refusal, RoutePlan, Stage, Target, TraceStep
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
        summary = f"The call would be refused with {result.sip_status} {result.reason}. {sentence}"
        return ExplainedResult(
            routed=False,
            code=_shown_code(result.code, audience),
            summary=summary,
            advice=advice,
            requests=(),
            unknown=(),
        )
    gateways = [target for target in _targets(result) if target.leg_kind == "pstn"]
    unknown = LIVE_FACTS + (LIVE_FACTS_OF_GATEWAYS if gateways and audience == "isp" else ())
    requests = tuple(_request(target) for target in gateways) if audience == "isp" else ()
    summary = _planned_summary(result, audience)
    return ExplainedResult(routed=True, code="", summary=summary, advice="", requests=requests, unknown=unknown)


def refusal_text(code: str, audience: Audience) -> tuple[str, str]:
    """Sentence and advice; for tenants without a word about carriers."""
    kind = CATALOGUE.get(code)
    if kind is None or (kind.private and audience == "tenant"):
        return PUBLIC_SENTENCE, PUBLIC_ADVICE
    return kind.sentence, kind.advice


def _shown_code(code: str, audience: Audience) -> str:
    kind = CATALOGUE.get(code)
    return "refused" if audience == "tenant" and (kind is None or kind.private) else code


def _is_public(step: TraceStep) -> bool:
    return not step.private or step.code == "refused"


def _explain_step(step: TraceStep, audience: Audience) -> ExplainedStep:
    if step.code == "refused":
        # A tenant learns that the call ends here also when the reason is none of its business.
        code = _shown_code(str(step.facts["code"]), audience)
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


def _planned_summary(plan: RoutePlan, audience: Audience) -> str:
    reached = _reached_by(plan)
    steps = [_stage_text(plan.stages[0], audience)]
    for index, stage in enumerate(plan.stages[1:], start=1):
        before, outcome = reached[index]
        # For a tenant the gateways of one call are one thing.
        if outcome != "failure" or audience == "isp":
            steps.append(
                f"if {_CONDITIONS[outcome].format(_short(plan.stages[before]))}, {_stage_text(stage, audience)}"
            )
    return f"The call would be routed: {'; '.join(steps)}."


_CONDITIONS: Mapping[Outcome, str] = {
    "busy": "{} is busy",
    "no_answer": "{} does not answer",
    "unreachable": "{} can't be reached",
    "failure": "that gateway fails",
    "rejected": "{} declines",
}


def _reached_by(plan: RoutePlan) -> dict[int, tuple[int, Outcome]]:
    """For each stage but the first, the stage and outcome that lead to it (the first of several)."""
    reached: dict[int, tuple[int, Outcome]] = {}
    for index, stage in enumerate(plan.stages):
        for outcome, following in stage.next.items():
            reached.setdefault(following, (index, outcome))
    return reached


def _short(stage: Stage) -> str:
    return " and ".join(target.called_number for target in stage.targets)


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
