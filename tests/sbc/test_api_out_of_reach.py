"""With the API down, warm tenants call and register; records wait, and arrive once."""

from __future__ import annotations

import json

from tests.domain.snapshots import DOMAIN
from tests.sbc.conftest import SIP_HA1, World
from tests.sbc.hook_process import HookClient


def _finished_call(client: HookClient) -> str:
    call = client.invite("101", user="carol")
    client.event("answered", call["call_id"], stage=0, target=0)
    client.event("ended", call["call_id"], by="caller")
    return str(call["call_id"])


def test_calls_and_registrations_go_on_even_after_a_restart_and_records_arrive_once(world: World) -> None:
    _finished_call(world.client)
    world.api.wait_for(lambda: "hook_parts_unwritten 0\n" in _metrics(world))
    world.api.down = True

    world.hook.kill()
    world.hook.start()
    client = HookClient(world.hook.port)
    call_ids = {_finished_call(client) for _ in range(150)}
    credentials = client.post("/auth", {"user": "alice", "domain": DOMAIN, "transport": "tcp"})[1]
    stored_while_down = call_ids & set(world.api.cdrs)
    world.api.down = False

    world.api.wait_for(lambda: call_ids <= set(world.api.cdrs))
    assert credentials["sip"] == SIP_HA1
    assert not stored_while_down
    assert {world.api.received[call_id] for call_id in call_ids} == {1}
    assert max(world.api.batches) == 100
    client.close()


def test_a_cold_tenant_is_told_to_try_later_and_nothing_is_recorded(world: World) -> None:
    world.api.down = True

    answer = world.client.invite("102")
    status, _ = world.client.post("/auth", {"user": "alice", "domain": DOMAIN, "transport": "udp"})

    assert (answer["action"], answer["status"]) == ("reply", 503)
    assert status == 503


def test_a_record_whose_acknowledgement_was_lost_is_sent_again_and_is_a_duplicate(world: World) -> None:
    world.api.lose_answers = True

    call_id = _finished_call(world.client)
    world.api.wait_for(lambda: world.api.received[call_id] >= 2)
    world.api.lose_answers = False

    world.api.wait_for(lambda: world.api.received[call_id] >= 3)
    _wait_for_depth(world, 0)
    assert list(world.api.cdrs) == [call_id]


def test_a_rejected_record_is_set_aside_and_holds_up_nobody(world: World) -> None:
    world.api.rejected.add("*")
    rejected = _finished_call(world.client)
    world.api.wait_for(lambda: world.api.received[rejected] == 1)
    _wait_for_depth(world, 0)
    world.api.rejected.clear()

    accepted = _finished_call(world.client)

    world.record(accepted)
    assert world.api.received[rejected] == 1
    listed = json.loads(world.hook.get("/rejected")[1])["rejected"]
    assert [(each["call_id"], each["code"]) for each in listed] == [(rejected, "unknown_tenant")]
    assert "hook_rejected_cdrs_total 1" in _metrics(world)
    [line] = [line for line in world.hook.log.read_text().splitlines() if "call record rejected" in line]
    told = json.loads(line)
    assert told["request_id"] == "request-of-api-gateway"
    assert (told["call_id"], told["sip_call_id"]) == (rejected, "c1")


def _metrics(world: World) -> str:
    return world.hook.get("/metrics")[1].decode()


def _wait_for_depth(world: World, depth: int) -> None:
    world.api.wait_for(lambda: f"hook_journal_depth {depth}\n" in _metrics(world))
