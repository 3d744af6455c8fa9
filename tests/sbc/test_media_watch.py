from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from chalicelib.domain.plan import CallFacts, CallParty, RoutePlan
from sbc.hook.cdr import Ending
from sbc.hook.kamailio_rpc import RpcRefusedError
from sbc.hook.live_calls import Call, LiveCalls, read_invite
from sbc.hook.media_watch import MediaWatch, read_uptime_s
from sbc.hook.metrics import Metrics
from tests.sbc.hook_process import phone_invite

FACTS = CallFacts("internal", "isp_1", "ten_1", "cus_1", CallParty(), "102")


@dataclass
class Bench:
    """``now`` in milliseconds; ``uptime_s`` is what the media engine says."""

    now: int = 1_000_000
    uptime_s: int = 0
    known: set[str] = field(default_factory=set)  # SIP Call-IDs
    gone: bool = False  # Kamailio knows no dialog any more
    closed: list[Ending] = field(default_factory=list)
    ended: list[tuple[Any, ...]] = field(default_factory=list)
    live: LiveCalls = field(default_factory=LiveCalls)

    def __post_init__(self) -> None:
        self.watch = MediaWatch(
            control=self,  # type: ignore[arg-type]
            rpc=self,  # type: ignore[arg-type]
            metrics=Metrics(),
            clock=lambda: self.now,
            engine=self,
        )

    async def read_uptime_s(self) -> int:
        return self.uptime_s

    async def knows(self, sip_call_id: str) -> bool:
        return sip_call_id in self.known

    async def call(self, *request: Any) -> None:
        self.ended.append(request)
        if self.gone:
            raise RpcRefusedError(404, "Dialog not found")

    async def close(self, call: Call, ending: Ending) -> None:
        self.live.remove(call)
        self.closed.append(ending)

    def add(self, call_id: str, *, answered_at: int | None) -> Call:
        plan = RoutePlan(FACTS, (), (), 60, ())
        call = Call(call_id, plan, read_invite(phone_invite("102")), setup_at=0, answered_at=answered_at, h_id=7)
        self.live.add(call)
        return call

    def check(self, *, at: int, uptime_s: int) -> None:
        self.now, self.uptime_s = at, uptime_s
        asyncio.run(self.watch.check())


def test_an_uptime_ends_where_its_length_says() -> None:
    assert read_uptime_s(b"i0ee15:totalstatisticsd6:uptime2:1215:managedsessionsi0e") == 12


def test_calls_of_an_engine_that_was_restarted_are_ended_and_billed_to_when_it_was_last_seen() -> None:
    bench = Bench()
    bench.check(at=1_000_000, uptime_s=500)
    talking, ringing = bench.add("talking", answered_at=990_000), bench.add("ringing", answered_at=None)

    bench.check(at=1_005_000, uptime_s=2)

    assert bench.ended == [("dlg.end_dlg", 0, 7)]
    assert talking.ending == ("media", 1_000_000)
    assert ringing.ending is None


def test_a_call_whose_dialog_is_gone_without_a_word_is_closed() -> None:
    bench = Bench(gone=True)
    bench.add("talking", answered_at=990_000)

    bench.check(at=1_000_000, uptime_s=5)

    assert bench.closed == [Ending(995_000, "media", 200)]


def test_calls_of_the_engine_that_runs_are_left_alone() -> None:
    bench = Bench()
    bench.add("talking", answered_at=999_000)

    for second in range(5):
        bench.check(at=1_000_400 + 1000 * second, uptime_s=500 + second)

    assert bench.ended == []


def test_calls_that_the_new_engine_has_from_a_store_go_on() -> None:
    bench = Bench()
    call = bench.add("talking", answered_at=990_000)
    bench.known.add(call.invite.sip_call_id)

    bench.check(at=1_000_000, uptime_s=5)

    assert bench.ended == []


def test_a_restart_while_the_hook_was_away_is_noticed_too() -> None:
    bench = Bench()
    bench.add("talking", answered_at=990_000)

    bench.check(at=1_000_000, uptime_s=5)

    assert bench.ended == [("dlg.end_dlg", 0, 7)]
