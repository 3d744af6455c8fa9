"""A decision in plain words, for people who never saw a SIP message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from chalicelib.domain.explain_sentences import SENTENCES, listed_facts
from chalicelib.domain.language import Language
from chalicelib.domain.plan import Outcome, Refusal, RoutePlan, Stage, Target, TraceStep
from chalicelib.domain.refusals import CATALOGUE, PUBLIC_ADVICE, PUBLIC_SENTENCE
from chalicelib.domain.sip_text import name_addr
from chalicelib.domain.texts.steps import COMPOSED, WORDS

Audience = Literal["isp", "tenant"]

LIVE_FACTS = ("unknown_registered", "unknown_calls")
LIVE_FACTS_OF_GATEWAYS = ("unknown_gateways",)


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


def explain(trace: Sequence[TraceStep], *, audience: Audience, language: Language) -> list[ExplainedStep]:
    """The steps in order. Tenants don't see private steps: those about carriers and gateways."""
    return [_explain_step(step, audience, language) for step in trace if audience == "isp" or _is_public(step)]


def explain_result(result: RoutePlan | Refusal, *, audience: Audience, language: Language) -> ExplainedResult:
    if isinstance(result, Refusal):
        return _explain_refusal(result, audience, language)
    gateways = [target for target in _targets(result) if target.leg_kind == "pstn"]
    unknown = LIVE_FACTS + (LIVE_FACTS_OF_GATEWAYS if gateways and audience == "isp" else ())
    return ExplainedResult(
        routed=True,
        code="",
        summary=_planned_summary(result, audience, language),
        advice="",
        requests=tuple(_request(target) for target in gateways) if audience == "isp" else (),
        unknown=tuple(COMPOSED[code].into(language) for code in unknown),
    )


def _explain_refusal(refusal: Refusal, audience: Audience, language: Language) -> ExplainedResult:
    sentence, advice = refusal_text(refusal.code, audience, language)
    facts = {"sip_status": refusal.sip_status, "reason": refusal.reason, "sentence": sentence}
    return ExplainedResult(
        routed=False,
        code=_shown_code(refusal.code, audience),
        summary=COMPOSED["refused_with"].fill(facts, language),
        advice=advice,
        requests=(),
        unknown=(),
    )


def refusal_text(code: str, audience: Audience, language: Language) -> tuple[str, str]:
    """Sentence and advice; for tenants without a word about carriers."""
    kind = CATALOGUE.get(code)
    if kind is None or (kind.private and audience == "tenant"):
        return PUBLIC_SENTENCE.into(language), PUBLIC_ADVICE.into(language)
    return kind.sentence.into(language), kind.advice.into(language)


def _shown_code(code: str, audience: Audience) -> str:
    kind = CATALOGUE.get(code)
    return "refused" if audience == "tenant" and (kind is None or kind.private) else code


def _is_public(step: TraceStep) -> bool:
    return not step.private or step.code == "refused"


def _explain_step(step: TraceStep, audience: Audience, language: Language) -> ExplainedStep:
    if step.code == "refused":
        # A tenant learns that the call ends here also when the reason is none of its business.
        sentence, _ = refusal_text(str(step.facts["code"]), audience, language)
        code = _shown_code(str(step.facts["code"]), audience)
        return ExplainedStep(code, _with_detail(sentence, step, audience, language))
    render = SENTENCES.get(step.code)
    if render is None:
        # A trace may be older or newer than this release: an unknown step is shown by its code rather than hidden.
        return ExplainedStep(step.code, step.code.replace("_", " ").capitalize() + ".")
    text = render(step.facts, language)
    if step.code == "forward_left_out":
        text += " " + refusal_text(str(step.facts["code"]), audience, language)[0]
    return ExplainedStep(step.code, text)


def _with_detail(sentence: str, step: TraceStep, audience: Audience, language: Language) -> str:
    if step.private and audience == "tenant":
        return sentence
    facts = {name: value for name, value in step.facts.items() if name != "code" and value != ""}
    return f"{sentence} ({listed_facts(facts, language)})" if facts else sentence


def _planned_summary(plan: RoutePlan, audience: Audience, language: Language) -> str:
    reached = _reached_by(plan)
    steps = [_stage_text(plan.stages[0], audience, language)]
    for index, stage in enumerate(plan.stages[1:], start=1):
        before, outcome = reached[index]
        # For a tenant the gateways of one call are one thing.
        if outcome != "failure" or audience == "isp":
            condition = _condition(outcome, plan.stages[before], language)
            step = _stage_text(stage, audience, language)
            steps.append(COMPOSED["condition"].fill({"condition": condition, "step": step}, language))
    return COMPOSED["routed"].fill({"steps": "; ".join(steps)}, language)


def _condition(outcome: Outcome, stage: Stage, language: Language) -> str:
    called = _joined([target.called_number for target in stage.targets], language)
    return COMPOSED[f"if_{outcome}"].fill({"called": called}, language)


def _joined(texts: list[str], language: Language) -> str:
    return f" {WORDS['and'].into(language)} ".join(texts)


def _reached_by(plan: RoutePlan) -> dict[int, tuple[int, Outcome]]:
    """For each stage but the first, the stage and outcome that lead to it (the first of several)."""
    reached: dict[int, tuple[int, Outcome]] = {}
    for index, stage in enumerate(plan.stages):
        for outcome, following in stage.next.items():
            reached.setdefault(following, (index, outcome))
    return reached


def _stage_text(stage: Stage, audience: Audience, language: Language) -> str:
    return _joined([_target_text(target, stage.timeout_s, audience, language) for target in stage.targets], language)


def _target_text(target: Target, timeout_s: int, audience: Audience, language: Language) -> str:
    code = "ring" if target.leg_kind == "sip" else "call_through" if audience == "isp" else "call_outside"
    facts = {
        "number": target.called_number,
        "aor": target.aor,
        "timeout_s": timeout_s,
        "next_hop": target.next_hop,
        "uri": target.uri,
    }
    return COMPOSED[code].fill(facts, language)


def _targets(plan: RoutePlan) -> list[Target]:
    return [target for stage in plan.stages for target in stage.targets]


def _request(target: Target) -> tuple[str, ...]:
    sender = name_addr(target.from_display, target.from_uri)
    return (f"INVITE {target.uri} SIP/2.0", f"From: {sender}", *target.headers)
