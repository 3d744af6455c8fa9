"""When a node at a queue asks the API, and what it makes of gaps. An hour passes in a moment by the test's clock."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence

import pytest

from chalicelib.domain.ids import new_id
from sbc.hook.change_queue import QueueError, QueueMessage
from sbc.hook.feed_client import Change, FeedError
from sbc.hook.kamailio_rpc import RpcError
from sbc.hook.metrics import Metrics
from sbc.hook.queue_feed import GAP_S, QueueFeed

START_MS = 1_700_000_000_000
WAIT_S, COMPARE_S = 20, 300.0


class World:
    """Both sides of a ``QueueFeed``: ``asked`` counts what it asked for; time passes while it waits or pauses."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.asked: Counter[str] = Counter()
        self.waits: list[int] = []
        self.messages: list[QueueMessage] = []
        self.deleted: list[str] = []
        self.failing: set[str] = set()
        self.found_by_comparison = False
        self.handled: set[str] = set()
        self.settled = True
        self.acknowledged = True
        self._ids = 0
        self.feed = QueueFeed(
            feed=self, queue=self, metrics=Metrics(), clock=lambda: self.now_s, wall_clock=self.wall_ms,
            wait_s=WAIT_S, overlap_s=30.0, compare_interval_s=COMPARE_S, pause=self.pause,
        )  # fmt: skip

    def wall_ms(self) -> int:
        return START_MS + int(self.now_s * 1000)

    async def pause(self, seconds: float) -> None:
        self.now_s += seconds

    def tell(self, *, ago_s: float = 0.0) -> str:
        self._ids += 1
        made = self.wall_ms() - int(ago_s * 1000)
        change_id = new_id("chg", now_ms=made, random_bytes=self._ids.to_bytes(10, "big"))
        self.messages.append(QueueMessage(f"m{self._ids}", f"r{self._ids}", Change(change_id, "isp/isp_1")))
        return f"r{self._ids}"

    # the queue
    async def receive(self, wait_s: int) -> Sequence[QueueMessage]:
        self.asked["receive"] += 1
        self._fail("receive", QueueError("no"))
        self.waits.append(wait_s)
        if not self.messages:
            self.now_s += wait_s
        found, self.messages = self.messages[:10], self.messages[10:]
        return found

    async def delete(self, receipts: Sequence[str]) -> None:
        self._fail("delete", QueueError("no"))
        self.asked["delete"] += 1
        self.deleted += receipts

    # the feed
    def is_new(self, change: Change) -> bool:
        return change.change_id not in self.handled

    async def take_up(self) -> None:
        self.asked["take_up"] += 1

    async def take(self, changes: Sequence[Change]) -> None:
        self.asked["take"] += 1
        self.handled |= {change.change_id for change in changes}
        self.settled, self.acknowledged = False, False
        self._fail("take", RpcError("no"))
        self.settled = True

    async def settle(self) -> None:
        self._fail("settle", RpcError("no"))
        self.settled = True

    async def poll(self) -> None:
        self.asked["poll"] += 1
        self._fail("poll", FeedError("no"))
        self.settled = self.acknowledged = True

    async def compare(self) -> bool:
        self.asked["compare"] += 1
        self._fail("compare", FeedError("no"))
        return self.found_by_comparison

    async def acknowledge(self) -> None:
        self.asked["acknowledge"] += 1
        self._fail("acknowledge", FeedError("no"))
        self.acknowledged = True

    def _fail(self, what: str, error: OSError) -> None:
        if what in self.failing:
            raise error

    def run(self, until: Callable[[], bool]) -> None:
        async def steps() -> None:
            for _ in range(2000):
                if until():
                    return
                await self.feed.step()
            raise AssertionError("it never came to that")

        asyncio.run(steps())

    def run_for(self, seconds: float) -> Counter[str]:
        """What was asked for in that time."""
        before, end = self.asked.copy(), self.now_s + seconds
        self.run(lambda: self.now_s >= end)
        return self.asked - before

    def settle_in(self) -> None:
        """Past the start and its second look."""
        self.run_for(60)


@pytest.fixture
def world() -> World:
    return World()


def test_an_idle_hour_is_long_polls_and_a_comparison_every_five_minutes(world: World) -> None:
    world.settle_in()
    world.waits.clear()

    asked = world.run_for(3600)

    assert asked == {"receive": 180, "compare": 12}
    assert set(world.waits) == {WAIT_S}


def test_a_start_compares_and_looks_a_second_time_soon(world: World) -> None:
    asked = world.run_for(60)

    assert (asked["compare"], asked["poll"]) == (2, 1)


def test_what_is_in_force_is_deleted_and_then_acknowledged_once(world: World) -> None:
    world.settle_in()
    before = world.asked.copy()
    receipts = [world.tell() for _ in range(3)]

    world.run(lambda: bool(world.deleted))

    assert world.deleted == receipts
    assert (world.asked - before)["acknowledge"] == 1
    assert world.asked["poll"] == before["poll"]
    assert world.run_for(100)["acknowledge"] == 0


def test_what_kamailio_was_not_told_stays_in_the_queue_and_is_tried_every_second(world: World) -> None:
    world.settle_in()
    world.failing = {"take", "settle"}
    receipt, world.waits = world.tell(), []

    world.run_for(5)
    kept, waits, world.failing = list(world.deleted), list(world.waits), set()
    world.run(lambda: bool(world.deleted))

    assert kept == []
    assert world.deleted == [receipt]
    assert set(waits[1:]) == {1}


def test_a_message_that_cannot_be_deleted_comes_again_and_is_harmless(world: World) -> None:
    world.settle_in()
    world.failing = {"delete"}
    world.tell()
    again = world.messages[0]
    world.run_for(5)

    world.failing = set()
    world.messages = [again]
    world.run(lambda: bool(world.deleted))

    assert world.deleted == [again.receipt]


def test_an_acknowledgement_that_failed_is_repeated(world: World) -> None:
    world.settle_in()
    world.failing = {"acknowledge"}
    world.tell()
    world.run_for(3)

    world.failing = set()
    world.run_for(3)

    assert world.acknowledged


def test_a_comparison_that_found_something_learns_its_change_from_the_api(world: World) -> None:
    world.settle_in()
    world.found_by_comparison = True

    asked = world.run_for(COMPARE_S)

    assert (asked["compare"], asked["poll"]) == (1, 1)


def test_while_nothing_can_be_received_the_api_is_asked_every_two_seconds(world: World) -> None:
    world.settle_in()
    world.failing = {"receive"}

    down = world.run_for(600)
    world.failing = set()
    up = world.run_for(60)

    assert 290 <= down["poll"] <= 302
    assert down["compare"] == 2
    assert (up["compare"], up["poll"]) == (1, 2)  # once more before the queue answers, once after the comparison


def test_a_machine_that_stood_still_compares(world: World) -> None:
    world.settle_in()

    world.now_s += GAP_S + 1  # less than the time to the next comparison
    asked = world.run_for(30)

    assert (asked["compare"], asked["poll"]) == (1, 1)


def test_changes_that_come_late_make_it_compare_once(world: World) -> None:
    world.settle_in()
    world.run_for(40)
    for _ in range(25):
        world.tell(ago_s=35)

    asked = world.run_for(60)

    assert (asked["compare"], asked["poll"]) == (1, 1)
    assert len(world.deleted) == 25


def test_what_waits_already_is_handled_together_and_acknowledged_once(world: World) -> None:
    world.settle_in()
    receipts = [world.tell() for _ in range(135)]
    before = world.asked.copy()

    world.run(lambda: len(world.deleted) == 135)

    asked = world.asked - before
    assert world.deleted == receipts
    assert (asked["take"], asked["acknowledge"], asked["receive"]) == (2, 2, 14)


def test_what_comes_a_second_time_late_is_no_news(world: World) -> None:
    world.settle_in()
    world.run_for(100)
    world.tell()
    [message] = world.messages
    world.run_for(40)
    world.messages = [message]

    asked = world.run_for(40)

    assert asked["compare"] == 0
    assert world.deleted == [message.receipt] * 2


def test_with_the_api_out_of_reach_at_the_start_messages_are_handled_meanwhile(world: World) -> None:
    world.failing = {"compare", "poll"}
    world.run_for(10)
    receipt = world.tell()
    world.run(lambda: not world.messages)

    world.failing = set()
    world.run_for(5)

    assert receipt in world.deleted
    assert world.asked["poll"] == 1


def test_poison_is_dropped_at_once(world: World) -> None:
    world.settle_in()
    world.messages = [QueueMessage("m1", "r1", None)]

    world.run_for(1)

    assert world.deleted == ["r1"]
