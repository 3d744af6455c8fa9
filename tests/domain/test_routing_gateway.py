"""Calls that come in through a gateway: whose they are, and what the called phone sees."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.domain.gateway_sources import gateways_at
from chalicelib.domain.parts import did_shard, dids_key, isp_key
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
    a_gateway_call,
    a_snapshot,
    a_subscriber,
    a_tenant,
    an_isp,
)

OTHER_DID = "+12095550177"


def planned(attempt: Attempt, snapshot: Snapshot) -> RoutePlan:
    result = plan_route(attempt, snapshot, NOW)
    assert isinstance(result, RoutePlan), result
    return result


def refused(attempt: Attempt, snapshot: Snapshot) -> Refusal:
    result = plan_route(attempt, snapshot, NOW)
    assert isinstance(result, Refusal), result
    return result


def one_isp(gateway: dict[str, Any] | None = None, **tenant: Any) -> Snapshot:
    alice = a_subscriber("alice", alias="101", max_calls=2)
    return a_snapshot(an_isp(a_tenant(alice, **tenant), carriers=[a_carrier(gateway or a_gateway())]))


def two_isps(dids_of_second: dict[str, str] | None = None, **second_gateway: Any) -> Snapshot:
    """Both use the same carrier address."""
    first = an_isp(a_tenant(a_subscriber("alice")), name="ring")
    gateway = a_gateway("gw2", **second_gateway)
    tenant = a_tenant(a_subscriber("zoe"), name="zeta", dids=dids_of_second or {OTHER_DID: "zoe"})
    return a_snapshot(first, an_isp(tenant, name="peal", carriers=[a_carrier(gateway)]))


def test_a_did_reaches_its_subscriber() -> None:
    plan = planned(a_gateway_call(), one_isp(max_calls=7))

    assert plan.stages[0].targets[0].aor == f"sip:alice@{DOMAIN}"
    assert plan.stages[0].targets[0].counters == (Counter("subscriber/sub_alice", 2),)
    assert plan.counters == (Counter("tenant/ten_acme", 7), Counter("gateway/gw_gw1", 0))
    assert plan.facts.direction == "inbound"
    assert plan.facts.did == plan.facts.called_number == DID
    assert (plan.facts.caller.carrier_id, plan.facts.caller.gateway_id) == ("car_telco", "gw_gw1")


@pytest.mark.parametrize(
    ("rewriting", "received", "calling", "shown"),
    [
        ({"inbound_prefix": "+"}, "12092488700", "12025550123", "+12025550123"),
        ({"inbound_prefix": "+1"}, "2092488700", "2025550123", "+12025550123"),
        ({"inbound_strip": 1, "inbound_prefix": "+1"}, "02092488700", "02025550123", "+12025550123"),
        ({}, DID, "+12025550123", "+12025550123"),
        ({}, DID, "2025550123", "2025550123"),
        ({"inbound_prefix": "+"}, "12092488700", "+12025550123", "+12025550123"),
    ],
)
def test_called_and_calling_number_are_rewritten_as_the_gateway_says(
    rewriting: dict[str, Any], received: str, calling: str, shown: str
) -> None:
    plan = planned(a_gateway_call(received, calling=calling), one_isp(a_gateway(**rewriting)))

    assert plan.facts.did == DID
    assert plan.facts.calling_number == shown
    assert plan.stages[0].targets[0].from_uri == f"sip:{shown}@{DOMAIN}"


def test_the_name_the_carrier_sends_is_shown() -> None:
    target = planned(a_gateway_call(display='Eve "E"'), one_isp()).stages[0].targets[0]

    assert target.from_display == r'"Eve \"E\""'


@pytest.mark.parametrize("calling", ["anonymous", "Anonymous", "", "unavailable"])
def test_a_caller_without_number_is_anonymous(calling: str) -> None:
    plan = planned(a_gateway_call(calling=calling), one_isp())

    assert plan.stages[0].targets[0].from_uri == "sip:anonymous@anonymous.invalid"
    assert plan.facts.calling_number == ""


def test_a_withheld_number_is_kept_from_the_phone_and_the_record() -> None:
    plan = planned(a_gateway_call(display="Eve", privacy=True), one_isp())

    target = plan.stages[0].targets[0]
    assert target.from_uri == "sip:anonymous@anonymous.invalid"
    assert "Eve" not in target.from_display
    assert "447400123456" not in repr(plan.facts)
    assert [step.code for step in plan.trace if "+447400123456" in step.facts.values()] == ["number_withheld"]
    assert all(step.private for step in plan.trace if step.code == "number_withheld")


@pytest.mark.parametrize("src_ip", ["203.0.113.9", "", "not an address", "::1"])
def test_an_unknown_source_gets_nothing_useful(src_ip: str) -> None:
    refusal = refused(a_gateway_call(src_ip=src_ip), one_isp())

    assert (refusal.code, refusal.sip_status, refusal.reason) == ("unknown_source", 403, "Forbidden")
    assert refusal.facts is None


@pytest.mark.parametrize(
    ("networks", "source_port", "src_ip", "src_port", "known"),
    [
        (("192.0.2.0/24",), None, "192.0.2.200", 5060, True),
        (("192.0.2.0/24",), None, "192.0.3.1", 5060, False),
        (("192.0.2.7",), None, "192.0.2.7", 5060, True),
        (("198.51.100.0/24", "192.0.2.7/32"), None, "192.0.2.7", 5060, True),
        (("192.0.2.7/32",), 5080, "192.0.2.7", 5080, True),
        (("192.0.2.7/32",), 5080, "192.0.2.7", 5060, False),
        (("2001:db8::/64",), None, "2001:db8::5", 5060, True),
        (("2001:db8::/64",), None, "[2001:db8::5]", 5060, True),
        (("192.0.2.7/32",), None, "::ffff:192.0.2.7", 5060, True),
        (("0.0.0.0/0",), None, "203.0.113.9", 5060, True),
    ],
)
def test_gateways_are_recognised_by_network_and_port(
    networks: tuple[str, ...], source_port: int | None, src_ip: str, src_port: int, known: bool
) -> None:
    index = one_isp(a_gateway(networks=networks, source_port=source_port)).index()

    assert bool(gateways_at(index, src_ip, src_port)) is known


def test_two_isps_with_the_same_carrier_address_each_get_their_own_calls() -> None:
    snapshot = two_isps()

    first = planned(a_gateway_call(DID), snapshot)
    second = planned(a_gateway_call(OTHER_DID), snapshot)

    assert (first.facts.isp_id, first.facts.tenant_id) == ("isp_ring", "ten_acme")
    assert (second.facts.isp_id, second.facts.tenant_id) == ("isp_peal", "ten_zeta")
    assert second.facts.caller.gateway_id == "gw_gw2"
    assert "gw1" not in repr(second.trace)


def test_a_strangers_did_reaches_nobody() -> None:
    refusal = refused(a_gateway_call("+12095550999"), two_isps())

    assert (refusal.code, refusal.sip_status, refusal.facts) == ("unknown_did", 404, None)


def test_a_did_of_an_isp_that_does_not_use_the_source_address_reaches_nobody() -> None:
    snapshot = two_isps(networks=("198.51.100.1/32",))

    assert refused(a_gateway_call(OTHER_DID, src_ip="192.0.2.1"), snapshot).code == "unknown_did"
    assert planned(a_gateway_call(OTHER_DID, src_ip="198.51.100.1"), snapshot).facts.isp_id == "isp_peal"


def test_a_number_that_fits_two_owners_is_refused() -> None:
    # "2092488700" is +12092488700 by the rewriting of one ISP and +442092488700 by that of the other.
    first = an_isp(a_tenant(a_subscriber("alice")), carriers=[a_carrier(a_gateway(inbound_prefix="+1"))])
    tenant = a_tenant(a_subscriber("zoe"), name="zeta", dids={"+442092488700": "zoe"})
    second = an_isp(tenant, name="peal", carriers=[a_carrier(a_gateway("gw2", inbound_prefix="+44"))])

    refusal = refused(a_gateway_call("2092488700"), a_snapshot(first, second))

    assert (refusal.code, refusal.sip_status, refusal.facts) == ("ambiguous_did", 404, None)


def test_a_did_claimed_by_two_isps_is_refused_where_both_use_the_address() -> None:
    assert refused(a_gateway_call(DID), two_isps({DID: "zoe"})).code == "ambiguous_did"


def test_two_gateways_of_one_isp_at_one_address_are_no_ambiguity() -> None:
    used, idle = a_carrier(a_gateway("gw2"), name="used"), a_carrier(a_gateway("gw1"), name="idle", suspended=True)
    tenant = a_tenant(a_subscriber("alice"))

    plan = planned(a_gateway_call(), a_snapshot(an_isp(tenant, carriers=[idle, used])))

    assert plan.facts.caller.carrier_id == "car_used"


@pytest.mark.parametrize(
    ("isp", "tenant", "code"),
    [
        ({"suspended": True}, {}, "isp_suspended"),
        ({}, {"customer_suspended": True}, "customer_suspended"),
        ({}, {"suspended": True}, "tenant_suspended"),
        ({"carriers": [a_carrier(a_gateway(), suspended=True)]}, {}, "carrier_suspended"),
        ({}, {"dids": {DID: ""}}, "did_without_subscriber"),
    ],
)
def test_a_did_is_refused_by_name_and_recorded(isp: dict[str, Any], tenant: dict[str, Any], code: str) -> None:
    refusal = refused(a_gateway_call(), a_snapshot(an_isp(a_tenant(a_subscriber("alice"), **tenant), **isp)))

    assert refusal.code == code
    assert refusal.facts is not None
    assert (refusal.facts.tenant_id, refusal.facts.did) == ("ten_acme", DID)


def test_prepaid_customers_receive_calls() -> None:
    snapshot = a_snapshot(an_isp(a_tenant(a_subscriber("alice")), payment="prepaid"))

    assert planned(a_gateway_call(), snapshot).stages


def test_parts_of_all_candidates_are_asked_for_in_one_go() -> None:
    snapshot = two_isps()
    keys = {isp_key("isp_ring"), isp_key("isp_peal")}
    without = Snapshot(SBC_ID, {key: part for key, part in snapshot.parts.items() if key not in keys})

    with pytest.raises(MissingPartError) as caught:
        plan_route(a_gateway_call(), without, NOW)

    assert set(caught.value.keys) == keys


def test_the_shard_of_the_number_is_asked_for() -> None:
    key = dids_key(SBC_ID, did_shard(DID))
    snapshot = one_isp()
    without = Snapshot(SBC_ID, {name: part for name, part in snapshot.parts.items() if name != key})

    with pytest.raises(MissingPartError) as caught:
        plan_route(a_gateway_call(), without, NOW)

    assert caught.value.keys == (key,)
