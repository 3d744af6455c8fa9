"""How a stage ended, what follows, and what the caller is told."""

from __future__ import annotations

import pytest

from chalicelib.domain.outcomes import final_status, next_stage, outcome_of
from chalicelib.domain.plan import CallFacts, CallParty, LegKind, Outcome, RoutePlan, Stage, Target


@pytest.mark.parametrize(
    ("leg_kind", "status", "local", "rang", "outcome"),
    [
        ("pstn", 500, False, False, "failure"),
        ("pstn", 503, False, False, "failure"),
        ("pstn", 599, False, True, "failure"),
        ("pstn", 408, False, False, "failure"),
        ("pstn", 0, True, False, "failure"),
        ("pstn", 408, True, False, "failure"),
        ("pstn", 408, True, True, "no_answer"),
        ("pstn", 486, False, False, "busy"),
        ("pstn", 600, False, False, "busy"),
        ("pstn", 603, False, False, "rejected"),
        ("pstn", 404, False, False, "rejected"),
        ("pstn", 403, False, False, "rejected"),
        ("pstn", 407, False, False, "rejected"),
        ("pstn", 480, False, False, "unreachable"),
        ("sip", 486, False, False, "busy"),
        ("sip", 600, False, False, "busy"),
        ("sip", 480, False, False, "unreachable"),
        ("sip", 408, False, False, "no_answer"),
        ("sip", 0, True, False, "no_answer"),
        ("sip", 408, True, True, "no_answer"),
        ("sip", 603, False, False, "rejected"),
        ("sip", 488, False, False, "rejected"),
        ("sip", 500, False, False, "rejected"),
    ],
)
def test_outcomes(leg_kind: LegKind, status: int, local: bool, rang: bool, outcome: Outcome) -> None:
    assert outcome_of(status, local=local, leg_kind=leg_kind, rang=rang) == outcome


def two_gateways() -> RoutePlan:
    first = Stage((Target("pstn"),), 90, {"failure": 1})
    facts = CallFacts("outbound", "isp_1", "ten_1", "cus_1", CallParty(), "1")
    return RoutePlan(facts, (), (first, Stage((Target("pstn"),), 90)), 60, ())


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408])
def test_a_gateway_that_fails_leads_to_the_next(status: int) -> None:
    outcome = outcome_of(status, local=False, leg_kind="pstn")

    assert next_stage(two_gateways(), 0, outcome) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 407, 480, 484, 486, 488, 600, 603, 604])
def test_an_answer_from_the_called_side_never_leads_to_another_gateway(status: int) -> None:
    outcome = outcome_of(status, local=False, leg_kind="pstn")

    assert next_stage(two_gateways(), 0, outcome) is None


def test_after_the_last_gateway_the_call_ends() -> None:
    assert next_stage(two_gateways(), 1, "failure") is None


@pytest.mark.parametrize(
    ("outcome", "last", "status"),
    [
        ("busy", 600, 486),
        ("no_answer", 0, 480),
        ("unreachable", 480, 480),
        ("failure", 502, 503),
        ("failure", 0, 503),
        ("rejected", 603, 603),
        ("rejected", 404, 404),
        ("rejected", 401, 503),
        ("rejected", 407, 503),
        ("rejected", 500, 480),
        ("rejected", 302, 480),
        ("rejected", 0, 480),
    ],
)
def test_what_the_caller_is_told(outcome: Outcome, last: int, status: int) -> None:
    told, reason = final_status(outcome, last)

    assert told == status
    assert reason
