"""A node that waits at its queue: the real hook at moto's SQS. Changes in force within 3 s, the API is left alone."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.live import hang_up_key, watch_key
from chalicelib.domain.parts import core_key, dids_key, subscribers_key
from sbc.hook.settings import parse_settings
from tests.domain.snapshots import DOMAIN, SBC_ID
from tests.local.processes import wait_for
from tests.sbc.conftest import World, a_world
from tests.sbc.local_sqs import LocalSqs, NodeQueue, a_queue, local_sqs

SUBSCRIBERS = subscribers_key("ten_acme", 0)
CORE = core_key("ten_acme")
IN_FORCE_S = 3.0


@pytest.fixture(scope="module")
def sqs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalSqs]:
    with local_sqs(tmp_path_factory.mktemp("sqs")) as found:
        yield found


@dataclass(frozen=True)
class QueueWorld:
    world: World
    queue: NodeQueue

    def change(self, key: str, **changes: Any) -> str:
        """A new version of a part, and the message that tells of it; the id of the change."""
        change_id = self.world.api.put({**self.world.api.parts[key], **changes})
        self.queue.send((change_id, key))
        return change_id

    def change_subscriber(self, username: str, **changes: Any) -> str:
        people = self.world.api.parts[SUBSCRIBERS]["subscribers"]
        changed = [{**one, **changes} if one["username"] == username else one for one in people]
        return self.change(SUBSCRIBERS, subscribers=changed)

    def wait_acknowledged(self, change_id: str, *, timeout_s: float = 15.0) -> None:
        api = self.world.api
        api.wait_for(lambda: api.acknowledged and api.acknowledged[-1] >= change_id, timeout_s=timeout_s)

    def warm(self) -> None:
        """A call has loaded all parts, what follows a start is over, and the node waits for as long as SQS allows."""
        answer = self.world.client.invite("102")
        self.world.client.event("cancelled", answer["call_id"])
        self.world.kamailio.wait_until_asked("htable.flush", "source")
        self.wait_acknowledged(self.change(dids_key(SBC_ID, 3)))
        wait_for(lambda: self.queue.left() == (0, 0))
        self.world.kamailio.asked.clear()

    def metric(self, name: str) -> int:
        found = re.search(rf"^hook_{name}_total (\d+)$", self.world.hook.get("/metrics")[1].decode(), re.MULTILINE)
        return int(found[1]) if found else 0


@pytest.fixture
def queue(sqs: LocalSqs) -> Iterator[NodeQueue]:
    with a_queue(sqs) as found:
        yield found


@pytest.fixture
def queued(tmp_path: Path, queue: NodeQueue) -> Iterator[QueueWorld]:
    with a_world(tmp_path, **queue.settings) as world:
        found = QueueWorld(world, queue)
        found.warm()
        yield found


def test_changes_are_in_force_within_three_seconds_and_then_deleted(queued: QueueWorld) -> None:
    took: list[float] = []
    polls = queued.world.api.polls

    for number in range(5):
        suspended, begun = number % 2 == 0, time.monotonic()
        change = queued.change_subscriber("bob", suspended=suspended)
        queued.wait_acknowledged(change)
        took.append(time.monotonic() - begun)
        answer = queued.world.client.post("/auth", {"user": "bob", "domain": DOMAIN, "transport": "udp"})[1]
        assert answer["may_register"] == (not suspended)

    assert max(took) < IN_FORCE_S, took
    assert ("ul.rm", "location", f"bob@{DOMAIN}") in queued.world.kamailio.asked
    wait_for(lambda: queued.queue.left() == (0, 0))
    assert queued.world.api.polls == polls
    print(f"in force after {sorted(round(each, 3) for each in took)} s")


def test_a_message_stays_until_kamailio_was_told(queued: QueueWorld) -> None:
    queued.world.kamailio.silent = True

    change = queued.change_subscriber("bob", suspended=True)
    queued.world.kamailio.wait_until_asked("htable.delete", "ha1", f"bob@{DOMAIN}")

    assert queued.queue.left() == (0, 1)
    assert change not in queued.world.api.acknowledged
    queued.world.kamailio.silent = False
    queued.wait_acknowledged(change)
    wait_for(lambda: queued.queue.left() == (0, 0))


def test_a_part_that_cannot_be_fetched_is_fetched_as_soon_as_it_can_be(queued: QueueWorld) -> None:
    fetched = queued.world.api.fetches[SUBSCRIBERS]
    queued.world.api.raw[SUBSCRIBERS] = b"{"

    change = queued.change_subscriber("bob", suspended=True)
    queued.world.api.wait_for(lambda: queued.world.api.fetches[SUBSCRIBERS] > fetched + 1, timeout_s=15)
    left = queued.queue.left()
    del queued.world.api.raw[SUBSCRIBERS]

    queued.wait_acknowledged(change)
    assert left == (0, 1)
    wait_for(lambda: queued.queue.left() == (0, 0))


def test_what_comes_twice_is_handled_once_and_what_cannot_be_read_is_dropped(queued: QueueWorld) -> None:
    fetched = queued.world.api.fetches[CORE]
    for poison in ("", "x", "[]", '{"id": "chg_1", "key": "isp/x"}', '{"id": 7}'):
        if poison:
            queued.queue.send_raw(poison)

    change = queued.change(CORE)
    queued.queue.send((change, CORE), (change, CORE))
    queued.wait_acknowledged(change)
    wait_for(lambda: queued.queue.left() == (0, 0))

    assert queued.world.api.fetches[CORE] == fetched + 1
    assert queued.metric("poison_messages") == 4


def test_an_idle_node_waits_at_its_queue_and_leaves_the_api_alone(queued: QueueWorld) -> None:
    api, recording = queued.world.api, queued.queue.recording
    before = (api.polls, len(api.acknowledged), sum(api.fetches.values()), len(api.live_reports), api.received)
    compared, begun = api.comparisons, time.monotonic()
    recording.take()

    wait_for(lambda: len(recording.exchanges) >= 3, limit_s=60)
    took_s = time.monotonic() - begun

    assert {exchange.target for exchange in recording.exchanges} == {"ReceiveMessage"}
    assert took_s > 2 * queued.queue.settings["queue_wait_s"]
    assert (api.polls, len(api.acknowledged), sum(api.fetches.values()), len(api.live_reports), api.received) == before
    assert api.comparisons <= compared + 1  # the second look, 15 s after the start
    usual = parse_settings({"sbc_id": "s", "node": "n", "data_dir": "d", "seal_key_file": "k", "kamailio_socket": "k",
                            "listen_port": 1, "parts_dir": "p"})  # fmt: skip
    assert (usual.queue_wait_s, usual.queue_compare_interval_s) == (20, 300.0)  # 180 and 12 requests an hour


def test_orders_are_obeyed_within_three_seconds_and_old_looks_are_none(queued: QueueWorld) -> None:
    api, client = queued.world.api, queued.world.client
    call = client.invite("102")
    client.event("answered", call["call_id"], stage=0, target=0, sip_call_id="c1", h_entry=7, h_id=8)
    queued.world.kamailio.add_dialog(call["call_id"], h_entry=7, h_id=8)

    stale = api.announce(watch_key("ten_acme"), change_at_ms=int(time.time() * 1000) - 90_000)
    queued.queue.send((stale, watch_key("ten_acme")))
    wait_for(lambda: queued.queue.left() == (0, 0))
    assert api.live_reports == []

    begun = time.monotonic()
    queued.queue.send((api.announce(watch_key("ten_acme")), watch_key("ten_acme")))
    api.wait_for(lambda: api.live_reports, timeout_s=15)
    watched_s = time.monotonic() - begun
    order = hang_up_key("ten_acme", call["call_id"])
    queued.queue.send((api.announce(order), order))
    queued.world.kamailio.wait_until_asked("dlg.end_dlg", 7, 8, timeout_s=15)
    ended_s = time.monotonic() - begun - watched_s

    assert api.live_reports[0]["calls_total"] == 1
    assert watched_s < IN_FORCE_S
    assert ended_s < IN_FORCE_S


def test_without_its_queue_a_node_asks_the_api_and_compares_once_it_is_back(queued: QueueWorld) -> None:
    api = queued.world.api
    queued.queue.remove()
    wait_for(lambda: queued.metric("queue_failures") > 0, limit_s=30)

    unheard = api.put({**api.parts[CORE], "suspended": True})
    queued.wait_acknowledged(unheard)
    compared = api.comparisons
    queued.queue.make()

    api.wait_for(lambda: api.comparisons > compared, timeout_s=30)
    queued.wait_acknowledged(queued.change(CORE, suspended=False))


def test_a_message_that_was_lost_is_found_by_comparison(tmp_path: Path, queue: NodeQueue) -> None:
    with a_world(tmp_path, **queue.settings, queue_compare_interval_s=1.0) as world:
        queued = QueueWorld(world, queue)
        queued.warm()

        lost = world.api.put({**world.api.parts[CORE], "suspended": True})

        queued.wait_acknowledged(lost, timeout_s=30)
        assert world.client.invite("102")["status"] == 403


def test_what_changed_while_the_hook_was_down_is_in_force_when_it_is_up(queued: QueueWorld) -> None:
    api = queued.world.api
    queued.world.hook.kill()
    missed = api.put({**api.parts[CORE], "suspended": True})

    queued.world.hook.start()

    queued.wait_acknowledged(missed)
    assert queued.world.client is not None


def test_a_late_message_of_before_the_last_comparison_is_no_reason_for_another(queued: QueueWorld) -> None:
    api = queued.world.api
    compared = api.comparisons

    late = api.announce(CORE, change_at_ms=int(time.time() * 1000) - 40_000)
    queued.queue.send((late, CORE))
    wait_for(lambda: queued.queue.left() == (0, 0))

    assert api.comparisons == compared


def test_the_library_that_signs_is_loaded_where_there_is_a_queue_only(queued: QueueWorld, tmp_path: Path) -> None:
    def maps(world: World) -> str:
        process = world.hook._process
        assert process is not None
        return Path(f"/proc/{process.pid}/maps").read_text()

    other = tmp_path / "polls"
    other.mkdir()
    with a_world(other) as polling:
        assert "_awscrt" in maps(queued.world)
        assert "_awscrt" not in maps(polling)
