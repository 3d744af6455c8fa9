from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.digit_patterns import after, parse

EXPRESSIONS = ["12", "1|23", r"1\d?", "[2-46]{2,3}", r"(?:0[0-24]|5)\d{3}", "(1|2(?:3|4)?){0,2}9", "", "7?(?:8|90){2}"]


@given(st.sampled_from(EXPRESSIONS), st.text(alphabet="0123456789", max_size=7))
def test_a_pattern_holds_what_the_regular_expression_matches(expression: str, digits: str) -> None:
    pattern = parse(expression)
    for digit in digits:
        pattern = after(pattern, digit)

    assert pattern.ends == (re.fullmatch(expression, digits) is not None)


@pytest.mark.parametrize("expression", ["1*", "a", "1)", "(?=1)2"])
def test_expressions_outside_of_the_subset_are_refused(expression: str) -> None:
    with pytest.raises(ValueError, match="unexpected"):
        parse(expression)
