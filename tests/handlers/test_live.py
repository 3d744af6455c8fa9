"""Live state: watches that cost nothing when nobody looks, reports of nodes, and orders to hang up."""

from __future__ import annotations

import os
from typing import Any

import pytest

from chalicelib.domain.live import RENEW_MS, STALE_MS, WATCH_MS, hang_up_key, watch_key
from chalicelib.storage import keys
from chalicelib.storage.database import database
from chalicelib.storage.live import LiveReport, put_report
from chalicelib.storage.scope import TenantScope
from chalicelib.storage.tenants import find_tenant_scope
from chalicelib.workflows.watch_tenant import watch_tenant
from tests.api_client import ApiClient
from tests.calls_world import Json, Provider, a_provider, a_tenant, now_ms
from tests.world import an_id, an_sbc, as_platform_admin, changes_of


@pytest.fixture
def provider(api: ApiClient) -> Provider:
    return a_provider(api)


def path(provider: Provider) -> str:
    return f"/tenants/{provider.tenant_id}"


def look(provider: Provider) -> Json:
    found: Json = provider.admin.get(f"{path(provider)}/live").expect(200)
    return found


def scope_of(provider: Provider) -> TenantScope:
    scope = find_tenant_scope(provider.isp_id, provider.tenant_id)
    assert scope is not None
    return scope


def a_registration(provider: Provider, **fields: Any) -> Json:
    values = {
        "subscriber_id": provider.subscriber["id"], "username": "ann", "name": "Ann", "transport": "wss",
        "address": "198.51.100.7:41000", "user_agent": "Phone/1", "expires_at": now_ms() + 60_000,
    }  # fmt: skip
    return values | fields


def a_live_call(provider: Provider, **fields: Any) -> Json:
    nobody = {"subscriber_id": "", "name": "", "number": "+12095550123"}
    values = {
        "call_id": an_id("call"), "direction": "outbound", "state": "answered", "called": nobody,
        "caller": {"subscriber_id": provider.subscriber["id"], "name": "Ann", "number": "101"},
        "setup_at": now_ms() - 5000, "answered_at": now_ms() - 1000,
    }  # fmt: skip
    return values | fields


def a_report(provider: Provider, *, registrations: tuple[Json, ...] = (), calls: tuple[Json, ...] = ()) -> Json:
    return {
        "tenant_id": provider.tenant_id, "registrations": list(registrations), "calls": list(calls),
        "registrations_total": len(registrations), "calls_total": len(calls), "more_registered": [], "more_busy": [],
        "complete": True,
    }  # fmt: skip


def stored_body(provider: Provider, **parts: Any) -> Json:
    return {name: value for name, value in a_report(provider, **parts).items() if name != "tenant_id"}


def report(provider: Provider, **parts: Any) -> None:
    assert provider.node.post("/sbc/live", a_report(provider, **parts)).status == 204


def test_a_look_waits_for_the_node_and_then_shows_what_it_reported(provider: Provider) -> None:
    before = look(provider)
    call = a_live_call(provider)

    report(provider, registrations=(a_registration(provider),), calls=(call,))

    assert (before["state"], before["as_of"], before["registrations"], before["calls"]) == ("waiting", None, [], [])
    seen = look(provider)
    assert seen["state"] == "fresh"
    [registration] = seen["registrations"]
    assert (registration["transport"], registration["address"]) == ("wss", "198.51.100.7:41000")
    assert registration["expires_at"] > seen["as_of"]
    [shown] = seen["calls"]
    assert (shown["call_id"], shown["state"], shown["caller"]["name"]) == (call["call_id"], "answered", "Ann")
    assert (seen["registrations_total"], seen["calls_total"], seen["more"]) == (1, 1, False)


def test_looks_write_once_in_twenty_seconds_and_reach_the_nodes_by_the_feed(provider: Provider) -> None:
    first = provider.admin.get(f"{path(provider)}/live")
    again = provider.admin.get(f"{path(provider)}/live")
    contacts = provider.admin.get(f"{path(provider)}/contacts")

    assert first.operations == ["GetItem", "Query", "TransactWriteItems"]
    assert again.operations == ["GetItem", "Query"]
    assert contacts.operations == ["GetItem", "Query", "Query"]
    assert changes_of(provider.sbc_id).count(watch_key(provider.tenant_id)) == 1


def test_a_watch_is_renewed_and_one_that_ran_out_begins_anew(provider: Provider) -> None:
    scope, start = scope_of(provider), now_ms()
    watch_tenant(scope, now_ms=start)
    put_report(provider.tenant_id, provider.sbc_id, "n1", stored_body(provider), now_ms=start + 1)

    renewed = watch_tenant(scope, now_ms=start + RENEW_MS)
    database().delete_many([(keys.live(provider.tenant_id), keys.WATCH)])  # as its TTL does
    anew = watch_tenant(scope, now_ms=start + WATCH_MS + RENEW_MS)

    assert (renewed.state, anew.state) == ("fresh", "waiting")
    assert changes_of(provider.sbc_id).count(watch_key(provider.tenant_id)) == 3


def test_an_sbc_that_falls_silent_is_shown_as_stale_with_what_it_said_last(provider: Provider) -> None:
    scope, start = scope_of(provider), now_ms()
    watch_tenant(scope, now_ms=start)
    body = stored_body(provider, registrations=(a_registration(provider),))
    put_report(provider.tenant_id, provider.sbc_id, "n1", body, now_ms=start + 1)

    live = watch_tenant(scope, now_ms=start + STALE_MS + 2)

    assert (live.state, live.as_of, len(live.registrations)) == ("stale", start + 1, 1)


def test_two_looks_at_once_make_one_watch(provider: Provider) -> None:
    scope, start = scope_of(provider), now_ms()
    watch_tenant(scope, now_ms=start)

    watch_tenant(scope, now_ms=start + RENEW_MS)
    watch_tenant(scope, now_ms=start + RENEW_MS + 1)

    assert changes_of(provider.sbc_id).count(watch_key(provider.tenant_id)) == 2


def test_a_node_speaks_only_for_tenants_of_its_sbc(api: ApiClient, provider: Provider) -> None:
    stranger = a_provider(api)
    look(provider)

    answer = stranger.node.post("/sbc/live", a_report(provider, registrations=(a_registration(provider),)))
    unknown = provider.node.post("/sbc/live", a_report(provider) | {"tenant_id": an_id("ten")})

    assert (answer.status, unknown.status) == (404, 404)
    assert look(provider)["state"] == "waiting"
    assert provider.admin.post("/sbc/live", a_report(provider)).status == 401


def test_a_report_with_anything_about_carriers_is_refused(provider: Provider) -> None:
    call = a_live_call(provider) | {"carrier_id": provider.carrier["id"]}

    assert provider.node.post("/sbc/live", a_report(provider, calls=(call,))).status == 422


def test_what_the_last_sbc_said_is_nothing_after_a_move(api: ApiClient, provider: Provider) -> None:
    look(provider)
    report(provider, registrations=(a_registration(provider),))
    version = provider.admin.get(path(provider)).expect(200)["version"]
    provider.admin.patch(path(provider), {"sbc_id": an_sbc(api)}, version=version).expect(200)

    assert look(provider)["state"] == "waiting"


def test_another_tenant_of_the_same_sbc_sees_nothing_of_it(provider: Provider) -> None:
    other_id = a_tenant(provider.isp_id, provider.customer_id, provider.sbc_id)
    look(provider)
    call = a_live_call(provider)
    report(provider, registrations=(a_registration(provider),), calls=(call,))

    seen = provider.admin.get(f"/tenants/{other_id}/live").expect(200)

    assert (seen["state"], seen["registrations"], seen["calls"]) == ("waiting", [], [])
    assert provider.admin.post(f"/tenants/{other_id}/live/calls/{call['call_id']}/hang-up").status == 404


def test_the_largest_report_is_stored_within_its_bound_and_says_that_there_is_more(provider: Provider) -> None:
    look(provider)
    registrations = tuple(
        a_registration(
            provider, user_agent=os.urandom(64).hex(), address=os.urandom(64).hex(), name=os.urandom(64).hex()
        )
        for _ in range(1000)
    )  # as badly compressible as can be
    calls = tuple(
        a_live_call(
            provider, called={"subscriber_id": "", "name": os.urandom(64).hex(), "number": os.urandom(64).hex()}
        )
        for _ in range(500)
    )

    report(provider, registrations=registrations, calls=calls)

    [stored] = database().all(LiveReport, keys.live(provider.tenant_id), prefix="NODE#")
    assert len(stored.body) <= 300_000
    seen = look(provider)
    assert (seen["registrations_total"], seen["calls_total"], seen["more"]) == (1000, 500, True)
    assert 0 < len(seen["registrations"]) < 1000


def test_hanging_up_leaves_an_order_and_a_trace(provider: Provider) -> None:
    look(provider)
    call = a_live_call(provider)
    report(provider, calls=(call,))

    answer = provider.as_role("tenant_admin").post(f"{path(provider)}/live/calls/{call['call_id']}/hang-up")

    assert answer.expect(202) == {"call_id": call["call_id"]}
    assert changes_of(provider.sbc_id)[-1] == hang_up_key(provider.tenant_id, call["call_id"])
    entry = provider.admin.get("/audit").expect(200)["items"][0]
    assert entry["action"] == "call.hang_up"
    assert entry["after"]["tenant_id"] == provider.tenant_id
    assert entry["after"]["caller"]["name"] == "Ann"


def test_who_hangs_up_by_view_is_named_with_who_is_behind_it(provider: Provider) -> None:
    look(provider)
    call = a_live_call(provider)
    report(provider, calls=(call,))
    viewing = provider.api.as_token(provider.admin.post(f"{path(provider)}/view").expect(200)["access_token"])

    viewing.post(f"{path(provider)}/live/calls/{call['call_id']}/hang-up").expect(202)

    [hung_up, viewed, *_] = provider.admin.get("/audit").expect(200)["items"]
    assert (hung_up["action"], viewed["action"]) == ("call.hang_up", "tenant.view")
    assert hung_up["acting_for"] == viewed["user_id"] != ""


def test_a_call_that_nobody_reported_is_not_found(provider: Provider) -> None:
    look(provider)
    report(provider, calls=(a_live_call(provider),))

    assert provider.admin.post(f"{path(provider)}/live/calls/{an_id('call')}/hang-up").status == 404
    assert provider.admin.post(f"{path(provider)}/live/calls/x/hang-up").status == 404


def test_subscribers_see_no_registrations_and_end_no_calls(provider: Provider) -> None:
    ann = provider.as_role("subscriber", provider.subscriber["id"])
    call = a_live_call(provider)
    report(provider, calls=(call,))

    assert ann.get(f"{path(provider)}/live").status == 403
    assert ann.post(f"{path(provider)}/live/calls/{call['call_id']}/hang-up").status == 403


def test_a_look_does_not_make_changes_appear_unfinished(provider: Provider) -> None:
    nodes = f"/platform/sbcs/{provider.sbc_id}/nodes"
    key = as_platform_admin(provider.api).post(nodes, {"name": "n1"}).expect(201)["node_key"]
    node = provider.api.as_token(key)
    cursor = node.get("/sbc/changes").expect(200)["cursor"]
    assert node.post("/sbc/acks", {"node": "n1", "cursor": cursor}).status == 204

    look(provider)

    [sbc] = [one for one in provider.admin.get("/sbcs").expect(200)["items"] if one["id"] == provider.sbc_id]
    assert sbc["in_force"] == {"nodes": 1, "acknowledged": 1}
