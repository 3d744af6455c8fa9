"""Two real hooks of one SBC, n1 and n2, each with a Kamailio of its own, at one API."""

from __future__ import annotations

import json
import select
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.ports import free_port
from tests.sbc.conftest import usual_parts
from tests.sbc.fake_api import FakeApi
from tests.sbc.fake_kamailio import FakeKamailio
from tests.sbc.hook_process import HookClient, HookProcess, write_settings
from tests.sbc.locations import LocationDb
from tests.sbc.relay import Relay

PATIENCE_S = 15.0


@dataclass(frozen=True, slots=True)
class OneNode:
    name: str
    hook: HookProcess
    kamailio: FakeKamailio
    locations: LocationDb
    peer_port: int

    def counters(self) -> dict[str, Any]:
        status, body = self.hook.get("/counters")
        assert status == 200
        return json.loads(body)

    def live_calls(self) -> list[str]:
        return [call["call_id"] for call in json.loads(self.hook.get("/calls")[1])["calls"]]

    def change_settings(self, **changes: Any) -> None:
        """In force after its next start."""
        path = self.hook.log.with_name("settings.json")
        path.write_text(json.dumps(json.loads(path.read_text()) | changes))

    def metrics(self) -> dict[str, float]:
        lines = self.hook.get("/metrics")[1].decode().splitlines()
        return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}

    @contextmanager
    def client(self) -> Iterator[HookClient]:
        opened = HookClient(self.hook.port)
        try:
            yield opened
        finally:
            opened.close()

    def call(self, dialled: str, *, user: str, sip_call_id: str = "") -> Any:
        """The answer to an INVITE; one that rings is answered at once."""
        with self.client() as client:
            answer = client.invite(dialled, user=user, sip_call_id=sip_call_id or f"{self.name}-{time.monotonic_ns()}")
            if answer["action"] == "ring":
                client.event("answered", answer["call_id"], stage=0, target=0)
        return answer

    def end(self, call_id: str) -> None:
        with self.client() as client:
            assert client.event("ended", call_id, by="caller") == 204

    def hear(self, datagram: bytes) -> None:
        """From an address that is none of its peers'."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            stranger.sendto(datagram, ("127.0.0.1", self.peer_port))

    def wait_for_total(self, expected: dict[str, int]) -> None:
        wait_for(lambda: self.counters()["total"] == expected, lambda: f"{self.counters()}, not {expected}")


def wait_for(condition: Callable[[], bool], what: Callable[[], str]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, what()
        select.select([], [], [], 0.02)


@dataclass(frozen=True, slots=True)
class TwoNodes:
    api: FakeApi
    network: Relay
    first: OneNode
    second: OneNode

    def __iter__(self) -> Iterator[OneNode]:
        return iter((self.first, self.second))

    def wait_until_joined(self) -> None:
        for node in self:
            wait_for(lambda node=node: node.metrics()["hook_peers_reachable"] == 1, node.hook.log.read_text)

    def wait_for_api(self, condition: Callable[[], bool]) -> None:
        self.api.wait_for(condition, timeout_s=PATIENCE_S)

    def wait_for_totals(self, expected: dict[str, int]) -> None:
        for node in self:
            node.wait_for_total(expected)


@contextmanager
def two_nodes(directory: Path, **settings: Any) -> Iterator[TwoNodes]:
    """``settings``: of both hooks. Counts are held so long that a slow machine isn't taken for a dead one."""
    ports = [free_port(), free_port()]
    with ExitStack() as stack:
        api = stack.enter_context(FakeApi(usual_parts()))
        network = stack.enter_context(Relay())
        network.join(*ports)
        first = _start(stack, directory, api, name="n1", own=ports[0], other=network.first_port, settings=settings)
        second = _start(stack, directory, api, name="n2", own=ports[1], other=network.second_port, settings=settings)
        nodes = TwoNodes(api, network, first, second)
        nodes.wait_until_joined()
        yield nodes


def _start(
    stack: ExitStack, directory: Path, api: FakeApi, *, name: str, own: int, other: int, settings: dict[str, Any]
) -> OneNode:
    home = directory / name
    home.mkdir()
    kamailio = stack.enter_context(FakeKamailio(home / "kamailio.rpc"))
    locations = LocationDb(home / "location.db")
    stack.callback(locations.close)
    usual = {
        "node": name,
        "location_db": str(locations.path),
        "live_interval_s": 0.05,
        "peer_listen": f"127.0.0.1:{own}",
        "peers": [f"127.0.0.1:{other}"],
        "peer_interval_s": 0.2,
        "peer_hold_s": 60.0,
        "reconcile_interval_s": 0.2,
        "reconcile_grace_s": 600.0,
    }
    path = write_settings(home, api_url=api.url, kamailio=kamailio.path, **(usual | settings))
    hook = stack.enter_context(HookProcess(path))
    return OneNode(name, hook, kamailio, locations, own)
