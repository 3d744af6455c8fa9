"""From what a subscriber dialled to an E.164 number or a service number, by the ordered rules of a dialplan."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from chalicelib.domain import dialplan_expressions as expressions
from chalicelib.domain.dialplan_expressions import ExpressionError, Variables
from chalicelib.domain.numbering import is_e164, is_possible
from chalicelib.domain.parts import Dialplan, DialplanRule, RuleKind

MAX_RULES = 100
MAX_DIALLED_LENGTH = 64

_DIALLED = re.compile(r"[0-9A-Za-z+*#._-]{1,64}")

_PLAIN_WORDS = (
    ("invalid perl operator", "lookahead and lookbehind are not supported"),
    ("invalid named capture", "lookbehind is not supported, and a named group needs a name"),
    ("invalid escape sequence", "this escape is not supported (nor are references back to a group)"),
    ("missing )", "a closing bracket ) is missing"),
    ("unexpected )", "there is a closing bracket ) too many"),
    ("missing ]", "a closing bracket ] is missing"),
    ("no argument for repetition", "there is nothing before *, +, ? or {} to repeat"),
    ("bad repetition operator", "two repetitions follow each other"),
    ("invalid repetition size", "a repetition is too large"),
    ("pattern too large", "the expression is too large"),
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
    detail: str


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


def compile_errors(rule: DialplanRule) -> list[str]:
    """What is wrong with a rule, in plain words; empty when it can be used."""
    errors = []
    for label, text in (("match", rule.match), ("subs", rule.subs), ("replacement", rule.replacement)):
        if len(text) > expressions.MAX_EXPRESSION_LENGTH:
            errors.append(f"{label}: longer than {expressions.MAX_EXPRESSION_LENGTH} characters")
    if errors:
        return errors
    if not rule.match:
        errors.append("match: the expression is empty")
    match = _compile_checked("match", rule.match, errors)
    subs = _compile_checked("subs", rule.subs, errors) if rule.subs else match
    errors.extend(_replacement_errors(rule.replacement, groups=None if subs is None else subs.groups))
    return errors


def dialplan_errors(rules: tuple[DialplanRule, ...]) -> list[str]:
    """What is wrong with a whole dialplan: its size, and each rule's errors led by its place, from 1."""
    if len(rules) > MAX_RULES:
        return [f"{len(rules)} rules: more than {MAX_RULES}"]
    return [f"rule {place}: {error}" for place, rule in enumerate(rules, start=1) for error in compile_errors(rule)]


def _refuse_unreadable(dialled: str) -> DialplanRefusal | None:
    if not dialled:
        return DialplanRefusal("empty_number", "no number was dialled")
    if _DIALLED.fullmatch(dialled) is None:
        return DialplanRefusal(
            "number_not_recognised", f"only digits, letters and +*#._- can be dialled, at most {MAX_DIALLED_LENGTH}"
        )
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
        return DialplanRefusal("number_not_recognised", f"rule {rule.name!r}: the subs expression finds nothing")
    pieces = []
    for part in expressions.replacement_parts(rule.replacement):
        value = _value(part, groups, variables)
        if value is None:
            return DialplanRefusal("impossible_number", f"rule {rule.name!r} needs _{part.variable}, which is not set")
        pieces.append(value)
    number = "".join(pieces)
    usable = is_possible(number) if rule.kind == "number" else _DIALLED.fullmatch(number) is not None
    if not usable:
        return DialplanRefusal("impossible_number", f"rule {rule.name!r} makes {number[:MAX_DIALLED_LENGTH]!r}")
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
        return DialplanRefusal("number_not_recognised", "no rule of the dialplan matches")
    if not is_possible(dialled):
        return DialplanRefusal("impossible_number", "no number of this country code has this length")
    return Normalised("number", dialled, None, "", ())


def _not_matched(index: int, rule: DialplanRule) -> RuleTrial:
    return RuleTrial(index, rule.name, matched=False, fires=False, groups=(), result=None)


def _compile_checked(label: str, expression: str, errors: list[str]) -> Any | None:
    sample = expressions.with_variables(expression, Variables("1", "1"))
    try:
        return expressions.compile_expression(sample or "")
    except ExpressionError as error:
        errors.append(f"{label}: {_in_plain_words(str(error))}")
        return None


def _in_plain_words(message: str) -> str:
    for start, words in _PLAIN_WORDS:
        if message.startswith(start):
            return words if message == start else f"{words} ({message})"
    return message


def _replacement_errors(replacement: str, *, groups: int | None) -> list[str]:
    """``groups``: how many there are, or None when the expression is broken and they can't be counted."""
    if not replacement:
        return ["replacement: it is empty"]
    errors = []
    for part in expressions.replacement_parts(replacement):
        if groups is not None and part.group > groups:
            errors.append(f"replacement: ${part.group} refers to a group that does not exist (there are {groups})")
        if not expressions.is_plain(part.literal):
            errors.append(f"replacement: {part.literal!r} holds characters that no number can have")
    return errors
