"""Orders from the change feed: to watch a tenant, to end a call. Each may come twice, or to a node without the call."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from chalicelib.domain.ids import id_time_ms
from chalicelib.domain.live import WATCH_MS, HangUpOrder, WatchOrder, read_order
from sbc.hook.call_control import CallControl
from sbc.hook.end_call import cancel_ringing, end_answered
from sbc.hook.journal import JournalError
from sbc.hook.kamailio_rpc import KamailioRpc, RpcError
from sbc.hook.live_calls import Call
from sbc.hook.live_watch import LiveWatch

log = logging.getLogger(__name__)

ATTEMPTS = 5


@dataclass(slots=True)
class Orders:
    control: CallControl
    rpc: KamailioRpc
    watch: LiveWatch
    clock: Callable[[], int]  # milliseconds
    pause_s: float = 1.0
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def obey(self, change_id: str, key: str) -> None:
        """Without waiting. What this release doesn't know is passed over."""
        match read_order(key):
            case WatchOrder(tenant_id):
                left_ms = WATCH_MS - max(0, self.clock() - id_time_ms(change_id))
                if left_ms > 0:  # after a while out of reach, old looks are none
                    self.watch.watch(tenant_id, left_ms / 1000)
            case HangUpOrder(tenant_id, call_id):
                call = self.control.live.find(call_id)
                if call is not None and call.plan.facts.tenant_id == tenant_id and call.ending is None:
                    self._start(call)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _start(self, call: Call) -> None:
        call.ending = ("system", self.clock())
        log.warning("call is hung up by order", extra=call.ids)
        self.control.metrics.count("hang_ups")
        task = asyncio.get_running_loop().create_task(self._hang_up(call))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _hang_up(self, call: Call) -> None:
        """Again and again while it rings: it may be between two stages, or answered at this moment; or Kamailio doesn't
        find it by headers that its phone wrote unusually, and it ends with its stage or right after its answer."""
        tried = 0
        while tried < ATTEMPTS:
            try:
                if call.answered_at is None:
                    await cancel_ringing(self.control, self.rpc, call)
                else:
                    tried += 1
                    await end_answered(self.control, self.rpc, call)
            except (RpcError, JournalError) as error:
                log.warning("call not hung up", extra=call.ids | {"error": str(error)})
            await asyncio.sleep(self.pause_s)
            if self.control.live.find(call.call_id) is None:
                return
        call.ending = None  # it goes on, and is billed to its real end
        log.error("call can't be hung up", extra=call.ids)
