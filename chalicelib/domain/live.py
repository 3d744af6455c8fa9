"""Registered phones and live calls of a tenant: what its SBC's nodes report while somebody looks, and what is shown.

A look begins or renews a *watch*: an order in the SBC's change feed. While it runs, each node reports the tenant's
state; when it has run out, nobody reports and nothing is paid for. All instants are milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

WATCH_MS = 60_000  # how long a node reports after a look
RENEW_MS = 20_000  # looks in between write nothing
STALE_MS = 40_000  # nodes report every 15 s at least: who was silent for so long is out of reach

MOST_REGISTRATIONS = 1_000  # told in full by a node
MOST_CALLS = 500
MOST_MORE_REGISTERED = 8_000  # beyond those, told by id alone
MOST_MORE_BUSY = 1_000

State = Literal["fresh", "waiting", "stale"]
Reach = Literal["reachable", "in_call", "unreachable", "unknown"]
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class WatchOrder:
    tenant_id: str


@dataclass(frozen=True, slots=True)
class HangUpOrder:
    tenant_id: str
    call_id: str


Order = WatchOrder | HangUpOrder


def watch_key(tenant_id: str) -> str:
    """The key of a watch in the change feed."""
    return f"watch/{tenant_id}"


def hang_up_key(tenant_id: str, call_id: str) -> str:
    return f"hang-up/{tenant_id}/{call_id}"


def read_order(key: str) -> Order | None:
    """The order of a feed item; None when the item names a part, or an order that this release doesn't know."""
    match key.split("/"):
        case ["watch", tenant_id]:
            return WatchOrder(tenant_id)
        case ["hang-up", tenant_id, call_id]:
            return HangUpOrder(tenant_id, call_id)
    return None


def is_order(key: str) -> bool:
    """Also of the orders of other releases: keys of parts begin otherwise."""
    return key.partition("/")[0] not in {"sbc", "isp", "tenant"}


@dataclass(frozen=True, slots=True)
class Report:
    """What one node said. ``body``: as in docs/interfaces.md, "Live state"."""

    received_at: int
    body: Json


@dataclass(frozen=True, slots=True)
class Live:
    """What is known of a tenant now. ``as_of`` is None while no node has reported."""

    state: State
    as_of: int | None = None
    registrations: list[Json] = field(default_factory=list)
    calls: list[Json] = field(default_factory=list)
    registrations_total: int = 0
    calls_total: int = 0
    registered: frozenset[str] = frozenset()  # subscriber ids, also of those not listed
    busy: frozenset[str] = frozenset()
    complete: bool = True  # nobody is left out of ``registered`` and ``busy``

    @property
    def more(self) -> bool:
        return len(self.registrations) < self.registrations_total or len(self.calls) < self.calls_total

    def reach(self, subscriber_id: str) -> Reach:
        if self.state != "fresh":
            return "unknown"
        if subscriber_id in self.busy:
            return "in_call"
        if subscriber_id in self.registered:
            return "reachable"
        return "unreachable" if self.complete else "unknown"


def combine(reports: Iterable[Report], *, since: int, now: int) -> Live:
    """``since``: when the watch began; what was reported in an earlier one isn't news. A node that fell silent doesn't
    count beside one that speaks. Each node reports its own calls, and the phones that it reaches; a phone may be told
    by two while an address moves from one to the other."""
    heard = [report for report in reports if report.received_at >= since]
    if not heard:
        return Live("waiting" if now - since <= STALE_MS else "stale")
    as_of = max(report.received_at for report in heard)
    bodies = [report.body for report in heard if report.received_at >= as_of - STALE_MS]
    registrations = _merge_registrations(bodies)
    told_twice = sum(len(body["registrations"]) for body in bodies) - len(registrations)
    calls = [one for body in bodies for one in body["calls"]]
    return Live(
        state="fresh" if now - as_of <= STALE_MS else "stale",
        as_of=as_of,
        registrations=sorted(registrations, key=lambda one: (one["name"].casefold(), one["username"])),
        calls=sorted(calls, key=lambda one: one["setup_at"], reverse=True),
        registrations_total=sum(body["registrations_total"] for body in bodies) - told_twice,
        calls_total=sum(body["calls_total"] for body in bodies),
        registered=frozenset(_registered(bodies)),
        busy=frozenset(_busy(bodies)),
        complete=all(body["complete"] for body in bodies),
    )


def busy_in(call: Json) -> list[str]:
    """Who is in a call: the caller from its beginning, the called from the answer on."""
    parties = [call["caller"]] + ([call["called"]] if call["state"] == "answered" else [])
    return [party["subscriber_id"] for party in parties if party["subscriber_id"]]


def shorten(body: Json) -> Json:
    """The report with half its lists, for one that is too large to be stored; its totals stay true."""
    halved = {name: body[name][: len(body[name]) // 2] for name in _LISTS}
    return body | halved | {"complete": False}


_LISTS = ("registrations", "calls", "more_registered", "more_busy")


def _merge_registrations(bodies: Sequence[Json]) -> list[Json]:
    """Each phone once: of those with the same subscriber and address, as the node that knows most about them."""
    merged: dict[tuple[str, str], list[Json]] = {}
    for body in bodies:
        told: dict[tuple[str, str], list[Json]] = {}
        for one in body["registrations"]:
            told.setdefault((one["subscriber_id"], one["address"]), []).append(one)
        for phone, ones in told.items():
            merged[phone] = max(merged.get(phone, []), ones, key=_knowledge)
    return [one for ones in merged.values() for one in ones]


def _knowledge(ones: Sequence[Json]) -> tuple[int, bool, int]:
    """How many there are, whether the connection is known (to the node that has it), and until when they hold."""
    connected = any(one["transport"] != "udp" for one in ones)
    return len(ones), connected, max((one["expires_at"] for one in ones), default=0)


def _registered(bodies: Sequence[Json]) -> Iterable[str]:
    for body in bodies:
        yield from (one["subscriber_id"] for one in body["registrations"])
        yield from body["more_registered"]


def _busy(bodies: Sequence[Json]) -> Iterable[str]:
    for body in bodies:
        for call in body["calls"]:
            yield from busy_in(call)
        yield from body["more_busy"]
