"""kill -9 of the hook in the middle of calls: what a caller was told has a record, once."""

from __future__ import annotations

import contextlib
import http.client
import random
import sqlite3
import threading
from pathlib import Path
from typing import Any

from tests.sbc.conftest import World, usual_parts
from tests.sbc.fake_api import FakeApi
from tests.sbc.fake_kamailio import FakeKamailio
from tests.sbc.hook_process import HookClient, HookProcess, write_settings

CALLS = 200
KILLS = 6
WORKERS = 4


class _Caller:
    """Kamailio's part: a call whose INVITE got no answer doesn't exist; events are repeated until acknowledged."""

    def __init__(self, port: int, up: threading.Event) -> None:
        self._port = port
        self._up = up
        self._client: HookClient | None = None
        self.finished: list[str] = []

    def run(self, calls: int) -> None:
        for number in range(calls):
            answer = self._invite(number)
            if answer is not None and answer["action"] == "ring":
                self._event("answered", answer["call_id"])
                self._event("ended", answer["call_id"])
                self.finished.append(answer["call_id"])
        self._disconnect()

    def _invite(self, number: int) -> dict[str, Any] | None:
        try:
            return self._connected().invite("101", user="carol", sip_call_id=f"c{number}")
        except (OSError, http.client.HTTPException):
            self._disconnect()
            return None

    def _event(self, event: str, call_id: str) -> None:
        while True:
            try:
                if self._connected().event(event, call_id, stage=0, target=0, by="caller") == 204:
                    return
            except (OSError, http.client.HTTPException):
                self._disconnect()

    def _disconnect(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    def _connected(self) -> HookClient:
        self._up.wait(20)
        if self._client is None:
            self._client = HookClient(self._port)
        return self._client


def test_no_finished_call_is_lost_or_doubled_however_often_the_hook_is_killed(tmp_path: Path) -> None:
    chance = random.Random(7)
    socket_path = tmp_path / "kamailio.rpc"
    with FakeApi(usual_parts()) as api, FakeKamailio(socket_path) as kamailio:
        hook = HookProcess(write_settings(tmp_path, api_url=api.url, kamailio=kamailio.path))
        with hook:
            up = threading.Event()
            up.set()
            callers = [_Caller(hook.port, up) for _ in range(WORKERS)]
            threads = [threading.Thread(target=caller.run, args=(CALLS // WORKERS,)) for caller in callers]
            for thread in threads:
                thread.start()
            for _ in range(KILLS):
                with contextlib.suppress(AssertionError):
                    api.wait_for(lambda: False, timeout_s=chance.uniform(0.02, 0.15))
                up.clear()
                hook.kill()
                hook.start(wait_for_parts=False)
                up.set()
            for thread in threads:
                thread.join()

            finished = {call_id for caller in callers for call_id in caller.finished}
            api.wait_for(lambda: finished <= set(api.cdrs))

    assert len(finished) > CALLS // 2
    for call_id in finished:
        record = api.cdrs[call_id]
        assert (record["hangup_by"], record["estimated"]) == ("caller", False)
        assert record["answered_at"] is not None


def test_counters_survive_a_crash(world: World) -> None:
    call = world.client.invite("102")
    world.client.event("answered", call["call_id"], stage=0, target=0)

    world.hook.kill()
    world.hook.start()
    client = HookClient(world.hook.port)
    second = client.invite("102", user="carol")
    client.event("ended", call["call_id"], by="callee")
    third = client.invite("102", user="carol")

    assert (second["action"], second["status"]) == ("reply", 486)
    assert third["action"] == "ring"
    assert world.record(call["call_id"])["answered_at"] is not None
    client.close()


def test_a_call_goes_on_to_its_next_stage_after_a_crash(world: World) -> None:
    call = world.client.invite("+12092488701")

    world.hook.kill()
    world.hook.start()
    client = HookClient(world.hook.port)
    answer = client.failed(call["call_id"], 0, 503)

    assert answer["stage"] == 1
    assert answer["targets"][0]["uri"].endswith("@gw2.carrier.example:5060")
    client.close()


def test_an_open_call_that_cannot_be_read_stops_nobody(world: World) -> None:
    world.hook.kill()
    with contextlib.closing(sqlite3.connect(world.hook.journal)) as connection, connection:
        connection.execute("INSERT INTO open_calls VALUES (900, 'call_odd', '{\"plan\":{}}', '{}')")

    world.hook.start()
    client = HookClient(world.hook.port)
    answer = client.invite("102")
    client.close()

    assert answer["action"] == "ring"
    assert b"hook_unreadable_calls_total 1" in world.hook.get("/metrics")[1]


def test_the_hook_stops_in_order_when_it_is_told_to(world: World) -> None:
    call = world.client.invite("102")
    world.client.event("cancelled", call["call_id"])

    status = world.hook.stop()

    assert status == 0
    assert "exception" not in world.hook.log.read_text()
