"""Counts travel between two ends on real sockets: thousands of keys, at each change, and after what was lost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from sbc.hook.metrics import Metrics
from sbc.hook.peer_epoch import OwnEpoch, kept_epoch
from sbc.hook.peer_messages import peer_key
from sbc.hook.peers import Peers
from sbc.hook.seal_keys import SETTLE_MS, SealKey
from sbc.hook.settings import SettingsError
from tests.ports import free_port

KEYS = [f"subscriber/sub_{number:026}" for number in range(6000)]


def an_end(node: str, own: int, other: int, *, epoch: int = 1, now_ms: Callable[[], int] = lambda: 0) -> Peers:
    return Peers(
        node=node,
        epoch=OwnEpoch(epoch),
        listen=("127.0.0.1", own),
        peers=[("127.0.0.1", other)],
        key=peer_key(bytes(32)),
        hold_s=60.0,
        metrics=Metrics(),
        wall_clock=now_ms,
    )


@asynccontextmanager
async def working(end: Peers, *, interval_s: float) -> AsyncIterator[None]:
    end.open()
    work = asyncio.get_running_loop().create_task(end.run(interval_s))
    try:
        yield
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        end.close()


async def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        await asyncio.sleep(0.02)


@pytest.mark.parametrize("interval_s", [0.2, 600.0])
def test_thousands_of_counts_arrive_and_all_that_changes(interval_s: float) -> None:
    """At a long interval by what peers ask of each other and by changes alone."""

    async def exchange() -> None:
        ports = free_port(), free_port()
        first, second = an_end("n1", *ports), an_end("n2", *reversed(ports))
        for key in KEYS:
            first.note(key, 2)

        def arrived(count: int) -> bool:
            told = second.counts.states()["n1"].counts if second.counts.reachable() else {}
            return told == (dict.fromkeys(KEYS, count) if count else {})

        async with AsyncExitStack() as stack:
            await stack.enter_async_context(working(first, interval_s=interval_s))
            await stack.enter_async_context(working(second, interval_s=interval_s))
            await until(lambda: arrived(2))
            for key in KEYS:
                first.note(key, 0)
            await until(lambda: arrived(0))
            second.note("tenant/t", 5)
            await until(lambda: first.counts.in_use("tenant/t") == 5)
            second.note("tenant/t", 4)
            await until(lambda: first.counts.in_use("tenant/t") == 4)

    asyncio.run(exchange())


def test_two_nodes_hear_each_other_all_through_a_change_of_their_seal_key() -> None:
    """The first learns the new key long before the second, signs with it when the second must have it, and then the old
    one ends: at the first node first."""
    old, new = SealKey("", bytes(32)), SealKey("k2", bytes([2]) * 32, held_since=1000)
    now = [1000]

    async def exchange() -> None:
        ports = free_port(), free_port()
        first = an_end("n1", *ports, now_ms=lambda: now[0])
        second = an_end("n2", *reversed(ports), now_ms=lambda: now[0])
        counts = iter(range(1, 100))

        async def check() -> None:
            count = next(counts)
            first.note("tenant/t", count)
            second.note("tenant/t", count + 100)
            await until(
                lambda: (first.counts.in_use("tenant/t"), second.counts.in_use("tenant/t")) == (count + 100, count)
            )

        async with AsyncExitStack() as stack:
            await stack.enter_async_context(working(first, interval_s=0.2))
            await stack.enter_async_context(working(second, interval_s=0.2))
            await check()
            first.use([new, old])
            await check()
            second.use([new, old])
            await check()
            now[0] += SETTLE_MS
            await check()
            first.use([new])
            await check()
            second.use([new])
            await check()

    asyncio.run(exchange())


def test_a_port_in_use_is_a_mistake_in_the_settings() -> None:
    async def open_twice() -> None:
        ports = free_port(), free_port()
        first = an_end("n1", *ports)
        first.open()
        try:
            with pytest.raises(SettingsError, match="peer_listen"):
                an_end("n1", *ports).open()
        finally:
            first.close()

    asyncio.run(open_twice())


def test_epochs_grow_whatever_the_clock_says(tmp_path: Path) -> None:
    file = tmp_path / "data/peer-epoch"

    epochs = [kept_epoch(file, now_ms=now_ms).value for now_ms in (1000, 2000, 1500, 2000, 9000)]
    file.write_text("torn")

    assert epochs == [1000, 2000, 2001, 2002, 9000]
    assert kept_epoch(file, now_ms=9001).value == 9001


def test_an_epoch_that_rose_is_not_forgotten_and_no_other_life_rises_to_the_same(tmp_path: Path) -> None:
    files = [tmp_path / name for name in "ab"]
    lives = [kept_epoch(file, now_ms=1000) for file in files]

    for life in lives:
        life.rise_above(5000)

    assert min(life.value for life in lives) > 5000
    assert lives[0].value != lives[1].value
    assert kept_epoch(files[0], now_ms=1000).value == lives[0].value + 1


def test_a_node_with_a_new_disk_and_a_clock_behind_is_heard_at_once() -> None:
    """Each second is told, and each asks what it doesn't understand: nothing waits for the clock."""

    async def exchange() -> None:
        ports = free_port(), free_port()
        async with AsyncExitStack() as stack:
            lasting = an_end("n2", *reversed(ports), epoch=7)
            await stack.enter_async_context(working(lasting, interval_s=0.2))
            async with working(an_end("n1", *ports, epoch=1_790_000_000_000), interval_s=0.2):
                await until(lambda: lasting.counts.reachable() == {"n1"})

            again = an_end("n1", *ports, epoch=1_500_000_000_000)
            again.note("tenant/t", 3)
            lasting.note("tenant/t", 4)
            await stack.enter_async_context(working(again, interval_s=0.2))

            await until(lambda: lasting.counts.in_use("tenant/t") == 3 and again.counts.in_use("tenant/t") == 4)

    asyncio.run(exchange())
