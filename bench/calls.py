"""CPU time per call of Kamailio and the hook, against Kamailios that decide nothing.

All of them run at once and take calls in turn, round by round, so that a slower moment of the machine meets them all.
What a program uses while nothing happens is measured before and taken off.
"""

from __future__ import annotations

import platform
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bench.figure import Figure, at_most, shown
from bench.programs import BenchError, running_programs
from bench.sip_nodes import CALLEE, Outcome, SipNodes

CALLS, RATE = 500, 50
ROUNDS = 5
IDLE_S = 3.0
# the last transactions of a run leave memory, and their dialogs the database, a second after the last BYE
SETTLE_S = 1.5
NUMBER = "2092488701"

KAMAILIO_TARGET, BOTH_TARGET, BARE_TARGET, FAILED_TARGET = 1.5, 2.0, 3.0, 0.1

#: Name to the Kamailio that takes the calls, and what is dialled.
KINDS = {
    "to a phone": ("hooked", CALLEE),
    "to the carrier": ("hooked", NUMBER),
    "static": ("static", CALLEE),
    "bare": ("bare", CALLEE),
}
HOOKED = ("to a phone", "to the carrier")

COMMON = (
    "checks of bans, form, flood and retransmission; foreign headers removed; INVITE challenged (407) and its digest"
    " checked with a HA1 from the htable; dialog with db_mode=1 (a row written, updated, deleted in SQLite, with the"
    " product's busy-timeout preload); record routing; rtpengine offer, answer and delete; BYE and ACK matched to the"
    " dialog; two events (answered, ended) as JSON by HTTP, each waited for"
)
ONLY_HOOKED = (
    "the call is handed to an async worker; /route by HTTP with the decision as JSON; the callee's contacts from"
    " usrloc, or the carrier's address with From and P-Asserted-Identity rewritten; a failure route"
)
WORK = f"""Work per call, hooked and static: {COMMON}.
Only hooked: {ONLY_HOOKED}.
Hook: plan, admission, three synced journal writes, the record made and uploaded to a sink.
Static's events go to that sink; the sink's time, rtpengine's and sipp's count nowhere.
Bare: transactions and Record-Route alone; no digest (one INVITE a call, not two), dialog, events or media."""


@dataclass
class Measured:
    """Milliseconds of CPU per call by kind and program, a value for each round."""

    ms: dict[tuple[str, str], list[float]] = field(default_factory=lambda: defaultdict(list))
    outcomes: dict[str, list[Outcome]] = field(default_factory=lambda: defaultdict(list))

    def ratio(self, kind: str, programs: tuple[str, ...], base: str) -> list[float]:
        """Sum of the programs' times for ``kind`` against the Kamailio of the kind ``base``, by round."""
        sums = [sum(values) for values in zip(*(self.ms[kind, program] for program in programs), strict=True)]
        return [value / other for value, other in zip(sums, self.ms[base, KINDS[base][0]], strict=True)]


def figures() -> list[Figure]:
    with tempfile.TemporaryDirectory() as directory, running_programs(Path(directory)) as programs:
        nodes = SipNodes(programs)
        nodes.start()
        return _report(measure(nodes))


def measure(nodes: SipNodes) -> Measured:
    measured = Measured()
    nodes.load_ha1s()
    for kind, (kamailio, dialled) in KINDS.items():
        # the first calls fill caches and make the sources known
        first = nodes.call(kamailio, dialled, calls=20, rate=10)
        if first.failed:
            raise BenchError(f"{first.failed} of {first.created} first calls failed: {kind}")
    time.sleep(SETTLE_S)
    idle = _spent(nodes, lambda: time.sleep(IDLE_S))
    for _ in range(ROUNDS):
        nodes.load_ha1s()
        for kind in KINDS:
            _measure_round(nodes, kind, {name: spent / IDLE_S for name, spent in idle.items()}, measured)
    return measured


def _measure_round(nodes: SipNodes, kind: str, idle: dict[str, float], measured: Measured) -> None:
    kamailio, dialled = KINDS[kind]
    begun = time.monotonic()

    def run() -> None:
        measured.outcomes[kind].append(nodes.call(kamailio, dialled, calls=CALLS, rate=RATE))
        time.sleep(SETTLE_S)

    spent = _spent(nodes, run)
    lasted = time.monotonic() - begun
    for program in (kamailio, "hook", "rtpengine"):
        measured.ms[kind, program].append((spent[program] - idle[program] * lasted) / CALLS * 1000)


def _spent(nodes: SipNodes, work: Callable[[], None]) -> dict[str, float]:
    before = nodes.cpu_s()
    work()
    return {name: after - before[name] for name, after in nodes.cpu_s().items()}


def _report(measured: Measured) -> list[Figure]:
    note = f"median of {ROUNDS} rounds of {CALLS} calls at {RATE}/s, in turn; worst kind counts: "
    kamailio = _ratios(measured, ("hooked",), "static")
    both = _ratios(measured, ("hooked", "hook"), "static")
    bare = _ratios(measured, ("hooked", "hook"), "bare")
    return [
        _worst("CPU per call, Kamailio against static route", kamailio, KAMAILIO_TARGET, note=note),
        _worst("CPU per call, Kamailio and hook against static route", both, BOTH_TARGET, note=note),
        _worst("CPU per call, Kamailio and hook against bare forwarding", bare, BARE_TARGET, note=note),
        _failed(measured),
        shown(
            "CPU per call, Kamailio with the hook",
            median(measured.ms["to a phone", "hooked"]),
            "ms",
            note=f"{_times(measured)}\n{WORK}",
            digits=3,
        ),
    ]


def _ratios(measured: Measured, programs: tuple[str, ...], base: str) -> dict[str, list[float]]:
    return {kind: measured.ratio(kind, programs, base) for kind in HOOKED}


def _worst(name: str, by_kind: dict[str, list[float]], target: float, *, note: str) -> Figure:
    rounds = "; ".join(
        f"{kind} {median(values):.2f} ({min(values):.2f} to {max(values):.2f})" for kind, values in by_kind.items()
    )
    value = max(median(values) for values in by_kind.values())
    return at_most(name, value, "times", target, note=note + rounds)


def _failed(measured: Measured) -> Figure:
    """Of the calls of the product. The others' are in the note: they would make their times worthless."""
    shares = {}
    for kind, outcomes in measured.outcomes.items():
        created, failed = sum(each.created for each in outcomes), sum(each.failed for each in outcomes)
        again = sum(each.retransmitted for each in outcomes)
        shares[kind] = (failed / created * 100, f"{kind} {failed} of {created} ({again} retransmissions)")
    worst = max(shares[kind][0] for kind in HOOKED)
    note = "; ".join(text for _, text in shares.values())
    return at_most("Failed calls", worst, "%", FAILED_TARGET, note=note, digits=3)


def _times(measured: Measured) -> str:
    found = [f"{kind}: {program} {median(values):.3f} ms" for (kind, program), values in measured.ms.items()]
    return "; ".join(found) + f". The hook runs on Python {platform.python_version()} of {sys.base_prefix}"
