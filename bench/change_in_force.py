"""How long a change made in a console takes until the SBC decides by it.

The embedded control plane (database, API, hook) without Kamailio: a subscriber or a security group is changed by the
API, and the hook is asked to route a call until its answer is the new one. From the moment the request is sent; the
moments of the changes are spread over the hook's polling interval.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from bench.control_plane import ControlPlane, make_control_plane
from bench.figure import Figure, at_most
from bench.programs import BenchError, running_programs
from tests.sbc.hook_process import HookClient

if TYPE_CHECKING:
    from tests.world import TenantWorld

CHANGES = 50
TARGET_S = 3.0
LIMIT_S = 10.0
ASK_EVERY_S = 0.02
SEED = 7
ABROAD = "+447400123456"


@dataclass(frozen=True)
class Measured:
    """Seconds until the new answer, and how many of them the API's own answer took."""

    in_force: float
    request: float


def figures() -> list[Figure]:
    with tempfile.TemporaryDirectory() as directory, running_programs(Path(directory)) as programs:
        database = programs.start_dynoxide()
        plane = make_control_plane(programs, dynamodb_port=int(database.rpartition(":")[2]))
        plane.start_api()
        world = plane.make_world()
        plane.start_hook()
        return [_report(_measure(plane, world))]


def _report(measured: list[Measured]) -> Figure:
    times = sorted(each.in_force for each in measured)
    note = (
        f"{len(times)} changes by HTTP, of a subscriber and of a security group in turn: median {median(times):.2f} s,"
        f" longest {times[-1]:.2f} s; the API answered in {median(each.request for each in measured) * 1000:.0f} ms"
    )
    name = "Config change in force on the SBC, p99"
    return at_most(name, times[len(times) * 99 // 100], "s", TARGET_S, note=note)


def _measure(plane: ControlPlane, world: TenantWorld) -> list[Measured]:
    changer = Changer(plane, world)
    client = HookClient(plane.settings.hook_port)
    draw = random.Random(SEED)
    measured = []
    for number in range(CHANGES):
        time.sleep(draw.random())
        change, in_force = changer.dial_timeout(20 + number) if number % 2 else changer.abroad(allowed=number % 4 == 0)
        measured.append(_time_one(client, world.domain, change, in_force))
    client.close()
    return measured


class Changer:
    """Each method returns what makes a change, and whether an answer of the hook shows it."""

    def __init__(self, plane: ControlPlane, world: TenantWorld) -> None:
        self._plane = plane
        self._token = world.admin.token
        self._groups = f"{world.path}/security-groups"
        self._subscribers = f"{world.path}/subscribers"
        self._group = self._send("POST", self._groups, {"name": "Abroad", "countries": ["US"]})
        caller = {"username": "alice", "alias": "101", "security_group_id": self._group["id"]}
        self._send("POST", self._subscribers, caller)
        self._callee = self._send("POST", self._subscribers, {"username": "bob", "alias": "102"})

    def dial_timeout(self, seconds: int) -> tuple[Callable[[], None], Callable[[Any], bool]]:
        def change() -> None:
            path = f"{self._subscribers}/{self._callee['id']}"
            self._callee = self._send("PATCH", path, {"dial_timeout_s": seconds}, version=self._callee["version"])

        return change, lambda ask: ask("102").get("timeout_s") == seconds

    def abroad(self, *, allowed: bool) -> tuple[Callable[[], None], Callable[[Any], bool]]:
        def change() -> None:
            path, countries = f"{self._groups}/{self._group['id']}", ["US", "GB"] if allowed else ["US"]
            self._group = self._send("PATCH", path, {"countries": countries}, version=self._group["version"])

        return change, lambda ask: (ask(ABROAD)["action"] == "ring") == allowed

    def _send(self, method: str, path: str, body: Any, version: int = 0) -> Any:
        return self._plane.request(method, path, body, token=self._token, version=version)


def _time_one(client: HookClient, domain: str, change: Callable[[], None], in_force: Callable[[Any], bool]) -> Measured:
    def ask(dialled: str) -> Any:
        answer = client.invite(dialled, domain=domain)
        if answer["action"] == "ring":
            client.event("cancelled", answer["call_id"])
        return answer

    if in_force(ask):
        raise BenchError("the hook decides so already: nothing to measure")
    begun = time.monotonic()
    change()
    answered = time.monotonic()
    while not in_force(ask):
        if time.monotonic() - begun > LIMIT_S:
            return Measured(LIMIT_S, answered - begun)
        time.sleep(ASK_EVERY_S)
    return Measured(time.monotonic() - begun, answered - begun)
