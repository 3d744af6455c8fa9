"""The check of answers against the description is itself able to fail."""

from __future__ import annotations

import pytest

import app as application
from tests.contract import ContractError, check_answer

CARRIER = "/v1/carriers/car_00000000000000000000000000"


def test_an_answer_of_another_shape_is_refused() -> None:
    assert application.app

    with pytest.raises(ContractError, match="required property"):
        check_answer("GET", CARRIER, 200, "application/json", {"id": "x"})


def test_a_problem_without_a_code_of_the_catalogue_is_refused() -> None:
    problem = {"type": "x", "code": "made_up", "title": "x", "status": 404}

    with pytest.raises(ContractError, match="code"):
        check_answer("GET", CARRIER, 404, "application/problem+json", problem)


def test_an_answer_that_is_not_described_is_refused() -> None:
    with pytest.raises(ContractError, match="answered 302"):
        check_answer("GET", CARRIER, 302, "application/json", {})
