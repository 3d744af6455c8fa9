"""Plans and traces survive the journal."""

from __future__ import annotations

import json

import pytest

from chalicelib.domain.fields import FieldError
from chalicelib.domain.plan import Attempt, RoutePlan
from chalicelib.domain.plan_json import (
    facts_from_json,
    facts_to_json,
    plan_from_json,
    plan_to_json,
    trace_from_json,
    trace_to_json,
)
from chalicelib.domain.routing import plan_route
from tests.domain.snapshots import NOW, a_gateway_call, a_phone_call, a_snapshot, a_subscriber, a_tenant, an_isp


def a_plan(attempt: Attempt) -> RoutePlan:
    bob = a_subscriber("bob", alias="102", forward_busy="2092488701", forward_no_answer="alice")
    plan = plan_route(attempt, a_snapshot(an_isp(a_tenant(a_subscriber("alice", alias="101"), bob))), NOW)
    assert isinstance(plan, RoutePlan)
    return plan


@pytest.mark.parametrize(
    "attempt", [a_phone_call("102"), a_phone_call("2092488701"), a_phone_call("911"), a_gateway_call(privacy=True)]
)
def test_a_plan_comes_back_equal(attempt: Attempt) -> None:
    plan = a_plan(attempt)

    assert plan_from_json(json.loads(json.dumps(plan_to_json(plan)))) == plan


def test_facts_and_trace_come_back_equal() -> None:
    plan = a_plan(a_phone_call("102"))

    assert facts_from_json(json.loads(json.dumps(facts_to_json(plan.facts)))) == plan.facts
    assert trace_from_json(json.loads(json.dumps(trace_to_json(plan.trace)))) == plan.trace


def test_a_broken_plan_is_refused_with_the_field() -> None:
    body = json.loads(json.dumps(plan_to_json(a_plan(a_phone_call("102")))))
    body["stages"][0]["next"] = {"sometimes": 1}

    with pytest.raises(FieldError, match="sometimes"):
        plan_from_json(body)
