"""The call record of every way a call can go, as the API receives it."""

from __future__ import annotations

import time

import pytest

from tests.domain.snapshots import DID
from tests.sbc.conftest import World
from tests.sbc.hook_process import gateway_invite


@pytest.fixture
def world(module_world: World) -> World:
    return module_world


def test_an_answered_call_between_phones_has_one_answered_leg(world: World) -> None:
    call = world.client.invite("102")
    at = int(time.time() * 1000)

    world.client.event("ringing", call["call_id"], at=at, stage=0, target=0)
    world.client.event("answered", call["call_id"], at=at, stage=0, target=0)
    world.client.event("ended", call["call_id"], at=at + 1, by="callee")

    record = world.record(call["call_id"])
    assert (record["direction"], record["sip_status"], record["q850_cause"]) == ("internal", 200, 16)
    assert (record["hangup_by"], record["estimated"], record["refusal"]) == ("callee", False, None)
    assert record["answered_at"] == at
    assert record["pdd_ms"] == at - record["setup_at"]
    assert [(leg["leg"], leg["kind"], leg["subscriber_id"], leg["answered_at"]) for leg in record["legs"]] == [
        ("b1", "sip", "sub_bob", at)
    ]
    assert record["trace"][0]["code"] == "tenant_found"


def test_a_refused_call_has_no_leg_and_names_the_refusal(world: World) -> None:
    answer = world.client.invite("+12092488701", user="dave")

    assert (answer["action"], answer["status"], answer["reason"]) == ("reply", 403, "Forbidden")
    record = world.record(answer["call_id"])
    assert record["refusal"] == {"code": "no_security_group", "sip_status": 403, "reason": "Forbidden"}
    assert (record["legs"], record["answered_at"], record["ended_at"]) == ([], None, record["setup_at"])


def test_a_call_from_an_unknown_address_makes_no_record(world: World) -> None:
    answer = world.client.post("/route", gateway_invite(DID, src_ip="203.0.113.9"))[1]
    known = world.client.invite("102")
    world.client.event("cancelled", known["call_id"])

    world.record(known["call_id"])
    assert answer["status"] == 403
    assert answer["call_id"] not in world.api.cdrs


def test_a_cancelled_call_ends_by_the_caller(world: World) -> None:
    call = world.client.invite("102")

    world.client.event("cancelled", call["call_id"], status=487)

    record = world.record(call["call_id"])
    assert (record["sip_status"], record["hangup_by"], record["answered_at"]) == (487, "caller", None)
    assert record["legs"][0]["sip_status"] == 487


def test_a_busy_callee_ends_the_call_with_486(world: World) -> None:
    call = world.client.invite("102")

    answer = world.client.failed(call["call_id"], 0, 486)

    assert (answer["action"], answer["status"]) == ("reply", 486)
    record = world.record(call["call_id"])
    assert (record["sip_status"], record["q850_cause"], record["hangup_by"]) == (486, 17, "callee")


def test_a_forwarded_call_has_a_leg_for_each_side_that_was_rung(world: World) -> None:
    call = world.client.invite("103")
    second = world.client.failed(call["call_id"], call["stage"], 408, local=True, ringing_at=int(time.time() * 1000))
    world.client.event("answered", call["call_id"], stage=second["stage"], target=0)
    world.client.event("ended", call["call_id"], by="caller")

    record = world.record(call["call_id"])
    assert second["targets"][0]["aor"].startswith("bob@")
    assert [(leg["leg"], leg["subscriber_id"], leg["sip_status"]) for leg in record["legs"]] == [
        ("b1", "sub_carol", 408),
        ("b2", "sub_bob", 200),
    ]
    assert record["legs"][0]["answered_at"] is None


def test_only_the_gateway_that_answered_is_the_answered_leg(world: World) -> None:
    call = world.client.invite("+12092488701")
    second = world.client.failed(call["call_id"], call["stage"], 503)
    world.client.event("answered", call["call_id"], stage=second["stage"], target=0)
    world.client.event("ended", call["call_id"], by="callee")

    record = world.record(call["call_id"])
    answered = [leg for leg in record["legs"] if leg["answered_at"] is not None]
    assert [leg["gateway_id"] for leg in record["legs"]] == ["gw_gw1", "gw_gw2"]
    assert [leg["gateway_id"] for leg in answered] == ["gw_gw2"]
    assert answered[0]["charged_subscriber_id"] == "sub_alice"
    assert record["legs"][0]["sip_status"] == 503


def test_a_call_that_comes_in_by_a_did_has_a_leg_for_the_carriers_side(world: World) -> None:
    call = world.client.post("/route", gateway_invite(DID))[1]
    world.client.event("answered", call["call_id"], stage=0, target=0)
    world.client.event("ended", call["call_id"], by="caller")

    record = world.record(call["call_id"])
    did_leg, phone_leg = record["legs"]
    assert (did_leg["leg"], did_leg["kind"], did_leg["called_number"]) == ("a", "did", DID)
    assert did_leg["gateway_id"] == "gw_gw1"
    assert did_leg["answered_at"] == phone_leg["answered_at"] == record["answered_at"]


def test_a_callee_over_the_limit_is_busy_and_the_place_is_free_again_afterwards(world: World) -> None:
    first = world.client.invite("102")

    second = world.client.invite("102")
    world.client.event("cancelled", first["call_id"])
    third = world.client.invite("102")
    world.client.event("cancelled", third["call_id"])

    assert (second["action"], second["status"]) == ("reply", 486)
    assert third["action"] == "ring"
    assert "too_many_calls" in [step["code"] for step in world.record(second["call_id"])["trace"]]


def test_a_callee_over_the_limit_is_forwarded_as_busy(world: World) -> None:
    busy = world.client.invite("102")

    call = world.client.invite("103")
    answer = world.client.failed(call["call_id"], call["stage"], 486)
    world.client.event("cancelled", busy["call_id"])

    assert (answer["action"], answer["status"]) == ("reply", 486)
    assert [leg["subscriber_id"] for leg in world.record(call["call_id"])["legs"]] == ["sub_carol"]


def test_the_same_sip_call_id_twice_makes_two_calls(world: World) -> None:
    first = world.client.invite("101", user="carol", sip_call_id="same")
    second = world.client.invite("101", user="carol", sip_call_id="same")
    for call in (first, second):
        world.client.event("cancelled", call["call_id"], sip_call_id="same")

    assert first["call_id"] != second["call_id"]
    assert world.record(first["call_id"])["sip_call_id"] == world.record(second["call_id"])["sip_call_id"] == "same"


def test_the_first_end_counts_and_a_second_one_changes_nothing(world: World) -> None:
    call = world.client.invite("102")
    world.client.event("answered", call["call_id"], stage=0, target=0)

    statuses = [world.client.event("ended", call["call_id"], by=by) for by in ("callee", "system")]

    assert statuses == [204, 204]
    assert world.record(call["call_id"])["hangup_by"] == "callee"
    assert world.api.received[call["call_id"]] == 1


def test_a_repeated_failure_report_gets_the_same_next_stage(world: World) -> None:
    call = world.client.invite("+12092488701")

    first = world.client.failed(call["call_id"], 0, 503)
    again = world.client.failed(call["call_id"], 0, 503)
    world.client.event("cancelled", call["call_id"])

    assert first == again
    assert len(world.record(call["call_id"])["legs"]) == 2


def test_a_phone_that_could_not_be_reached_is_told_apart_from_one_that_rang(world: World) -> None:
    call = world.client.invite("102")

    answer = world.client.failed(call["call_id"], 0, 480, local=True)

    assert answer["status"] == 480
    assert world.record(call["call_id"])["hangup_by"] == "system"


def test_dead_media_ends_the_call_at_the_last_packet(world: World) -> None:
    call = world.client.invite("102", sip_call_id="dead")
    world.client.event("answered", call["call_id"], stage=0, target=0)
    strings = "".join(f"<param><value><string>{text}</string></value></param>" for text in ("dead", "ft", "tt"))
    report = f"<methodCall><methodName>dlg.terminate_dlg</methodName><params>{strings}</params></methodCall>"

    status, _ = world.client.post("/media-timeout", report.encode())
    world.kamailio.wait_until_asked("dlg.terminate_dlg", "dead", "ft", "tt")
    world.client.event("ended", call["call_id"], by="system")

    record = world.record(call["call_id"])
    assert status == 200
    assert record["hangup_by"] == "media"
    assert record["ended_at"] == record["answered_at"]  # the last packet came before the answer
