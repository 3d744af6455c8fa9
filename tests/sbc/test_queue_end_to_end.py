"""From a request to the API to the SBC's decision by way of stream, publisher and queue, with every part real but the
stream itself: its records are made from the feed's items as they appear in the table."""

from __future__ import annotations

import json
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Event, Thread
from typing import Any, Self

import pytest
from chalice.app import Blueprint, Chalice

from chalicelib.clients.node_queues import SqsQueues
from chalicelib.domain.change_stream import HANDLER
from chalicelib.handlers.streams import register
from tests.api_client import ApiClient
from tests.conftest import ROOT
from tests.local.processes import wait_for
from tests.ports import free_port
from tests.sbc.fake_kamailio import FakeKamailio
from tests.sbc.hook_process import HookClient, HookProcess
from tests.sbc.local_sqs import LocalSqs, local_sqs
from tests.sbc.real_api import RealApi, real_api
from tests.stream_records import feed_of, stream_event, stream_record
from tests.world import TenantWorld, a_tenant_world, an_sbc, as_platform_admin

IN_FORCE_S = 3.0


@pytest.fixture
def sqs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalSqs]:
    with local_sqs(tmp_path) as found:
        queues = SqsQueues(found.client, stage="dev")
        for user in ("enrol_node", "publish_changes", "revoke_node"):
            monkeypatch.setattr(f"chalicelib.workflows.{user}.node_queues", lambda: queues)
        yield found


class Stream:
    """Calls the publisher with what is new in a change feed, every 50 ms, as Lambda polls a stream."""

    def __init__(self, sbc_id: str) -> None:
        self._sbc_id = sbc_id
        self._ended = Event()
        self._thread = Thread(target=self._run)
        app, blueprint = Chalice("publisher"), Blueprint("publisher")
        register(blueprint, "arn:aws:dynamodb:us-east-1:123456789012:table/t/stream/s")
        app.register_blueprint(blueprint)
        self._publish = app.handler_map[HANDLER]
        self.answers: list[Any] = []

    def _run(self) -> None:
        seen = {item["SK"]["S"] for item in feed_of(self._sbc_id)}
        while not self._ended.wait(0.05):
            new = [item for item in feed_of(self._sbc_id) if item["SK"]["S"] not in seen]
            if new:
                seen |= {item["SK"]["S"] for item in new}
                self.answers.append(self._publish(stream_event([stream_record(item) for item in new]), None))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()


def enrolled_hook(directory: Path, sbc_id: str, server: RealApi, sqs: LocalSqs, kamailio: Path) -> HookProcess:
    """A node as a machine becomes one: by a one-time key."""
    admin = as_platform_admin(ApiClient())
    key = admin.post(f"/platform/sbcs/{sbc_id}/enrolments", {"name": "n2"}).expect(201)["key"]
    (directory / "once.key").write_text(key)
    into = directory / "node"
    options = ["--api", server.url, "--key-file", str(directory / "once.key"), "--into", str(into)]
    subprocess.run([sys.executable, "-m", "sbc.hook.enrol", *options], cwd=ROOT, check=True, timeout=60)
    local = {"data_dir": str(directory / "data"), "kamailio_socket": str(kamailio), "listen_port": free_port()}
    settings = json.loads((into / "enrolment.json").read_text())["hook"] | local
    assert settings["queue_url"].startswith(sqs.url)
    path = directory / "hook.json"
    path.write_text(json.dumps(settings))
    return HookProcess(path)


def wait_for_answer(client: HookClient, domain: str, dial_timeout_s: int) -> float:
    """How long it took until a call to bob rings for so long."""
    begun = time.monotonic()
    while True:
        answer = client.invite("102", domain=domain)
        if answer["action"] == "ring":
            client.event("cancelled", answer["call_id"])
        took_s = time.monotonic() - begun
        if answer.get("timeout_s") == dial_timeout_s:
            return took_s
        assert took_s < 20, answer
        select.select([], [], [], 0.02)


@pytest.mark.usefixtures("dynamodb")
def test_a_change_by_the_api_is_in_force_at_an_enrolled_node_within_three_seconds(
    tmp_path: Path, sqs: LocalSqs
) -> None:
    api = ApiClient()
    sbc_id = an_sbc(api, allow_private_gateways=True)
    world = a_tenant_world(api, sbc_id=sbc_id)
    subscribers = f"{world.path}/subscribers"
    world.admin.post(subscribers, {"username": "alice", "alias": "101"}).expect(201)
    bob = world.admin.post(subscribers, {"username": "bob", "alias": "102", "dial_timeout_s": 20}).expect(201)
    with (
        real_api() as server,
        FakeKamailio(tmp_path / "k") as kamailio,
        Stream(sbc_id) as stream,
        enrolled_hook(tmp_path, sbc_id, server, sqs, kamailio.path) as hook,
        closing(HookClient(hook.port)) as client,
    ):
        wait_for_answer(client, world.domain, 20)
        kamailio.wait_until_asked("htable.flush", "source")
        server.asked.clear()

        took = []
        for seconds in range(21, 26):
            path = f"{subscribers}/{bob['id']}"
            bob = world.admin.patch(path, {"dial_timeout_s": seconds}, version=bob["version"]).expect(200)
            took.append(wait_for_answer(client, world.domain, seconds))

        assert max(took) < IN_FORCE_S, took
        wait_for(lambda: in_force(world, sbc_id) == 1)
        assert server.asked.count("GET /v1/sbc/changes") <= 1  # if the second look after the start meets a change
        assert all(answer == {"batchItemFailures": []} for answer in stream.answers)
        print(f"in force after {sorted(round(each, 2) for each in took)} s")


def in_force(world: TenantWorld, sbc_id: str) -> int:
    """Nodes that have acknowledged the newest change."""
    listed = world.admin.get("/sbcs").expect(200)["items"]
    return next(int(sbc["in_force"]["acknowledged"]) for sbc in listed if sbc["id"] == sbc_id)
