"""A node reports the phones and calls of tenants that somebody looks at, and of nobody else; orders to hang up."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.live import hang_up_key, watch_key
from tests.domain.snapshots import DOMAIN
from tests.sbc.conftest import World, a_world
from tests.sbc.locations import LocationDb

TENANT = "ten_acme"


@pytest.fixture
def locations(tmp_path: Path) -> Iterator[LocationDb]:
    found = LocationDb(tmp_path / "location.db")
    yield found
    found.close()


@pytest.fixture
def world(tmp_path: Path, locations: LocationDb) -> Iterator[World]:
    """In which signs of life are far apart, so that every report is about something new."""
    settings = {"location_db": str(locations.path), "live_interval_s": 0.05, "live_refresh_s": 600.0}
    with a_world(tmp_path, **settings) as world:
        yield world


def watch(world: World, *, ago_s: float = 0, tenant_id: str = TENANT) -> str:
    return world.api.announce(watch_key(tenant_id), change_at_ms=int((time.time() - ago_s) * 1000))


def wait_acknowledged(world: World, change_id: str) -> None:
    world.api.wait_for(lambda: world.api.acknowledged and world.api.acknowledged[-1] >= change_id)


def watched_tenants(world: World) -> int:
    found = re.search(r"^hook_watched_tenants (\d+)$", world.hook.get("/metrics")[1].decode(), re.MULTILINE)
    assert found
    return int(found[1])


def wait_report(world: World, condition: Any) -> dict[str, Any]:
    """The newest report, once it is as wanted."""
    reports = world.api.live_reports
    world.api.wait_for(lambda: reports and condition(reports[-1]), timeout_s=10)
    return reports[-1]


def test_a_node_that_nobody_watches_reports_nothing(world: World, locations: LocationDb) -> None:
    locations.register("alice", DOMAIN)
    call = world.client.invite("102")
    world.client.event("answered", call["call_id"], stage=0, target=0)
    world.client.event("ended", call["call_id"], by="caller")

    world.api.wait_polls(5)

    assert world.api.live_reports == []
    assert watched_tenants(world) == 0
    assert b"hook_live_reports_total" not in world.hook.get("/metrics")[1]


def test_a_watched_tenant_is_reported_at_once_and_then_only_what_changes(world: World, locations: LocationDb) -> None:
    locations.register("alice", DOMAIN)
    locations.register("mallory", "elsewhere.example")

    wait_acknowledged(world, watch(world))

    first = wait_report(world, lambda report: report["registrations"])
    assert (first["tenant_id"], first["registrations_total"], first["calls"]) == (TENANT, 1, [])
    assert [one["subscriber_id"] for one in first["registrations"]] == ["sub_alice"]
    assert first["complete"] is True
    world.api.wait_polls(5)
    assert len(world.api.live_reports) == 1

    call = world.client.invite("102")
    ringing = wait_report(world, lambda report: report["calls"])["calls"][0]
    assert (ringing["call_id"], ringing["state"], ringing["direction"]) == (call["call_id"], "ringing", "internal")
    assert (ringing["caller"]["subscriber_id"], ringing["called"]["subscriber_id"]) == ("sub_alice", "sub_bob")
    world.client.event("answered", call["call_id"], stage=0, target=0)
    wait_report(world, lambda report: report["calls"] and report["calls"][0]["state"] == "answered")
    world.client.event("ended", call["call_id"], by="caller")
    wait_report(world, lambda report: not report["calls"])
    locations.remove("alice")
    wait_report(world, lambda report: not report["registrations"])
    assert len(world.api.live_reports) == 5


def test_a_registration_that_is_only_renewed_is_no_news(world: World, locations: LocationDb) -> None:
    locations.register("alice", DOMAIN)
    watch(world)
    wait_report(world, lambda report: report["registrations"])

    locations.renew("alice", left_s=1200)
    world.api.wait_polls(5)

    assert len(world.api.live_reports) == 1


def test_a_watch_runs_out(world: World) -> None:
    watch(world, ago_s=58)
    wait_report(world, lambda report: True)

    world.api.wait_for(lambda: watched_tenants(world) == 0, timeout_s=10)
    said = len(world.api.live_reports)
    call = world.client.invite("102")
    world.api.wait_polls(5)

    assert len(world.api.live_reports) == said
    world.client.event("cancelled", call["call_id"])


def test_a_look_of_long_ago_is_none(world: World) -> None:
    wait_acknowledged(world, watch(world, ago_s=61))

    assert watched_tenants(world) == 0
    assert world.api.live_reports == []


def test_without_news_there_is_a_sign_of_life(tmp_path: Path, locations: LocationDb) -> None:
    settings = {"location_db": str(locations.path), "live_interval_s": 0.05, "live_refresh_s": 0.3}
    with a_world(tmp_path, **settings) as world:
        watch(world)

        world.api.wait_for(lambda: len(world.api.live_reports) >= 3, timeout_s=10)

        assert world.api.live_reports[0] == world.api.live_reports[2]


def test_a_tenant_that_the_api_says_is_anothers_is_no_longer_reported(world: World) -> None:
    world.api.live_status = 404
    watch(world)
    world.api.wait_for(lambda: world.api.live_reports, timeout_s=10)

    world.api.wait_for(lambda: watched_tenants(world) == 0)
    call = world.client.invite("102")
    world.api.wait_polls(5)

    assert len(world.api.live_reports) == 1
    world.client.event("cancelled", call["call_id"])


def test_a_tenant_that_this_sbc_does_not_have_is_not_watched(world: World) -> None:
    wait_acknowledged(world, watch(world, tenant_id="ten_other"))

    world.api.wait_for(lambda: watched_tenants(world) == 0)
    assert world.api.live_reports == []


def test_what_the_api_could_not_take_is_said_again(world: World) -> None:
    world.api.live_status = 503
    watch(world)
    world.api.wait_for(lambda: len(world.api.live_reports) >= 2, timeout_s=10)
    world.api.live_status = 204
    tried = len(world.api.live_reports)

    world.api.wait_for(lambda: len(world.api.live_reports) > tried)
    said = len(world.api.live_reports)
    world.api.wait_polls(5)

    assert len(world.api.live_reports) - said <= 1  # one may have been on its way


def test_an_order_of_another_release_is_passed_over(world: World) -> None:
    wait_acknowledged(world, world.api.announce("dance/ten_acme"))

    assert world.client.invite("102")["action"] == "ring"


def test_an_answered_call_is_hung_up_by_its_dialog(world: World) -> None:
    call = world.client.invite("102")
    world.client.event("answered", call["call_id"], stage=0, target=0, h_entry=7, h_id=8)

    world.api.announce(hang_up_key(TENANT, call["call_id"]))

    world.kamailio.wait_until_asked("dlg.end_dlg", 7, 8)
    world.client.event("ended", call["call_id"], by="system")
    record = world.record(call["call_id"])
    assert (record["hangup_by"], record["sip_status"], record["estimated"]) == ("system", 200, False)


def test_a_ringing_call_is_cancelled_and_not_forwarded(world: World) -> None:
    call = world.client.invite("103", sip_call_id="c7")  # carol forwards to bob when she doesn't answer
    world.kamailio.add_dialog(call["call_id"], h_entry=1, h_id=2, sip_call_id="c7")

    world.api.announce(hang_up_key(TENANT, call["call_id"]))

    world.kamailio.wait_until_asked("tm.cancel", "c7", "2")
    answer = world.client.failed(call["call_id"], 0, 487)
    assert (answer["action"], answer["status"]) == ("reply", 487)
    record = world.record(call["call_id"])
    assert (record["hangup_by"], record["sip_status"], len(record["legs"])) == ("system", 487, 1)


def test_an_order_about_another_tenants_call_ends_nothing(world: World) -> None:
    call = world.client.invite("102")
    world.client.event("answered", call["call_id"], stage=0, target=0, h_entry=7, h_id=8)

    wait_acknowledged(world, world.api.announce(hang_up_key("ten_other", call["call_id"])))
    wait_acknowledged(world, world.api.announce(hang_up_key(TENANT, "call_unknown")))

    assert not [asked for asked in world.kamailio.asked if asked[0] == "dlg.end_dlg"]
    assert call["call_id"] in world.hook.get("/calls")[1].decode()


def test_a_call_that_kamailio_does_not_end_is_billed_to_its_real_end(world: World) -> None:
    call = world.client.invite("102")
    world.client.event("answered", call["call_id"], stage=0, target=0, h_entry=7, h_id=8)
    world.api.announce(hang_up_key(TENANT, call["call_id"]))
    world.kamailio.wait_until_asked("dlg.end_dlg", 7, 8)

    def given_up() -> bool:
        return "call can't be hung up" in world.hook.log.read_text()

    world.api.wait_for(given_up, timeout_s=15)
    world.client.event("ended", call["call_id"], by="callee")

    assert world.record(call["call_id"])["hangup_by"] == "callee"
