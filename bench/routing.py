"""How long ``plan_route`` takes for a tenant of 10,000 subscribers, and against one of 100.

CPU time of single decisions (``process_time``), so that what else the machine does counts little.
"""

from __future__ import annotations

import gc
from statistics import median
from time import process_time

from bench.figure import Figure, at_most
from chalicelib.domain.plan import Attempt
from chalicelib.domain.routing import plan_route
from chalicelib.domain.snapshot import Snapshot
from tests.domain.snapshots import (
    NOW,
    a_carrier,
    a_gateway,
    a_gateway_call,
    a_phone_call,
    a_snapshot,
    a_subscriber,
    a_tenant,
    an_isp,
)

SMALL, LARGE = 100, 10_000
SHARDS = {SMALL: 1, LARGE: 32}
DECISIONS = 2_000
ROUNDS = 5
P99_MS = 0.3
GROWTH = 1.2

ATTEMPTS = {
    "alias": a_phone_call("20005"),
    "forwards": a_phone_call("102"),
    "network": a_phone_call("2092488701"),
    "DID": a_gateway_call("+12093000050"),
}


def snapshot_of(subscribers: int) -> Snapshot:
    """Every subscriber with an alias and a DID; Bob (102) with two forwards, one of them through two gateways."""
    numbered = [a_subscriber(f"u{number}", alias=str(20_000 + number)) for number in range(subscribers - 2)]
    bob = a_subscriber("bob", alias="102", forward_no_answer="2092488701", forward_busy="alice")
    dids = {f"+1209{3_000_000 + number}": f"u{number}" for number in range(subscribers - 2)}
    tenant = a_tenant(a_subscriber("alice", alias="101"), bob, *numbered, dids=dids, shards=SHARDS[subscribers])
    return a_snapshot(an_isp(tenant, carriers=[a_carrier(a_gateway(add_pai=True), a_gateway("gw2"))]))


def time_ms(attempt: Attempt, snapshot: Snapshot) -> float:
    begun = process_time()
    plan_route(attempt, snapshot, NOW)
    return (process_time() - begun) * 1000


def times_ms(attempt: Attempt, small: Snapshot, large: Snapshot) -> tuple[list[float], list[float]]:
    """Sorted CPU times, both snapshots in turn, so that a slower moment of the machine meets both."""
    for snapshot in (small, large):
        code = getattr(plan_route(attempt, snapshot, NOW), "code", "")
        if code:
            raise AssertionError(f"{attempt.dialled} is refused: {code}")
    gc.collect()
    times = [(time_ms(attempt, small), time_ms(attempt, large)) for _ in range(DECISIONS)]
    return sorted(pair[0] for pair in times), sorted(pair[1] for pair in times)


def figures() -> list[Figure]:
    small, large = snapshot_of(SMALL), snapshot_of(LARGE)
    p99: dict[str, float] = {}
    growth: dict[str, float] = {}
    for name, attempt in ATTEMPTS.items():
        rounds = [times_ms(attempt, small, large) for _ in range(ROUNDS)]
        p99[name] = median(of_large[DECISIONS * 99 // 100] for _, of_large in rounds)
        growth[name] = median(median(of_large) / median(of_small) for of_small, of_large in rounds)
    return [
        _figure("plan_route p99, 10,000 subscribers", p99, "ms", P99_MS),
        _figure("plan_route time, 10,000 subscribers against 100", growth, "times", GROWTH),
    ]


def _figure(name: str, by_attempt: dict[str, float], unit: str, target: float) -> Figure:
    """The worst kind of call counts."""
    kinds = ", ".join(f"{attempt} {value:.3f}" for attempt, value in by_attempt.items())
    note = f"median of {ROUNDS} rounds of {DECISIONS}: {kinds}"
    return at_most(name, max(by_attempt.values()), unit, target, note=note, digits=3)
