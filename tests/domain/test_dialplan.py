from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.dialplan import (
    MAX_RULES,
    DialplanRefusal,
    Normalised,
    compile_errors,
    dialplan_errors,
    explain_rules,
    normalise,
)
from chalicelib.domain.parts import Dialplan
from chalicelib.domain.sentences import say
from tests.domain.builders import a_dialplan, a_rule, preset_dialplan

HOSTILE = ["(a+)+$", "(a*)*b", "(a|aa)+$", "(.*)(.*)(.*)(.*)(.*)z", "((a?){30}a{30})+", "(.{0,9}){0,10}x"]


def result_of(dialplan: Dialplan, dialled: str, *, country: str = "1", area: str = "209") -> str:
    found = normalise(dialplan, dialled, country_code=country, area_code=area)
    return found.number if isinstance(found, Normalised) else found.code


def test_a_rule_must_match_the_whole_number() -> None:
    dialplan = a_dialplan(a_rule("9([0-9]{10})", "+1$1"))

    assert result_of(dialplan, "92092488700") == "+12092488700"
    assert result_of(dialplan, "920924887001") == "number_not_recognised"
    assert result_of(dialplan, "092092488700") == "number_not_recognised"


def test_the_first_rule_that_matches_ends_the_search_even_if_its_result_is_impossible() -> None:
    dialplan = a_dialplan(a_rule("(20.*)", "+1$1$1"), a_rule("([0-9]{10})", "+1$1"))

    assert result_of(dialplan, "2092488700") == "impossible_number"


def test_a_subs_expression_gives_the_groups() -> None:
    dialplan = a_dialplan(a_rule("9.*", "+1$1", subs="9([0-9]{10})"))

    found = normalise(dialplan, "92092488700", country_code="1", area_code="")

    assert found == Normalised("number", "+12092488700", 0, "Rule", ("2092488700",))


def test_a_subs_expression_that_finds_nothing_refuses_the_number() -> None:
    assert result_of(a_dialplan(a_rule("9.*", "+1$1", subs="3([0-9]+)")), "92092488700") == "number_not_recognised"


def test_groups_are_written_with_dollar_or_backslash_and_one_digit() -> None:
    dialplan = a_dialplan(a_rule("([0-9]{3})([0-9]{6})", r"+1$1\20"))

    assert result_of(dialplan, "209248870") == "+12092488700"


def test_a_group_that_took_no_part_is_empty() -> None:
    assert result_of(a_dialplan(a_rule("(9)?([0-9]{10})", "+1$1$2")), "2092488700") == "+12092488700"


def test_variables_stand_in_replacement_and_expressions() -> None:
    dialplan = a_dialplan(a_rule("00_CC_AC([0-9]{7})", "+_CC_AC$1"))

    assert result_of(dialplan, "0012092488700") == "+12092488700"
    assert result_of(dialplan, "0013092488700") == "number_not_recognised"


def test_variables_in_expressions_are_taken_literally() -> None:
    dialplan = a_dialplan(a_rule("_AC([0-9]{10})", "+1$1"))

    assert result_of(dialplan, "2092488700", area=".*") == "number_not_recognised"


def test_a_rule_that_needs_an_area_code_refuses_a_caller_without_one() -> None:
    found = normalise(preset_dialplan("br"), "33332222", country_code="55", area_code="")

    assert found == DialplanRefusal("impossible_number", say("variable_not_set", rule="Local", variable="AC"))


@pytest.mark.parametrize(
    ("dialled", "code"),
    [
        ("", "empty_number"),
        (" ", "number_not_recognised"),
        ("209-248 8700", "number_not_recognised"),
        ("٢٠٩٢٤٨٨٧٠٠", "number_not_recognised"),
        ("2092488700\n", "number_not_recognised"),
        ("+", "number_not_recognised"),
        ("+0123456789", "number_not_recognised"),
        ("+1209248870", "impossible_number"),
        ("+12488700", "impossible_number"),
        ("+9991234567", "impossible_number"),
        ("1" * 65, "number_not_recognised"),
    ],
)
def test_what_cannot_be_a_number_is_refused_by_name(dialled: str, code: str) -> None:
    assert result_of(preset_dialplan("us"), dialled) == code


def test_a_service_number_is_sent_as_it_is() -> None:
    found = normalise(preset_dialplan("us-9"), "9911", country_code="1", area_code="209")

    assert isinstance(found, Normalised)
    assert (found.kind, found.number, found.rule_index) == ("service", "911", 0)


def test_a_rule_that_does_not_compile_never_matches() -> None:
    dialplan = a_dialplan(a_rule("(?=2)("), a_rule("2" * 201), a_rule("([0-9]+)", "+1$1"))

    assert result_of(dialplan, "2092488700") == "+12092488700"


@pytest.mark.parametrize("expression", HOSTILE)
def test_a_hostile_expression_takes_linear_time(expression: str) -> None:
    dialplan = a_dialplan(*(a_rule(expression, subs=expression) for _ in range(MAX_RULES)))

    before = time.process_time()
    result_of(dialplan, "a" * 64)
    result_of(dialplan, "a" * 5000)

    assert time.process_time() - before < 1


def test_a_usual_number_is_normalised_in_microseconds() -> None:
    dialplan = preset_dialplan("us")
    result_of(dialplan, "2488700")

    before = time.process_time()
    for _ in range(1000):
        result_of(dialplan, "2488700")

    assert time.process_time() - before < 0.1  # usually 0.01; the margin is for slow machines


TEXTS = st.text(max_size=80)
EXPRESSIONS = st.text(alphabet="0123456789ab()[]{}|*+?.^$\\-d_CA,:<>=!P", max_size=30) | TEXTS


@settings(max_examples=300)
@given(EXPRESSIONS, EXPRESSIONS, TEXTS, TEXTS | st.from_regex(r"[0-9a+*#]{1,64}", fullmatch=True), TEXTS)
def test_no_rule_and_no_number_makes_it_raise(match: str, subs: str, replacement: str, dialled: str, area: str) -> None:
    rule = a_rule(match, replacement, subs=subs)
    dialplan = a_dialplan(rule)

    found = normalise(dialplan, dialled, country_code="1", area_code=area)
    trials = explain_rules(dialplan, dialled, country_code="1", area_code=area)

    assert isinstance(found, Normalised | DialplanRefusal)
    assert len(trials) == 1
    assert all(fault.into("en") for _, fault in compile_errors(rule))


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (a_rule("(?=9)9(.*)"), "match: lookahead and lookbehind are not supported"),
        (a_rule("(?<=9)(.*)"), "match: lookahead and lookbehind are not supported"),
        (a_rule(r"(9)\1"), "match: this escape is not supported (nor are references back to a group)"),
        (a_rule("(9"), "match: a closing bracket ) is missing"),
        (a_rule("9)"), "match: there is a closing bracket ) too many"),
        (a_rule("[9"), "match: a closing bracket ] is missing"),
        (a_rule("(.{0,60}){0,16}"), "match: the expression is too large"),
        (a_rule("(.*)", subs="*"), "subs: there is nothing before *, +, ? or {} to repeat"),
        (a_rule("9(.*)", "$2"), "replacement: $2 refers to a group that does not exist (there are 1)"),
        (a_rule("9(.*)", subs="9", replacement="$1"), "replacement: $1 refers to a group that does not exist"),
        (a_rule("9(.*)", "sip:$1@x"), "replacement: 'sip:' holds characters that no number can have"),
        (a_rule("9(.*)", ""), "replacement: it is empty"),
        (a_rule("", "1"), "match: the expression is empty"),
        (a_rule("9" * 201), "match: longer than 200 characters"),
    ],
)
def test_what_is_wrong_with_a_rule_is_said_in_plain_words(rule, words) -> None:
    errors = [f"{part}: {fault.into('en')}" for part, fault in compile_errors(rule)]

    assert any(error.startswith(words) for error in errors), errors


def test_a_dialplan_has_at_most_a_hundred_rules() -> None:
    good = a_rule("(.*)")

    assert dialplan_errors((good,) * MAX_RULES) == []
    assert dialplan_errors((good,) * (MAX_RULES + 1))[0].into("en") == "101 rules: more than 100"
    assert (
        dialplan_errors((good, a_rule("(")))[0].into("en").startswith("rule 2: match: a closing bracket ) is missing")
    )


def test_the_rule_tester_tells_what_each_rule_makes_of_a_number() -> None:
    dialplan = a_dialplan(a_rule("9.*"), a_rule("([0-9]{10})", "+1$1"), a_rule("(2)(.*)", "+$1$2"))

    trials = explain_rules(dialplan, "2092488700", country_code="1", area_code="")

    assert [(trial.matched, trial.fires, trial.groups) for trial in trials] == [
        (False, False, ()),
        (True, True, ("2092488700",)),
        (True, False, ("2", "092488700")),
    ]
    assert trials[1].result == normalise(dialplan, "2092488700", country_code="1", area_code="")
