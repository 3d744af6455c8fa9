"""RTP of all calls on one asyncio loop in its own thread: plays a program, listens. Good for some tens of calls."""

from __future__ import annotations

import asyncio
import secrets
import socket
import struct
import threading
from collections.abc import Callable
from typing import Any, cast

import numpy as np

from local.gateway.g711 import NAMES, RATE, Samples, decode, encode
from local.gateway.listening import Hearing
from local.gateway.sdp import Remote

_PACKET = RATE // 50  # 20 ms
_HEADER = struct.Struct("!BBHII")


class Stream(asyncio.DatagramProtocol):
    """One side of one call. Everything but ``port`` and ``hearing`` is touched on the media loop alone."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.host, self.port = address
        self.hearing = Hearing()
        self.sent = 0
        self._transport: asyncio.DatagramTransport | None = None
        self._remote: Remote | None = None
        self._program: Samples = np.zeros(0, dtype=np.int16)
        self._source = secrets.randbits(32)
        self._sequence, self._timestamp = secrets.randbits(16), secrets.randbits(32)
        self._position = 0
        self._ticking: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:  # noqa: ARG002 (asyncio's name)
        if len(data) <= _HEADER.size or data[0] >> 6 != 2:
            return
        _, kind, sequence, timestamp, source = _HEADER.unpack_from(data)
        kind &= 0x7F
        payload = data[_HEADER.size + 4 * (data[0] & 0x0F) :]
        hearing = self.hearing
        hearing.payload_types.add(kind)
        hearing.packets.count(source=source, sequence=sequence)
        if kind in NAMES:
            hearing.tones.feed(decode(payload, kind))
        elif self._remote is not None and kind == self._remote.telephone_event:
            hearing.digits.read(timestamp=timestamp, payload=payload)

    def talk(self, remote: Remote, program: Samples | None) -> None:
        """Plays ``program`` over and over towards ``remote``; None keeps what is playing."""
        self._remote = remote
        if program is not None:
            self._program, self._position = program, 0
        if len(self._program) and self._ticking is None:
            loop = asyncio.get_running_loop()
            self._tick(loop, loop.time())

    def close(self) -> None:
        if self._ticking is not None:
            self._ticking.cancel()
        if self._transport is not None:
            self._transport.close()

    def _tick(self, loop: asyncio.AbstractEventLoop, due: float) -> None:
        self._send_packet()
        # By the clock that began, so that a late tick delays no later one.
        self._ticking = loop.call_at(due + 0.02, self._tick, loop, due + 0.02)

    def _send_packet(self) -> None:
        remote = self._remote
        self._sequence, self._timestamp = (self._sequence + 1) & 0xFFFF, (self._timestamp + _PACKET) & 0xFFFFFFFF
        samples = np.take(self._program, np.arange(self._position, self._position + _PACKET), mode="wrap")
        self._position = (self._position + _PACKET) % len(self._program)
        if remote is None or self._transport is None or not remote.wants_audio or self._transport.is_closing():
            return
        marker = 0x80 if self.sent == 0 else 0
        header = _HEADER.pack(0x80, marker | remote.codec, self._sequence, self._timestamp, self._source)
        self._transport.sendto(header + encode(samples, remote.codec), (remote.host, remote.port))
        self.sent += 1


class Media:
    def __init__(self, host: str) -> None:
        self._host = host
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="media", daemon=True)
        self._thread.start()

    def open_stream(self) -> Stream:
        """A stream with its port bound, so that an offer can name it."""
        bound = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        bound.bind((self._host, 0))
        bound.settimeout(0)
        stream = Stream(bound.getsockname())

        async def listen() -> None:
            await self._loop.create_datagram_endpoint(lambda: stream, sock=bound)

        asyncio.run_coroutine_threadsafe(listen(), self._loop).result(timeout=5)
        return stream

    def call(self, function: Callable[..., None], *arguments: Any) -> None:
        """Runs a stream's method on the media loop."""
        self._loop.call_soon_threadsafe(function, *arguments)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=5)
