"""A change in the API is in force at the node, and Kamailio has forgotten what it must, within 3 seconds."""

from __future__ import annotations

import time
from typing import Any

import pytest

from chalicelib.domain.parts import core_key, dids_key, index_key, isp_key, subscribers_key
from tests.domain.snapshots import DOMAIN, SBC_ID, Body
from tests.sbc.conftest import SIP_HA1, World, sealed

SUBSCRIBERS = subscribers_key("ten_acme", 0)
CORE = core_key("ten_acme")
ISP = isp_key("isp_ring")


def _warm(world: World) -> None:
    answer = world.client.invite("102")
    world.client.event("cancelled", answer["call_id"])
    world.kamailio.wait_until_asked("htable.flush", "source")  # the last of what is forgotten at start
    world.kamailio.asked.clear()


def _change_subscriber(world: World, username: str, **changes: Any) -> str:
    part = world.api.parts[SUBSCRIBERS]
    people = [{**one, **changes} if one["username"] == username else one for one in part["subscribers"]]
    return world.api.put({**part, "subscribers": people})


def _wait_until_in_force(world: World, change_id: str) -> None:
    world.api.wait_for(lambda: world.api.acknowledged and world.api.acknowledged[-1] >= change_id, timeout_s=3)


def test_a_suspended_subscriber_loses_its_registrations(world: World) -> None:
    _warm(world)

    change = _change_subscriber(world, "bob", suspended=True)

    _wait_until_in_force(world, change)
    assert [asked for asked in world.kamailio.asked if asked[0] != "dlg.briefing"] == [
        ("htable.delete", "ha1", f"bob@{DOMAIN}"),
        ("htable.delete", "ha1", f"bob@{DOMAIN};ws"),
        ("ul.rm", "location", f"bob@{DOMAIN}"),
    ]
    answer = world.client.post("/auth", {"user": "bob", "domain": DOMAIN, "transport": "udp"})[1]
    assert answer["may_register"] == 0


def test_a_change_that_comes_broken_is_not_in_force_until_it_comes_whole(world: World) -> None:
    _warm(world)
    fetched = world.api.fetches[SUBSCRIBERS]
    world.api.raw[SUBSCRIBERS] = b"{"

    change = _change_subscriber(world, "bob", suspended=True)

    world.api.wait_for(lambda: world.api.fetches[SUBSCRIBERS] > fetched + 1)
    assert change not in world.api.acknowledged
    del world.api.raw[SUBSCRIBERS]
    _wait_until_in_force(world, change)


def test_the_same_password_sealed_anew_disturbs_nobody(world: World) -> None:
    _warm(world)

    change = _change_subscriber(world, "alice", sip_ha1=sealed(SIP_HA1, "alice"), name="Alice the Second")

    _wait_until_in_force(world, change)
    assert {asked[0] for asked in world.kamailio.asked} <= {"dlg.briefing"}


def test_a_new_password_ends_the_registrations_made_with_the_old_one(world: World) -> None:
    _warm(world)

    change = _change_subscriber(world, "alice", sip_ha1=sealed("f" * 32, "alice"))

    _wait_until_in_force(world, change)
    assert ("ul.rm", "location", f"alice@{DOMAIN}") in world.kamailio.asked
    assert world.client.post("/auth", {"user": "alice", "domain": DOMAIN})[1]["sip"] == "f" * 32


def test_suspension_above_the_subscriber_reaches_everybody_but_ends_no_call(world: World) -> None:
    _warm(world)
    call = world.client.invite("102")
    world.client.event("answered", call["call_id"], stage=0, target=0)
    world.kamailio.add_dialog(call["call_id"], h_entry=1, h_id=2)

    for key, changed in (
        (ISP, {"suspended": True}),
        (CORE, {"suspended": True}),
        (CORE, {"customer": {**world.api.parts[CORE]["customer"], "suspended": True}}),
    ):
        before = world.api.parts[key]
        world.kamailio.asked.clear()
        _wait_until_in_force(world, world.api.put({**before, **changed}))
        removed = {asked[2] for asked in world.kamailio.asked if asked[0] == "ul.rm"}
        refused = world.client.invite("101", user="carol")
        _wait_until_in_force(world, world.api.put(before))

        assert removed == {f"{name}@{DOMAIN}" for name in ("alice", "bob", "carol", "dave", "erin")}
        assert (refused["action"], refused["status"]) == ("reply", 403)
    assert not any(asked[0] == "dlg.end_dlg" for asked in world.kamailio.asked)
    assert [call["call_id"].encode() in world.hook.get("/calls")[1]] == [True]


def test_a_removed_domain_and_a_new_gateway_reach_kamailio(world: World) -> None:
    _warm(world)
    index = world.api.parts[index_key(SBC_ID)]

    change = world.api.put({**index, "domains": {}, "gateways": index["gateways"][:1]})

    _wait_until_in_force(world, change)
    assert ("htable.flush", "source") in world.kamailio.asked
    assert ("ul.rm", "location", f"alice@{DOMAIN}") in world.kamailio.asked
    assert world.client.post("/source", {"src_ip": "192.0.2.2", "src_port": 5060})[1]["kind"] == "unknown"


def test_a_deleted_tenant_is_dropped(world: World) -> None:
    _warm(world)

    world.api.delete(SUBSCRIBERS)
    change = world.api.delete(CORE)

    _wait_until_in_force(world, change)
    assert ("ul.rm", "location", f"alice@{DOMAIN}") in world.kamailio.asked
    assert world.client.invite("102")["action"] == "reply"


def test_parts_nobody_uses_are_not_fetched(world: World) -> None:
    change = world.api.put({**world.api.parts[CORE], "name": "renamed"})

    _wait_until_in_force(world, change)
    assert world.api.fetches[CORE] == 0


def test_a_change_whose_id_commits_late_is_not_skipped(world: World) -> None:
    _warm(world)
    now_ms = int(time.time() * 1000)
    first = world.api.announce(dids_key(SBC_ID, 0), change_at_ms=now_ms)
    _wait_until_in_force(world, first)

    part = world.api.parts[CORE]
    world.api.put({**part, "suspended": True}, change_at_ms=now_ms - 20_000)  # older than the cursor

    world.kamailio.wait_until_asked("ul.rm", "location", f"alice@{DOMAIN}", timeout_s=3)
    assert world.client.invite("102")["status"] == 403


def test_a_change_is_handled_once_though_it_is_read_again_and_again(world: World) -> None:
    _warm(world)
    fetched = world.api.fetches[CORE]

    _wait_until_in_force(world, world.api.put(world.api.parts[CORE]))
    for _ in range(5):
        _wait_until_in_force(world, world.api.announce(dids_key(SBC_ID, 0)))

    assert world.api.fetches[CORE] == fetched + 1


def test_changes_are_not_acknowledged_before_kamailio_was_told(world: World) -> None:
    _warm(world)
    world.kamailio.silent = True

    change = _change_subscriber(world, "bob", suspended=True)
    world.kamailio.wait_until_asked("htable.delete", "ha1", f"bob@{DOMAIN}")
    acknowledged = list(world.api.acknowledged)
    world.kamailio.silent = False

    assert change not in acknowledged
    _wait_until_in_force(world, change)


@pytest.mark.parametrize(
    "change", [{"suspended": True}, {"sip_ha1": "changed"}, None], ids=["suspended", "password", "gone"]
)
def test_a_hook_that_dies_before_it_has_told_kamailio_tells_it_when_it_starts(
    world: World, change: Body | None
) -> None:
    _warm(world)
    world.kamailio.silent = True
    fetched = world.api.fetches[SUBSCRIBERS]
    if change is None:
        part = world.api.parts[SUBSCRIBERS]
        left = [one for one in part["subscribers"] if one["username"] != "bob"]
        world.api.put({**part, "subscribers": left})
    else:
        sealed_now = {"sip_ha1": sealed("f" * 32, "bob")} if "sip_ha1" in change else {}
        _change_subscriber(world, "bob", **{**change, **sealed_now})
    world.api.wait_for(lambda: world.api.fetches[SUBSCRIBERS] > fetched)
    world.kamailio.wait_until_asked("htable.delete", "ha1", f"bob@{DOMAIN}")
    _wait_until_written(world)

    world.hook.kill()
    world.kamailio.asked.clear()
    world.kamailio.silent = False
    world.hook.start()

    world.kamailio.wait_until_asked("ul.rm", "location", f"bob@{DOMAIN}")
    assert ("ul.rm", "location", f"alice@{DOMAIN}") not in world.kamailio.asked


def test_what_kamailio_was_told_is_not_told_again_after_a_crash(world: World) -> None:
    _warm(world)
    _wait_until_in_force(world, _change_subscriber(world, "bob", suspended=True))
    _wait_until_written(world)

    world.hook.kill()
    world.kamailio.asked.clear()
    world.hook.start()

    world.kamailio.wait_until_asked("htable.flush", "source")
    _wait_until_in_force(world, _change_subscriber(world, "alice", name="Alice the Third"))
    assert [asked for asked in world.kamailio.asked if asked[0] == "ul.rm"] == []


def _wait_until_written(world: World) -> None:
    world.api.wait_for(lambda: b"hook_parts_unwritten 0\n" in world.hook.get("/metrics")[1])
