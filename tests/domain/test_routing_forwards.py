"""Forwards: where they lead, in whose rights and at whose cost, and where they end."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.domain.plan import Attempt, Refusal, RoutePlan, Target
from chalicelib.domain.routing import plan_route
from chalicelib.domain.snapshot import Snapshot
from chalicelib.domain.to_subscriber import MAX_FORWARDS_TRIED, MAX_HOPS
from tests.domain.snapshots import (
    DID,
    DOMAIN,
    NOW,
    a_carrier,
    a_gateway,
    a_gateway_call,
    a_phone_call,
    a_snapshot,
    a_subscriber,
    a_tenant,
    an_isp,
)


def planned(snapshot: Snapshot, attempt: Attempt | None = None) -> RoutePlan:
    result = plan_route(attempt or a_phone_call("bob"), snapshot, NOW)
    assert isinstance(result, RoutePlan), result
    return result


def office(bob: dict[str, Any], *others: dict[str, Any], **tenant: Any) -> Snapshot:
    """Alice calls Bob (102), whose forwards are under test; Carol is 103."""
    people = [a_subscriber("alice", alias="101"), a_subscriber("bob", alias="102", **bob)]
    people += list(others) or [a_subscriber("carol", alias="103")]
    return a_snapshot(an_isp(a_tenant(*people, **tenant), carriers=[a_carrier(a_gateway("a"), a_gateway("b"))]))


def rung(plan: RoutePlan) -> list[str]:
    """The stages in order: who rings, by username or number."""
    return [(target.aor.removeprefix("sip:").split("@")[0] or target.called_number) for target in targets(plan)]


def targets(plan: RoutePlan) -> list[Target]:
    return [target for stage in plan.stages for target in stage.targets]


def left_out(plan: RoutePlan) -> list[tuple[str, str]]:
    return [(step.facts["on"], step.facts["code"]) for step in plan.trace if step.code == "forward_left_out"]


@pytest.mark.parametrize("wanted", ["103", "carol", DID])
def test_forward_always_is_followed_at_once(wanted: str) -> None:
    plan = planned(office({"forward_always": wanted}, dids={DID: "carol"}))

    assert rung(plan) == ["carol"]


def test_the_phone_that_rings_sees_the_caller_and_who_forwarded() -> None:
    (target,) = targets(planned(office({"forward_always": "103"})))

    assert (target.from_display, target.from_uri) == ('"Alice"', f"sip:101@{DOMAIN}")
    assert target.headers == (f"Diversion: <sip:102@{DOMAIN}>;reason=unconditional",)


@pytest.mark.parametrize(
    ("field", "outcome", "reason"),
    [
        ("forward_busy", "busy", "user-busy"),
        ("forward_no_answer", "no_answer", "no-answer"),
        ("forward_unreachable", "unreachable", "unavailable"),
    ],
)
def test_a_conditional_forward_follows_its_outcome(field: str, outcome: str, reason: str) -> None:
    plan = planned(office({field: "103"}))

    assert rung(plan) == ["bob", "carol"]
    assert plan.stages[0].next[outcome] == 1  # type: ignore[index]
    assert targets(plan)[1].headers == (f"Diversion: <sip:102@{DOMAIN}>;reason={reason}",)


def test_unreachable_is_no_answer_unless_set_apart() -> None:
    dave = a_subscriber("dave", alias="104")
    carol = a_subscriber("carol", alias="103")

    together = planned(office({"forward_no_answer": "103"}, carol, dave))
    apart = planned(office({"forward_no_answer": "103", "forward_unreachable": "104"}, carol, dave))

    assert dict(together.stages[0].next) == {"no_answer": 1, "unreachable": 1}
    assert dict(apart.stages[0].next) == {"no_answer": 1, "unreachable": 2}
    assert rung(apart) == ["bob", "carol", "dave"]


def test_a_busy_forward_does_not_follow_other_outcomes() -> None:
    assert dict(planned(office({"forward_busy": "103"})).stages[0].next) == {"busy": 1}


def test_each_forward_has_its_own_stage() -> None:
    dave = a_subscriber("dave", alias="104")

    plan = planned(
        office({"forward_busy": "103", "forward_no_answer": "104"}, a_subscriber("carol", alias="103"), dave)
    )

    assert rung(plan) == ["bob", "carol", "dave"]
    assert dict(plan.stages[0].next) == {"busy": 1, "no_answer": 2, "unreachable": 2}


def test_the_forwards_of_the_next_subscriber_are_followed_too() -> None:
    carol = a_subscriber("carol", alias="103", forward_no_answer="104")

    plan = planned(office({"forward_busy": "103"}, carol, a_subscriber("dave", alias="104")))

    assert rung(plan) == ["bob", "carol", "dave"]
    assert dict(plan.stages[1].next) == {"no_answer": 2, "unreachable": 2}
    assert targets(plan)[2].headers == (
        f"Diversion: <sip:103@{DOMAIN}>;reason=no-answer",
        f"Diversion: <sip:102@{DOMAIN}>;reason=user-busy",
    )


def test_a_forward_to_a_number_goes_through_all_gateways_at_the_forwarders_cost() -> None:
    plan = planned(office({"forward_no_answer": "2092488701"}, dids={DID: "bob"}))

    assert rung(plan) == ["bob", "+12092488701", "+12092488701"]
    assert dict(plan.stages[1].next) == {"failure": 2}
    assert {target.charged_subscriber_id for target in targets(plan)[1:]} == {"sub_bob"}
    assert targets(plan)[1].from_uri == f"sip:{DID}@a.carrier.example"
    assert targets(plan)[1].from_display == '"Bob"'
    assert targets(plan)[1].headers == (f"Diversion: <sip:{DID}@a.carrier.example>;reason=no-answer",)
    assert plan.facts.direction == "internal"


def test_a_forward_to_a_number_uses_the_rights_of_the_forwarder_not_of_the_caller() -> None:
    """Alice may call anywhere, Bob nowhere: what Bob forwards to is Bob's matter."""
    snapshot = office({"forward_always": "2092488701", "security_group_id": ""})

    plan = planned(snapshot)

    assert rung(plan) == ["bob"]
    assert left_out(plan) == [("always", "no_security_group")]


def test_a_forward_to_a_number_uses_the_area_code_of_the_forwarder() -> None:
    snapshot = office({"forward_always": "2488701", "area_code": "415", "security_group_id": "sg_any"}, **any_number())

    assert rung(planned(snapshot)) == ["+14152488701", "+14152488701"]


def any_number() -> dict[str, Any]:
    return {"security_groups": [{"security_group_id": "sg_any", "name": "any", "prefixes": ["+"]}]}


def test_an_inbound_call_is_forwarded_with_the_did_it_came_by() -> None:
    snapshot = office({"forward_always": "2092488701"}, dids={"+12095550001": "bob", DID: "bob"})

    plan = planned(snapshot, a_gateway_call(DID, src_ip="192.0.2.1"))

    assert targets(plan)[0].headers == (f"Diversion: <sip:{DID}@a.carrier.example>;reason=unconditional",)
    assert targets(plan)[0].charged_subscriber_id == "sub_bob"
    assert plan.facts.direction == "inbound"


def test_a_withheld_number_stays_withheld_when_forwarded() -> None:
    snapshot = office({"forward_always": "2092488701"}, dids={DID: "bob"})

    plan = planned(snapshot, a_gateway_call(DID, privacy=True))

    assert targets(plan)[0].from_uri == "sip:anonymous@anonymous.invalid"
    assert "Privacy: id" in targets(plan)[0].headers


def test_no_alias_or_username_leaves_towards_a_carrier() -> None:
    snapshot = office({"forward_always": "2092488701"}, dids={})

    assert targets(planned(snapshot))[0].headers == ()


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ("3102488701", "destination_not_allowed"),
        ("no such thing", "number_not_recognised"),
        ("911", "forward_to_service_number"),
        ("102", "forward_loop"),
        ("104", "called_subscriber_suspended"),
        (DID, "did_without_subscriber"),
    ],
)
def test_a_forward_that_is_refused_is_left_out_and_told(wanted: str, code: str) -> None:
    dave = a_subscriber("dave", alias="104", suspended=True)

    plan = planned(office({"forward_busy": wanted}, dave, dids={DID: ""}))

    assert rung(plan) == ["bob"]
    assert dict(plan.stages[0].next) == {}
    assert left_out(plan) == [("busy", code)]


def test_a_prepaid_forward_to_a_number_is_left_out() -> None:
    bob = a_subscriber("bob", alias="102", forward_always="2092488701")
    snapshot = a_snapshot(an_isp(a_tenant(a_subscriber("alice"), bob), payment="prepaid"))

    plan = planned(snapshot)

    assert rung(plan) == ["bob"]
    assert left_out(plan) == [("always", "prepaid_not_available")]


def test_unconditional_forwards_in_a_circle_are_refused() -> None:
    snapshot = office({"forward_always": "103"}, a_subscriber("carol", alias="103", forward_always="102"))

    result = plan_route(a_phone_call("bob"), snapshot, NOW)

    assert isinstance(result, Refusal)
    assert (result.code, result.sip_status) == ("forward_loop", 482)


def test_a_forward_to_oneself_is_a_circle() -> None:
    result = plan_route(a_phone_call("bob"), office({"forward_always": "bob"}), NOW)

    assert isinstance(result, Refusal)
    assert result.code == "forward_loop"


def test_conditional_forwards_in_a_circle_end_where_they_began() -> None:
    plan = planned(office({"forward_busy": "103"}, a_subscriber("carol", alias="103", forward_busy="102")))

    assert rung(plan) == ["bob", "carol"]
    assert dict(plan.stages[1].next) == {}
    assert left_out(plan) == [("busy", "forward_loop")]


def test_a_forward_back_to_the_caller_is_no_circle() -> None:
    assert rung(planned(office({"forward_busy": "101"}))) == ["bob", "alice"]


def chain(length: int, field: str) -> Snapshot:
    """Bob forwards to u1, u1 to u2, ..; there are ``length`` forwards."""
    names = [f"u{number}" for number in range(1, length + 1)]
    following = [*names[1:], ""]
    others = [a_subscriber(name, **{field: wanted}) for name, wanted in zip(names, following, strict=True)]
    return office({field: names[0]}, *others)


def test_five_forwards_are_followed_and_a_sixth_is_refused() -> None:
    within = planned(chain(MAX_HOPS, "forward_always"))
    beyond = plan_route(a_phone_call("bob"), chain(MAX_HOPS + 1, "forward_always"), NOW)

    assert rung(within) == [f"u{MAX_HOPS}"]
    assert len(targets(within)[0].headers) == MAX_HOPS
    assert isinstance(beyond, Refusal)
    assert beyond.code == "too_many_forwards"


def test_a_sixth_conditional_forward_is_left_out() -> None:
    plan = planned(chain(MAX_HOPS + 1, "forward_busy"))

    assert rung(plan) == ["bob", *[f"u{number}" for number in range(1, MAX_HOPS + 1)]]
    assert left_out(plan) == [("busy", "too_many_forwards")]


def test_a_thicket_of_forwards_stays_small() -> None:
    people = [
        a_subscriber(
            f"u{number}",
            forward_busy=f"u{(number + 1) % 12}",
            forward_no_answer=f"u{(number + 2) % 12}",
            forward_unreachable=f"u{(number + 3) % 12}",
        )
        for number in range(12)
    ]

    plan = planned(office({"forward_busy": "u1", "forward_no_answer": "u2", "forward_unreachable": "u3"}, *people))

    assert len(plan.stages) <= MAX_FORWARDS_TRIED + 1


def test_every_following_stage_exists_and_lies_ahead() -> None:
    carol = a_subscriber("carol", alias="103", forward_busy="2092488701", forward_no_answer="3102488701")

    plan = planned(office({"forward_busy": "103", "forward_no_answer": "2092488702"}, carol))

    for index, stage in enumerate(plan.stages):
        assert all(index < following < len(plan.stages) for following in stage.next.values())
