"""From what a subscriber dialled to an E.164 number or a service number, by the ordered rules of a dialplan."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from chalicelib.domain import dialplan_expressions as expressions
from chalicelib.domain.dialplan_expressions import ExpressionError, Variables
from chalicelib.domain.numbering import is_e164, is_possible
from chalicelib.domain.parts import Dialplan, DialplanRule, RuleKind
from chalicelib.domain.sentences import Sentence, say

RulePart = Literal["match", "subs", "replacement"]

MAX_RULES = 100
MAX_DIALLED_LENGTH = 64

_DIALLED = re.compile(r"[0-9A-Za-z+*#._-]{1,64}")

_PLAIN_WORDS = (  # beginnings of RE2's messages, and the sentences that say the same
    ("invalid perl operator", "lookaround"),
    ("invalid named capture", "lookbehind_or_group_name"),
    ("invalid escape sequence", "escape"),
    ("missing )", "bracket_missing"),
    ("unexpected )", "bracket_too_many"),
    ("missing ]", "square_bracket_missing"),
    ("no argument for repetition", "nothing_to_repeat"),
    ("bad repetition operator", "two_repetitions"),
    ("invalid repetition size", "repetition_too_large"),
    ("pattern too large", "expression_too_large"),
)


@dataclass(frozen=True, slots=True)
class Normalised:
    """``number`` is E.164 with "+", or a service number to be sent as it is. ``rule_index`` counts from 0 and is None
    when no rule fired because the number was dialled as E.164."""

    kind: RuleKind
    number: str
    rule_index: int | None
    rule_name: str
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DialplanRefusal:
    """``code`` is ``empty_number``, ``number_not_recognised`` or ``impossible_number``."""

    code: str
    detail: Sentence


class RuleFault(NamedTuple):
    """What is wrong with one expression of a rule."""

    part: RulePart
    fault: Sentence


@dataclass(frozen=True, slots=True)
class RuleTrial:
    """What one rule makes of a number. ``fires``: it is the first that matches, the one that counts."""

    index: int
    name: str
    matched: bool
    fires: bool
    groups: tuple[str, ...]
    result: Normalised | DialplanRefusal | None


def normalise(dialplan: Dialplan, dialled: str, *, country_code: str, area_code: str) -> Normalised | DialplanRefusal:
    """``country_code`` and ``area_code`` are digits and stand for ``_CC`` and ``_AC``; either may be empty."""
    refusal = _refuse_unreadable(dialled)
    if refusal is not None:
        return refusal
    variables = Variables(country_code, area_code)
    encoded = dialled.encode()
    for index, rule in enumerate(dialplan.rules):
        match = _match(rule, encoded, variables)
        if match is not None:
            return _apply(index, rule, match, encoded, variables)
    return _without_rule(dialled)


def explain_rules(dialplan: Dialplan, dialled: str, *, country_code: str, area_code: str) -> tuple[RuleTrial, ...]:
    """Each rule tried alone, for the rule tester; ``normalise`` tells what comes of them together."""
    if _refuse_unreadable(dialled) is not None:
        return tuple(_not_matched(index, rule) for index, rule in enumerate(dialplan.rules))
    variables = Variables(country_code, area_code)
    encoded = dialled.encode()
    trials: list[RuleTrial] = []
    fired = False
    for index, rule in enumerate(dialplan.rules):
        match = _match(rule, encoded, variables)
        if match is None:
            trials.append(_not_matched(index, rule))
            continue
        result = _apply(index, rule, match, encoded, variables)
        groups = result.groups if isinstance(result, Normalised) else _groups(rule, match, encoded, variables) or ()
        trials.append(RuleTrial(index, rule.name, matched=True, fires=not fired, groups=groups, result=result))
        fired = True
    return tuple(trials)


def compile_errors(rule: DialplanRule) -> list[RuleFault]:
    """What is wrong with a rule; empty when it can be used."""
    errors: list[RuleFault] = []
    texts: tuple[tuple[RulePart, str], ...] = (
        ("match", rule.match),
        ("subs", rule.subs),
        ("replacement", rule.replacement),
    )
    for part, text in texts:
        if len(text) > expressions.MAX_EXPRESSION_LENGTH:
            errors.append(RuleFault(part, say("expression_too_long", n=expressions.MAX_EXPRESSION_LENGTH)))
    if errors:
        return errors
    if not rule.match:
        errors.append(RuleFault("match", say("expression_empty")))
    match = _compile_checked("match", rule.match, errors)
    subs = _compile_checked("subs", rule.subs, errors) if rule.subs else match
    errors.extend(_replacement_errors(rule.replacement, groups=None if subs is None else subs.groups))
    return errors


def dialplan_errors(rules: tuple[DialplanRule, ...]) -> list[Sentence]:
    """What is wrong with a whole dialplan: its size, and each rule's errors led by its place, from 1."""
    if len(rules) > MAX_RULES:
        return [say("too_many_rules", count=len(rules), most=MAX_RULES)]
    return [
        say("rule_wrong", place=place, part=part, fault=fault)
        for place, rule in enumerate(rules, start=1)
        for part, fault in compile_errors(rule)
    ]


def _refuse_unreadable(dialled: str) -> DialplanRefusal | None:
    if not dialled:
        return DialplanRefusal("empty_number", say("nothing_dialled"))
    if _DIALLED.fullmatch(dialled) is None:
        return DialplanRefusal("number_not_recognised", say("undiallable", n=MAX_DIALLED_LENGTH))
    return None


def _compiled(expression: str, variables: Variables) -> Any | None:
    expanded = expressions.with_variables(expression, variables)
    return None if expanded is None else expressions.find_compiled(expanded)


def _match(rule: DialplanRule, encoded: bytes, variables: Variables) -> Any | None:
    compiled = _compiled(rule.match, variables)
    return None if compiled is None else compiled.fullmatch(encoded)


def _groups(rule: DialplanRule, match: Any, encoded: bytes, variables: Variables) -> tuple[str, ...] | None:
    """The groups of the subs expression, which may match anywhere in the number; None when it doesn't."""
    if rule.subs:
        compiled = _compiled(rule.subs, variables)
        match = None if compiled is None else compiled.search(encoded)
    return None if match is None else tuple(group.decode() for group in match.groups(b""))


def _apply(
    index: int, rule: DialplanRule, match: Any, encoded: bytes, variables: Variables
) -> Normalised | DialplanRefusal:
    groups = _groups(rule, match, encoded, variables)
    if groups is None:
        return DialplanRefusal("number_not_recognised", say("subs_finds_nothing", rule=rule.name))
    pieces = []
    for part in expressions.replacement_parts(rule.replacement):
        value = _value(part, groups, variables)
        if value is None:
            return DialplanRefusal("impossible_number", say("variable_not_set", rule=rule.name, variable=part.variable))
        pieces.append(value)
    number = "".join(pieces)
    usable = is_possible(number) if rule.kind == "number" else _DIALLED.fullmatch(number) is not None
    if not usable:
        return DialplanRefusal(
            "impossible_number", say("rule_makes_impossible", rule=rule.name, number=number[:MAX_DIALLED_LENGTH])
        )
    return Normalised(rule.kind, number, index, rule.name, groups)


def _value(part: expressions.Part, groups: tuple[str, ...], variables: Variables) -> str | None:
    """The text of one part of a replacement; None for a variable without a value."""
    if part.literal:
        return part.literal
    if part.group:
        return groups[part.group - 1] if part.group <= len(groups) else ""
    return (variables.country_code if part.variable == "CC" else variables.area_code) or None


def _without_rule(dialled: str) -> Normalised | DialplanRefusal:
    if not is_e164(dialled):
        return DialplanRefusal("number_not_recognised", say("no_rule_matches"))
    if not is_possible(dialled):
        return DialplanRefusal("impossible_number", say("impossible_length"))
    return Normalised("number", dialled, None, "", ())


def _not_matched(index: int, rule: DialplanRule) -> RuleTrial:
    return RuleTrial(index, rule.name, matched=False, fires=False, groups=(), result=None)


def _compile_checked(part: RulePart, expression: str, errors: list[RuleFault]) -> Any | None:
    sample = expressions.with_variables(expression, Variables("1", "1"))
    try:
        return expressions.compile_expression(sample or "")
    except ExpressionError as error:
        errors.append(RuleFault(part, _in_plain_words(str(error))))
        return None


def _in_plain_words(message: str) -> Sentence:
    for start, code in _PLAIN_WORDS:
        if message.startswith(start):
            fault = Sentence(code)
            return fault if message == start else say("expression_fault", fault=fault, message=message)
    return say("expression_message", message=message)


def _replacement_errors(replacement: str, *, groups: int | None) -> list[RuleFault]:
    """``groups``: how many there are, or None when the expression is broken and they can't be counted."""
    if not replacement:
        return [RuleFault("replacement", say("replacement_empty"))]
    errors = []
    for part in expressions.replacement_parts(replacement):
        if groups is not None and part.group > groups:
            errors.append(RuleFault("replacement", say("no_such_group", group=part.group, groups=groups)))
        if not expressions.is_plain(part.literal):
            errors.append(RuleFault("replacement", say("literal_undiallable", literal=part.literal)))
    return errors
