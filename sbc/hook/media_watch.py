"""Notices that the media engine was restarted and ends the calls it has forgotten: their parties hear nothing, and
may never hang up."""

from __future__ import annotations

import asyncio
import logging
import re
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from sbc.hook.call_control import CallControl
from sbc.hook.end_call import end_answered
from sbc.hook.journal import JournalError
from sbc.hook.kamailio_rpc import KamailioRpc, RpcError
from sbc.hook.live_calls import Call
from sbc.hook.metrics import Metrics

log = logging.getLogger(__name__)

_UPTIME = re.compile(rb"6:uptime(\d+):")  # bencoded text: its length comes first, and no end


class MediaEngineError(OSError):
    """The media engine doesn't answer."""


def read_uptime_s(statistics: bytes) -> int:
    """Raises ``MediaEngineError``."""
    found = _UPTIME.search(statistics)
    if found is None:
        raise MediaEngineError("media engine: no uptime in its statistics")
    return int(statistics[found.end() : found.end() + int(found[1])])


class MediaEngine(Protocol):
    async def read_uptime_s(self) -> int:
        """Raises ``MediaEngineError``."""

    async def knows(self, sip_call_id: str) -> bool:
        """Raises ``MediaEngineError``."""


@dataclass(frozen=True, slots=True)
class Rtpengine:
    """By the ng protocol on loopback: a cookie that is used once, then a bencoded dictionary, both ways."""

    port: int
    timeout_s: float

    async def read_uptime_s(self) -> int:
        return read_uptime_s(await self._ask(b"d7:command10:statisticse"))

    async def knows(self, sip_call_id: str) -> bool:
        call_id = sip_call_id.encode()
        answer = await self._ask(b"d7:call-id%d:%s7:command5:querye" % (len(call_id), call_id))
        return b"Unknown call-id" not in answer

    async def _ask(self, request: bytes) -> bytes:
        loop = asyncio.get_running_loop()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.setblocking(False)  # noqa: FBT003 (the standard library's signature)
            client.connect(("127.0.0.1", self.port))
            try:
                async with asyncio.timeout(self.timeout_s):
                    await loop.sock_sendall(client, b"hook%d %s" % (time.monotonic_ns(), request))
                    return await loop.sock_recv(client, 65536)
            except (OSError, TimeoutError) as error:
                raise MediaEngineError(f"media engine: {type(error).__name__} {error}") from error


@dataclass(slots=True)
class MediaWatch:
    control: CallControl
    rpc: KamailioRpc
    metrics: Metrics
    clock: Callable[[], int]  # milliseconds
    engine: MediaEngine
    started_at: int = 0  # of the engine that runs
    alive_at: int = 0  # when it answered last
    lost_at: int = 0  # when the one before answered last; 0: there was none
    kept: set[str] = field(default_factory=set)  # calls of before that the engine knows all the same, from a store

    async def run(self, interval_s: float) -> None:
        while True:
            try:
                await self.check()
            except (MediaEngineError, RpcError, JournalError) as error:
                log.warning("media engine not checked", extra={"error": str(error)})
            await asyncio.sleep(interval_s)

    async def check(self) -> None:
        """Raises ``MediaEngineError``, ``RpcError``, ``JournalError``."""
        uptime_s = await self.engine.read_uptime_s()
        self._note(self.clock(), uptime_s)
        for call in self.control.live:
            if call.answered_at is None or call.answered_at > self.started_at or call.call_id in self.kept:
                continue
            if await self.engine.knows(call.invite.sip_call_id):
                self.kept.add(call.call_id)
            else:
                await self._end(call, call.answered_at)

    def _note(self, now: int, uptime_s: int) -> None:
        started_at = now - uptime_s * 1000  # its seconds are whole: at most one late
        if started_at > self.started_at + 2000:
            self.lost_at, self.started_at = self.alive_at, started_at
            self.kept.clear()
        self.alive_at = now

    async def _end(self, call: Call, answered_at: int) -> None:
        if call.ending is None:
            self.metrics.count("lost_media")
            log.warning("call lost its media with the media engine", extra=call.ids)
            call.ending = ("media", max(answered_at, self.lost_at or self.started_at))
        await end_answered(self.control, self.rpc, call)
