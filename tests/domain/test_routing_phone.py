"""What an authenticated subscriber reaches by what it dials, and what suspensions stop."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.parts import core_key, isp_key, subscribers_key
from chalicelib.domain.plan import Attempt, Counter, Refusal, RoutePlan
from chalicelib.domain.routing import plan_route
from chalicelib.domain.snapshot import MissingPartError, Snapshot
from tests.domain.snapshots import (
    DID,
    DOMAIN,
    NOW,
    SBC_ID,
    a_carrier,
    a_gateway,
    a_phone_call,
    a_snapshot,
    a_subscriber,
    a_tenant,
    an_isp,
)


def planned(attempt: Attempt, snapshot: Snapshot) -> RoutePlan:
    result = plan_route(attempt, snapshot, NOW)
    assert isinstance(result, RoutePlan), result
    return result


def refused(attempt: Attempt, snapshot: Snapshot) -> Refusal:
    result = plan_route(attempt, snapshot, NOW)
    assert isinstance(result, Refusal), result
    return result


def alice_and_bob(**tenant: Any) -> Snapshot:
    alice = a_subscriber("alice", alias="101", max_calls=2)
    bob = a_subscriber("bob", alias="102", name="Bob B", max_calls=3, dial_timeout_s=25)
    return a_snapshot(an_isp(a_tenant(alice, bob, **tenant)))


@pytest.mark.parametrize("dialled", ["102", "bob", "BOB"])
def test_a_subscriber_is_reached_by_alias_and_by_username_in_any_case(dialled: str) -> None:
    plan = planned(a_phone_call(dialled), alice_and_bob())

    (stage,) = plan.stages
    (target,) = stage.targets
    assert target.aor == f"sip:bob@{DOMAIN}"
    assert target.leg_kind == "sip"
    assert stage.timeout_s == 25
    assert plan.facts.direction == "internal"
    assert (plan.facts.calling_number, plan.facts.called_number) == ("101", "102")


def test_the_called_phone_sees_the_callers_name_and_alias() -> None:
    target = planned(a_phone_call("102"), alice_and_bob()).stages[0].targets[0]

    assert target.from_display == '"Alice"'
    assert target.from_uri == f"sip:101@{DOMAIN}"


def test_a_caller_without_alias_is_shown_by_username() -> None:
    snapshot = a_snapshot(an_isp(a_tenant(a_subscriber("alice"), a_subscriber("bob", alias="102"))))

    assert planned(a_phone_call("102"), snapshot).stages[0].targets[0].from_uri == f"sip:alice@{DOMAIN}"


def test_a_caller_who_withholds_the_number_is_anonymous_to_colleagues_too() -> None:
    target = planned(a_phone_call("102", privacy=True), alice_and_bob()).stages[0].targets[0]

    assert target.from_uri == "sip:anonymous@anonymous.invalid"
    assert "Alice" not in target.from_display


@pytest.mark.parametrize("dialled", [DID, "2092488700", "12092488700", "2488700"])
def test_an_own_did_is_reached_on_net_however_it_is_dialled(dialled: str) -> None:
    plan = planned(a_phone_call(dialled), alice_and_bob(dids={DID: "bob"}))

    assert [target.aor for stage in plan.stages for target in stage.targets] == [f"sip:bob@{DOMAIN}"]
    assert plan.facts.direction == "internal"
    assert plan.facts.did == DID


def test_an_own_did_dialled_in_full_needs_no_dialplan() -> None:
    snapshot = alice_and_bob(dids={DID: "bob"}, dialplan_id="")

    assert planned(a_phone_call(DID), snapshot).stages[0].targets[0].aor == f"sip:bob@{DOMAIN}"


def test_an_own_did_of_nobody_is_not_sent_to_the_carrier() -> None:
    assert refused(a_phone_call(DID), alice_and_bob(dids={DID: ""})).code == "did_without_subscriber"


def test_an_alias_goes_before_a_number_of_the_dialplan() -> None:
    snapshot = a_snapshot(an_isp(a_tenant(a_subscriber("alice"), a_subscriber("bob", alias="2092488701"))))

    assert planned(a_phone_call("2092488701"), snapshot).stages[0].targets[0].aor == f"sip:bob@{DOMAIN}"


def test_subscribers_of_another_tenant_are_never_reached() -> None:
    other = a_tenant(a_subscriber("carol", alias="999"), name="other", dids={"+12095550123": "carol"})
    snapshot = a_snapshot(an_isp(a_tenant(a_subscriber("alice")), other))

    assert refused(a_phone_call("999"), snapshot).code == "number_not_recognised"
    assert refused(a_phone_call("carol"), snapshot).code == "number_not_recognised"
    assert planned(a_phone_call("+12095550123"), snapshot).stages[0].targets[0].leg_kind == "pstn"


def test_counters_are_the_callers_the_tenants_and_the_called_subscribers() -> None:
    plan = planned(a_phone_call("102"), alice_and_bob(max_calls=10))

    assert plan.counters == (Counter("subscriber/sub_alice", 2), Counter("tenant/ten_acme", 10))
    assert plan.stages[0].targets[0].counters == (Counter("subscriber/sub_bob", 3),)


def test_the_longest_call_is_four_hours_unless_told_otherwise() -> None:
    snapshot = alice_and_bob()

    short = plan_route(a_phone_call("102"), snapshot, NOW, max_duration_s=60)

    assert planned(a_phone_call("102"), snapshot).max_duration_s == 4 * 3600
    assert isinstance(short, RoutePlan)
    assert short.max_duration_s == 60


def test_a_stranger_cannot_tell_an_unknown_tenant_from_an_unknown_subscriber() -> None:
    snapshot = alice_and_bob()

    no_tenant = refused(a_phone_call("102", domain="nobody.example"), snapshot)
    no_subscriber = refused(a_phone_call("102", caller="mallory"), snapshot)

    assert (no_tenant.code, no_subscriber.code) == ("unknown_domain", "unknown_subscriber")
    assert (no_tenant.sip_status, no_tenant.reason) == (no_subscriber.sip_status, no_subscriber.reason)
    assert no_tenant.facts is None


def test_nobody_calls_by_the_name_of_an_alias() -> None:
    assert refused(a_phone_call("102", caller="101"), alice_and_bob()).code == "unknown_subscriber"


def suspend(level: str) -> Snapshot:
    alice = a_subscriber("alice", suspended=level == "subscriber")
    bob = a_subscriber("bob", alias="102")
    tenant = a_tenant(alice, bob, suspended=level == "tenant", customer_suspended=level == "customer")
    carrier = a_carrier(a_gateway(), suspended=level == "carrier")
    return a_snapshot(an_isp(tenant, suspended=level == "isp", carriers=[carrier]))


@pytest.mark.parametrize("dialled", ["102", "2092488701", "no such thing"])
@pytest.mark.parametrize("level", ["isp", "customer", "tenant", "subscriber"])
def test_a_suspension_stops_calls_at_every_level(level: str, dialled: str) -> None:
    refusal = refused(a_phone_call(dialled), suspend(level))

    assert refusal.code == f"{level}_suspended"
    assert (refusal.sip_status, refusal.reason) == (403, "Forbidden")
    assert refusal.facts is not None
    assert refusal.facts.tenant_id == "ten_acme"


@pytest.mark.parametrize("level", ["isp", "customer", "tenant", "subscriber", "carrier"])
def test_emergency_calls_pass_every_suspension(level: str) -> None:
    plan = planned(a_phone_call("911"), suspend(level))

    assert plan.stages[0].targets[0].uri == "sip:911@gw1.carrier.example:5060"
    assert plan.facts.service_number


def test_a_suspended_carrier_stops_calls_to_the_network_and_no_others() -> None:
    snapshot = suspend("carrier")

    assert refused(a_phone_call("2092488701"), snapshot).code == "carrier_suspended"
    assert planned(a_phone_call("102"), snapshot).stages


def test_a_suspended_subscriber_is_not_rung() -> None:
    bob = a_subscriber("bob", alias="102", suspended=True, forward_always="alice")
    snapshot = a_snapshot(an_isp(a_tenant(a_subscriber("alice"), bob)))

    refusal = refused(a_phone_call("102"), snapshot)

    assert (refusal.code, refusal.sip_status) == ("called_subscriber_suspended", 480)


def test_a_tenant_and_its_isp_are_asked_for_in_one_go() -> None:
    keys = (core_key("ten_acme"), isp_key("isp_ring"))
    snapshot = a_snapshot(an_isp(a_tenant(a_subscriber("alice"))), without=keys)

    with pytest.raises(MissingPartError) as caught:
        plan_route(a_phone_call("102"), snapshot, NOW)

    assert set(caught.value.keys) == set(keys)


def test_only_the_missing_shards_of_a_tenant_are_asked_for() -> None:
    missing = subscribers_key("ten_acme", 3)
    snapshot = a_snapshot(an_isp(a_tenant(a_subscriber("alice"), shards=8)), without=[missing])

    with pytest.raises(MissingPartError) as caught:
        plan_route(a_phone_call("102"), snapshot, NOW)

    assert caught.value.keys == (missing,)


def test_without_the_index_nothing_can_be_decided() -> None:
    with pytest.raises(MissingPartError) as caught:
        plan_route(a_phone_call("102"), Snapshot(SBC_ID, {}), NOW)

    assert caught.value.keys == (f"sbc/{SBC_ID}/index",)


def test_the_decision_is_the_same_with_any_number_of_shards() -> None:
    subscribers = [a_subscriber(f"user{number}", alias=str(3000 + number)) for number in range(40)]
    attempt = replace(a_phone_call("3017"), username="user3")

    plans = [plan_route(attempt, a_snapshot(an_isp(a_tenant(*subscribers, shards=n))), NOW) for n in (1, 4, 256)]

    assert plans[0] == plans[1] == plans[2]
