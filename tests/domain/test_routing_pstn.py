"""Calls to the telephone network: rights, payment, caller ID, and what each gateway is sent."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.plan import Counter, Refusal, RoutePlan, Target
from chalicelib.domain.routing import plan_route
from chalicelib.domain.snapshot import Snapshot
from tests.domain.snapshots import (
    DID,
    NOW,
    a_carrier,
    a_gateway,
    a_phone_call,
    a_snapshot,
    a_subscriber,
    a_tenant,
    an_isp,
)

NUMBER = "+12092488701"
REWRITING = Path(__file__).parent.parent / "golden" / "gateway_rewriting.csv"


def the_plan(snapshot: Snapshot, dialled: str = "2092488701", *, privacy: bool = False) -> RoutePlan:
    result = plan_route(a_phone_call(dialled, privacy=privacy), snapshot, NOW)
    assert isinstance(result, RoutePlan), result
    return result


def the_refusal(snapshot: Snapshot, dialled: str = "2092488701") -> Refusal:
    result = plan_route(a_phone_call(dialled), snapshot, NOW)
    assert isinstance(result, Refusal), result
    return result


def with_gateways(*gateways: dict[str, Any], **subscriber: Any) -> Snapshot:
    return a_snapshot(an_isp(a_tenant(a_subscriber("alice", **subscriber)), carriers=[a_carrier(*gateways)]))


def with_tenant(subscriber: dict[str, Any] | None = None, **tenant: Any) -> Snapshot:
    return a_snapshot(an_isp(a_tenant(subscriber or a_subscriber("alice"), **tenant)))


def only_target(plan: RoutePlan) -> Target:
    (stage,) = plan.stages
    (target,) = stage.targets
    return target


def test_gateways_are_tried_in_order_one_stage_each() -> None:
    plan = the_plan(with_gateways(a_gateway("a"), a_gateway("b"), a_gateway("c")))

    assert [stage.targets[0].gateway_id for stage in plan.stages] == ["gw_a", "gw_b", "gw_c"]
    assert [dict(stage.next) for stage in plan.stages] == [{"failure": 1}, {"failure": 2}, {}]


def test_each_gateway_gets_its_own_rewriting_address_and_codecs() -> None:
    first = a_gateway("a", outbound_strip=1, port=5080, transport="tcp", codecs=["G722"])
    second = a_gateway("b", outbound_strip=2, outbound_prefix="0", host="2001:db8::1", transport="tls")

    one, two = (stage.targets[0] for stage in the_plan(with_gateways(first, second)).stages)

    assert (one.uri, one.next_hop) == (
        "sip:12092488701@a.carrier.example:5080",
        "sip:a.carrier.example:5080;transport=tcp",
    )
    assert (two.uri, two.next_hop) == ("sip:02092488701@[2001:db8::1]:5060", "sip:[2001:db8::1]:5060;transport=tls")
    assert (one.codecs, two.codecs) == (("G722",), ("PCMU", "PCMA"))


def outbound_rows() -> list[dict[str, str]]:
    with REWRITING.open(newline="") as file:
        return [row for row in csv.DictReader(file) if row["direction"] == "outbound"]


@pytest.mark.parametrize("row", outbound_rows(), ids=lambda row: row["why"])
def test_the_golden_rewriting_shows_in_the_request(row: dict[str, str]) -> None:
    strip, prefix = int(row["strip"]), row["prefix"]
    gateway = a_gateway(outbound_strip=strip, outbound_prefix=prefix, apply_to=row["apply_to"])
    group = [{"security_group_id": "sg_usual", "name": "all", "prefixes": ["+"]}]
    dialplan = "dp_us-9" if row["as_dialled"].startswith("9") else "dp_us"
    dialled = row["as_dialled"] if row["e164"].startswith("+1") else row["e164"]
    tenant = a_tenant(a_subscriber("alice"), dids={}, security_groups=group, dialplan_id=dialplan)
    snapshot = a_snapshot(an_isp(tenant, carriers=[a_carrier(gateway)]))

    if row["user_part"] == "refused":
        assert the_refusal(snapshot, dialled).code == "rewrite_leaves_nothing"
    else:
        user = row["user_part"].replace("#", "%23")
        assert only_target(the_plan(snapshot, dialled)).uri == f"sip:{user}@gw1.carrier.example:5060"


def test_a_gateway_whose_rewriting_leaves_nothing_is_left_out() -> None:
    plan = the_plan(with_gateways(a_gateway("a"), a_gateway("b", outbound_strip=13), a_gateway("c")))

    assert [stage.targets[0].gateway_id for stage in plan.stages] == ["gw_a", "gw_c"]
    assert dict(plan.stages[0].next) == {"failure": 1}


def test_rewriting_that_leaves_nothing_everywhere_is_refused() -> None:
    refusal = the_refusal(with_gateways(a_gateway(outbound_strip=13)))

    assert (refusal.code, refusal.sip_status) == ("rewrite_leaves_nothing", 500)


def test_from_is_the_caller_id_at_the_gateway_unless_the_gateway_says_otherwise() -> None:
    plain = a_gateway("a")
    fixed = a_gateway("b", source_user="trunk7", source_domain="ring.example", display="Ring")

    one, two = (stage.targets[0] for stage in the_plan(with_gateways(plain, fixed)).stages)

    assert (one.from_display, one.from_uri) == ('"Alice"', f"sip:{DID}@a.carrier.example")
    assert (two.from_display, two.from_uri) == ('"Ring"', "sip:trunk7@ring.example")


def test_the_asserted_identity_is_the_real_caller_id_also_behind_a_source_user() -> None:
    target = only_target(the_plan(with_gateways(a_gateway(add_pai=True, source_user="trunk7"))))

    assert target.headers == (f"P-Asserted-Identity: <sip:{DID}@gw1.carrier.example>",)


def test_a_withheld_number_is_anonymous_and_stays_asserted_where_the_carrier_takes_it() -> None:
    gateways = (a_gateway("a", add_pai=True, source_user="trunk7"), a_gateway("b"))

    one, two = (stage.targets[0] for stage in the_plan(with_gateways(*gateways), privacy=True).stages)

    assert one.from_uri == two.from_uri == "sip:anonymous@anonymous.invalid"
    assert one.headers == (f"P-Asserted-Identity: <sip:{DID}@a.carrier.example>", "Privacy: id")
    assert two.headers == ("Privacy: id",)
    assert "Alice" not in one.from_display + two.from_display


@pytest.mark.parametrize(
    ("subscriber", "tenant", "number"),
    [
        ({"caller_id": "+12095550001"}, {"dids": {DID: "alice", "+12095550001": ""}}, "+12095550001"),
        ({"caller_id": "+12095550002"}, {"caller_ids": ["+12095550002"]}, "+12095550002"),
        ({"caller_id": "+442079460958"}, {"main_number": "+12095550003"}, DID),
        ({}, {"dids": {"+12095550004": "alice", "+12095550005": "alice"}}, "+12095550004"),
        ({}, {"dids": {}, "main_number": "+12095550003"}, "+12095550003"),
        ({}, {"dids": {}}, ""),
    ],
    ids=["own DID", "approved", "somebody else's number", "first DID", "main number", "none"],
)
def test_the_caller_id_is_the_first_that_the_subscriber_may_show(
    subscriber: dict[str, Any], tenant: dict[str, Any], number: str
) -> None:
    plan = the_plan(with_tenant(a_subscriber("alice", **subscriber), **tenant))

    assert only_target(plan).from_uri == f"sip:{number or 'anonymous'}@gw1.carrier.example"
    assert plan.facts.calling_number == number


def test_without_a_number_to_show_nothing_is_asserted() -> None:
    carriers = [a_carrier(a_gateway(add_pai=True))]

    plan = the_plan(a_snapshot(an_isp(a_tenant(a_subscriber("alice"), dids={}), carriers=carriers)))

    assert only_target(plan).headers == ()


def test_the_call_is_recorded_as_outbound_with_who_pays() -> None:
    plan = the_plan(with_tenant())
    target = only_target(plan)

    assert plan.facts.direction == "outbound"
    assert plan.facts.called_number == target.called_number == NUMBER
    assert (target.charged_subscriber_id, target.carrier_id) == ("sub_alice", "car_telco")
    assert target.counters == (Counter("gateway/gw_gw1", 0),)


@pytest.mark.parametrize(
    ("code", "dialled", "subscriber", "tenant"),
    [
        ("empty_number", "", {}, {}),
        ("number_not_recognised", "209248870", {}, {}),
        ("destination_not_allowed", "3102488701", {}, {}),
        ("no_security_group", "2092488701", {"security_group_id": ""}, {}),
        ("no_security_group", "2092488701", {"security_group_id": "sg_gone"}, {}),
        ("no_dialplan", "2092488701", {}, {"dialplan_id": ""}),
        ("no_carrier", "2092488701", {}, {"carrier_id": ""}),
    ],
)
def test_what_is_missing_refuses_the_call_by_name(
    code: str, dialled: str, subscriber: dict[str, Any], tenant: dict[str, Any]
) -> None:
    refusal = the_refusal(with_tenant(a_subscriber("alice", **subscriber), **tenant), dialled)

    assert refusal.code == code
    assert refusal.trace[-1].code == "refused"


def test_a_refused_call_is_recorded_with_its_number() -> None:
    refusal = the_refusal(with_tenant(), "3102488701")

    assert refusal.facts is not None
    assert (refusal.facts.direction, refusal.facts.called_number) == ("outbound", "+13102488701")


def test_a_carrier_without_gateways_is_refused_by_name() -> None:
    assert the_refusal(with_gateways()).code == "no_gateway"


def test_prepaid_is_refused_for_calls_to_the_network_only() -> None:
    alice, bob = a_subscriber("alice"), a_subscriber("bob", alias="102")
    snapshot = a_snapshot(an_isp(a_tenant(alice, bob), payment="prepaid"))

    refusal = the_refusal(snapshot)

    assert (refusal.code, refusal.sip_status) == ("prepaid_not_available", 402)
    assert only_target(the_plan(snapshot, "102")).leg_kind == "sip"
    assert only_target(the_plan(snapshot, "911")).uri.startswith("sip:911@")


def test_an_unknown_service_plan_gives_no_calls_away() -> None:
    snapshot = a_snapshot(an_isp(a_tenant(a_subscriber("alice")), service_plans=[]))

    assert the_refusal(snapshot).code == "no_service_plan"


@pytest.mark.parametrize("dialled", ["911", "9911"])
def test_a_service_number_is_sent_as_it_is_past_rights_and_limits(dialled: str) -> None:
    alice = a_subscriber("alice", security_group_id="", max_calls=1)
    tenant = a_tenant(alice, dialplan_id="dp_us-9", emergency_caller_id="+12095550911", max_calls=1)
    gateway = a_gateway(outbound_strip=2, outbound_prefix="tech#", add_pai=True)

    plan = the_plan(a_snapshot(an_isp(tenant, carriers=[a_carrier(gateway)])), dialled, privacy=True)

    target = only_target(plan)
    assert target.uri == "sip:911@gw1.carrier.example:5060"
    assert target.from_uri == "sip:+12095550911@gw1.carrier.example"
    assert target.headers == ("P-Asserted-Identity: <sip:+12095550911@gw1.carrier.example>",)
    assert {counter.limit for counter in plan.counters} == {0}
    assert plan.facts.service_number


def test_without_an_emergency_caller_id_the_usual_one_is_shown() -> None:
    assert only_target(the_plan(with_tenant(), "911")).from_uri == f"sip:{DID}@gw1.carrier.example"


@pytest.mark.parametrize(("country_code", "number"), [("", "+12079460958"), ("44", "+442079460958")])
def test_the_country_of_the_tenant_goes_before_that_of_the_dialplan(country_code: str, number: str) -> None:
    rule = {"name": "national", "match": r"0\d+", "subs": r"0(\d+)", "replacement": "+_CC$1"}
    dialplan = {"dialplan_id": "dp_own", "name": "own", "country_code": "1", "rules": [rule]}
    group = [{"security_group_id": "sg_usual", "name": "all", "prefixes": ["+"]}]
    tenant = a_tenant(
        a_subscriber("alice"), country_code=country_code, dialplan_id="dp_own", security_groups=group, dids={}
    )

    plan = the_plan(a_snapshot(an_isp(tenant, dialplans=[dialplan])), "02079460958")

    assert plan.facts.called_number == number
