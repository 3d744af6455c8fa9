"""Follows changes by waiting at this node's queue, so that an idle node asks the API next to nothing.

A queue tells of changes and nothing else: parts come from the API as ever. It may keep a message back, deliver it twice
or, after an hour, forget it, so all versions are compared at the start, every few minutes, and whenever something may
have been missed. While nothing can be received, the API is asked instead, as without a queue.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from chalicelib.domain.ids import id_time_ms
from sbc.hook.change_queue import BATCH, QueueError, QueueMessage
from sbc.hook.feed_client import Change, FeedError
from sbc.hook.kamailio_rpc import RpcError
from sbc.hook.metrics import Metrics

log = logging.getLogger(__name__)

AT_ONCE = 100  # messages handled together
SHORT_WAIT_S = 1  # while something waits to be tried again
PAUSE_S = 2.0  # between attempts at a queue that can't be received from
GAP_S = 120.0  # so long without an answer from the queue: this machine stood still
# The publisher remembers an SBC's nodes for a few seconds, so it may not have known of one that has just been enrolled
SECOND_LOOK_S = 15.0


class Queue(Protocol):
    """``ChangeQueue``. All raise ``QueueError``."""

    async def receive(self, wait_s: int) -> Sequence[QueueMessage]: ...

    async def delete(self, receipts: Sequence[str]) -> None: ...


class Followed(Protocol):
    """What is asked of a ``Feed``. All may raise ``FeedError`` or ``RpcError``."""

    @property
    def settled(self) -> bool: ...

    @property
    def acknowledged(self) -> bool: ...

    def is_new(self, change: Change) -> bool: ...

    async def take_up(self) -> None: ...

    async def take(self, changes: Sequence[Change]) -> None: ...

    async def settle(self) -> None: ...

    async def poll(self) -> None: ...

    async def compare(self) -> bool: ...

    async def acknowledge(self) -> None: ...


class QueueFeed:
    def __init__(
        self,
        *,
        feed: Followed,
        queue: Queue,
        metrics: Metrics,
        clock: Callable[[], float],
        wall_clock: Callable[[], int],
        wait_s: int,
        overlap_s: float,
        compare_interval_s: float,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """``wall_clock``: milliseconds since 1970, to be compared with those in ids."""
        self._feed = feed
        self._queue = queue
        self._metrics = metrics
        self._clock = clock
        self._wall_clock = wall_clock
        self._wait_s = wait_s
        self._pause = pause
        self._overlap_ms = int(overlap_s * 1000)
        self._interval_s = compare_interval_s
        self._behind = True  # something may have been missed
        self._second_look = True
        self._receives = True
        self._received_at = clock()
        self._compare_due = clock()
        self._compared_at_ms = 0
        self._held: dict[str, str] = {}  # message ids to receipts, of changes that aren't in force yet

    async def run(self) -> None:
        await self._feed.take_up()
        while True:
            await self.step()

    async def step(self) -> None:
        """Whatever is due, then one look into the queue."""
        try:
            await self._catch_up()
            await self._confirm()
        except (FeedError, RpcError) as error:
            self._metrics.count("feed_failures")
            log.warning("feed not followed", extra={"error": str(error)})
        await self._look()

    async def _catch_up(self) -> None:
        begun = self._clock()
        if self._behind or begun >= self._compare_due:
            await self._compare(begun)
        elif not self._receives:
            await self._feed.poll()
        elif not self._feed.settled:
            await self._feed.settle()

    async def _compare(self, begun: float) -> None:
        begun_ms = self._wall_clock()
        found = await self._feed.compare()
        if found or self._behind or not self._receives:
            await self._feed.poll()
        self._behind, self._compared_at_ms = False, begun_ms
        pause_s = min(SECOND_LOOK_S, self._interval_s) if self._second_look else self._interval_s
        self._second_look, self._compare_due = False, begun + pause_s

    async def _confirm(self) -> None:
        """What is in force is deleted from the queue and acknowledged to the API."""
        if not self._feed.settled:
            return
        if self._held:
            receipts = list(self._held.values())
            self._held.clear()
            await self._delete(receipts)
        if not self._feed.acknowledged:
            await self._feed.acknowledge()

    async def _delete(self, receipts: Sequence[str]) -> None:
        try:
            await self._queue.delete(receipts)
        except QueueError as error:  # they come again, and change nothing
            self._metrics.count("queue_failures")
            log.warning("messages not deleted", extra={"error": str(error)})

    async def _look(self) -> None:
        quiet = self._feed.settled and self._feed.acknowledged and not self._behind
        try:
            messages = await self._queue.receive(self._wait_s if quiet else SHORT_WAIT_S)
            messages = [*messages, *await self._receive_more(messages)]
        except QueueError as error:
            await self._fail(error)
            return
        now = self._clock()
        if not self._receives or now - self._received_at > GAP_S:
            self._behind = True
            log.warning("queue is received from again", extra={"after_s": round(now - self._received_at)})
        self._receives, self._received_at = True, now
        if messages:
            await self._take(messages)

    async def _receive_more(self, first: Sequence[QueueMessage]) -> list[QueueMessage]:
        """What else is there already: of many changes of one part, as an import makes them, the last alone matters."""
        found, batch = [*first], first
        while len(batch) == BATCH and len(found) < AT_ONCE:
            try:
                batch = await self._queue.receive(0)
            except QueueError:
                break  # what has come is handled first
            found += batch
        return found[len(first) :]

    async def _fail(self, error: QueueError) -> None:
        self._metrics.count("queue_failures")
        log.warning("nothing received: the API is asked", extra={"error": str(error)})
        self._receives = False
        await self._pause(PAUSE_S)

    async def _take(self, messages: Sequence[QueueMessage]) -> None:
        poison = [message.receipt for message in messages if message.change is None]
        changes = [message.change for message in messages if message.change is not None]
        self._held |= {message.message_id: message.receipt for message in messages if message.change is not None}
        if poison:
            log.error("messages that can't be read are dropped", extra={"count": len(poison)})
            for _ in poison:
                self._metrics.count("poison_messages")
            await self._delete(poison)
        late = [change for change in changes if self._feed.is_new(change) and self._is_late(change.change_id)]
        if late:
            self._behind = True
            log.warning("changes came late", extra={"count": len(late)})
        try:
            await self._feed.take(changes)
            await self._confirm()
        except (FeedError, RpcError) as error:
            self._metrics.count("feed_failures")
            log.warning("feed not followed", extra={"error": str(error)})

    def _is_late(self, change_id: str) -> bool:
        """Then others may be missing; but not if all versions were compared since it was made."""
        made_ms = id_time_ms(change_id)
        return self._wall_clock() - made_ms > self._overlap_ms and made_ms > self._compared_at_ms
