"""Loading a tenant of 10,000 subscribers in a real hook while another tenant's calls go on.

Each round loads a tenant the hook has never seen, by the first call of one of its subscribers; the time until that
call is answered is the load time (reading, unpacking, decoding, validating and the decision itself). Meanwhile four
connections ask ``/route`` for another tenant at 100 requests a second, and cancel each call. Those requests count that
wait at some moment from the first call until the parts are on the hook's disk too (``hook_parts_unwritten``); the
others say what the disk and the machine do anyway. Wall clock: waiting is what is measured.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bench.figure import Figure, at_most
from bench.node import start_hook, with_password, write_parts
from bench.programs import running_programs
from chalicelib.storage.subscribers import SHARD_FILL
from tests.domain.snapshots import DOMAIN, a_subscriber, a_tenant, an_isp, part_bodies
from tests.sbc.hook_process import HookClient

SUBSCRIBERS = 10_000
ROUNDS = 10
CALLERS = 4
INTERVAL_S = 0.04
LOAD_MS, ROUTE_MS = 300.0, 20.0

#: How many parts the subscribers are in: as many as the API makes, and all in one, which it never does.
SHARDS = {"as stored": 1 << (SUBSCRIBERS // SHARD_FILL - 1).bit_length(), "in one part": 1}


def figures() -> list[Figure]:
    with tempfile.TemporaryDirectory() as directory, running_programs(Path(directory)) as programs:
        parts = Path(directory) / "parts"
        write_parts(parts, _bodies())
        port = start_hook(programs, parts=parts, kamailio_socket=Path(directory) / "none")
        measured = {kind: [_load(port, _tenant_name(kind, n)) for n in range(ROUNDS)] for kind in SHARDS}
    return [figure for kind, rounds in measured.items() for figure in _report(kind, rounds)]


@dataclass(frozen=True)
class Round:
    """Milliseconds: of the load, of each request that waited at some moment of it, and of each that didn't."""

    load: float
    during: list[float]
    otherwise: list[float]


def _report(kind: str, rounds: list[Round]) -> list[Figure]:
    loads = [each.load for each in rounds]
    waits = sorted(wait for each in rounds for wait in each.during)
    otherwise = sorted(wait for each in rounds for wait in each.otherwise)
    where = f"{SHARDS[kind]} parts" if SHARDS[kind] > 1 else "one part"
    note = (
        f"median of {ROUNDS} tenants in {where}, {min(loads):.0f} to {max(loads):.0f} ms; from the first call's INVITE"
    )
    of_others = (
        f"{len(waits)} requests of another tenant during {ROUNDS} loads, {CALLERS / INTERVAL_S:.0f} a second;"
        f" median {median(waits):.1f} ms, longest {waits[-1]:.1f} ms; p99 without a load {_p99(otherwise):.1f} ms"
    )
    return [
        at_most(f"Loading 10,000 subscribers {kind}", median(loads), "ms", LOAD_MS, note=note, digits=0),
        at_most(f"/route p99 while 10,000 load {kind}", _p99(waits), "ms", ROUTE_MS, note=of_others),
    ]


def _p99(ordered: list[float]) -> float:
    return ordered[len(ordered) * 99 // 100]


def _tenant_name(kind: str, number: int) -> str:
    return f"big{SHARDS[kind]}x{number}"


def _bodies() -> list[dict[str, Any]]:
    secret = with_password(a_subscriber("any"), domain=DOMAIN, password="secret")["sip_ha1"]
    people = [
        a_subscriber(f"user{n}", alias=f"{n + 10_000}", sip_ha1=secret, softphone_ha1=secret, max_calls=2)
        for n in range(SUBSCRIBERS)
    ]
    large = [
        a_tenant(*people, name=_tenant_name(kind, number), shards=shards, dids={})
        for kind, shards in SHARDS.items()
        for number in range(ROUNDS)
    ]
    return part_bodies(an_isp(a_tenant(a_subscriber("alice", alias="101"), a_subscriber("bob", alias="102")), *large))


def _load(port: int, tenant: str) -> Round:
    sys.setswitchinterval(0.0005)  # as in the hook: these threads mustn't wait for each other
    stop = threading.Event()
    waits: list[tuple[float, float]] = []
    callers = [threading.Thread(target=_call_on, args=(port, waits, stop, n)) for n in range(CALLERS)]
    for caller in callers:
        caller.start()
    client = HookClient(port)
    time.sleep(0.3)  # the others are at their pace
    begun = time.perf_counter()
    answer = client.invite("10005", user="user1", domain=f"{tenant}.ring.example")
    ended = time.perf_counter()
    while not _all_written(port):
        time.sleep(0.02)
    written = time.perf_counter()
    time.sleep(0.1)
    stop.set()
    for caller in callers:
        caller.join()
    client.event("cancelled", answer["call_id"])
    client.close()
    if answer["action"] != "ring":
        raise AssertionError(f"{tenant}: {answer}")
    split: dict[bool, list[float]] = {True: [], False: []}
    for since, to in waits:
        split[to > begun and since < written].append((to - since) * 1000)
    return Round((ended - begun) * 1000, during=split[True], otherwise=split[False])


def _all_written(port: int) -> bool:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        return b"hook_parts_unwritten 0\n" in answer.read()


def _call_on(port: int, waits: list[tuple[float, float]], stop: threading.Event, number: int) -> None:
    client = HookClient(port)
    time.sleep(INTERVAL_S * number / CALLERS)
    due = time.perf_counter()
    while not stop.is_set():
        # a request that is late because the one before waited counts from when it was due
        call_id = client.invite("102")["call_id"]
        waits.append((due, time.perf_counter()))
        client.event("cancelled", call_id)
        due += INTERVAL_S
        if due > time.perf_counter():
            time.sleep(due - time.perf_counter())
    client.close()
