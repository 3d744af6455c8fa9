"""The rule tester: what a dialplan makes of a number, and each of its rules alone."""

from __future__ import annotations

from chalicelib.domain.dialplan import DialplanRefusal, Normalised, RuleTrial, explain_rules, normalise
from chalicelib.domain.language import Language
from chalicelib.domain.parts import Dialplan, DialplanRule
from chalicelib.schemas.dialplans import DialplanTestView, RuleResult, RuleVerdict


def try_dialplan(
    rules: tuple[DialplanRule, ...], dialled: str, *, country_code: str, area_code: str, language: Language
) -> DialplanTestView:
    dialplan = Dialplan(dialplan_id="", name="", country_code=country_code, rules=rules)
    outcome = normalise(dialplan, dialled, country_code=country_code, area_code=area_code)
    trials = explain_rules(dialplan, dialled, country_code=country_code, area_code=area_code)
    fired = next((trial for trial in trials if trial.fires), None)
    return DialplanTestView(
        result=_result(outcome, language),
        rule_index=None if fired is None else fired.index,
        rule_name="" if fired is None else fired.name,
        groups=[] if fired is None else list(fired.groups),
        rules=[_verdict(trial, language) for trial in trials],
    )


def _verdict(trial: RuleTrial, language: Language) -> RuleVerdict:
    return RuleVerdict(
        index=trial.index,
        name=trial.name,
        matched=trial.matched,
        fires=trial.fires,
        groups=list(trial.groups),
        result=None if trial.result is None else _result(trial.result, language),
    )


def _result(outcome: Normalised | DialplanRefusal, language: Language) -> RuleResult:
    if isinstance(outcome, DialplanRefusal):
        return RuleResult(refusal=outcome.code, detail=outcome.detail.into(language))
    return RuleResult(number=outcome.number, kind=outcome.kind)
