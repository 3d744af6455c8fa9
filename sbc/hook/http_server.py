"""A small HTTP/1.1 server for loopback: keep-alive, pipelined answers in order, a limit on the body."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, cast

import httptools

from sbc.hook.eager import run_eagerly

log = logging.getLogger(__name__)

MAX_PIPELINED = 64
_PHRASES = {status.value: status.phrase for status in HTTPStatus}


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    body: bytes = b""
    content_type: str = "application/json"


#: Answers at once, or with a coroutine when it has to wait.
Handler = Callable[[Request], Response | Coroutine[Any, Any, Response]]


class _Slot:
    """The place of one answer in the order of the requests."""

    __slots__ = ("data", "last")

    def __init__(self) -> None:
        self.data: bytes | None = None
        self.last = False


class _Running:
    """What is being answered now, on all connections."""

    def __init__(self) -> None:
        self._count = 0
        self._none = asyncio.Event()
        self._none.set()

    def begin(self) -> None:
        self._count += 1
        self._none.clear()

    def end(self) -> None:
        self._count -= 1
        if not self._count:
            self._none.set()

    async def wait_for_none(self) -> None:
        await self._none.wait()


class HttpConnection(asyncio.Protocol):
    def __init__(self, handler: Handler, body_limit: int, running: _Running) -> None:
        self._handler = handler
        self._body_limit = body_limit
        self._running = running
        self._slots: deque[_Slot] = deque()
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpRequestParser(self)
        self._url = b""
        self._body = b""
        self._refused = False

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 (asyncio's signature)
        self._transport = None  # running handlers go on: what they journal has happened

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._refuse(400)

    # httptools

    def on_message_begin(self) -> None:
        self._url = b""
        self._body = b""

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        if len(name) == 6 and name.lower() == b"expect" and self._transport is not None and not self._slots:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        elif len(name) == 14 and name.lower() == b"content-length" and int(value) > self._body_limit:
            self._refuse(413)

    def on_body(self, body: bytes) -> None:
        self._body = self._body + body if self._body else body
        if len(self._body) > self._body_limit:
            self._refuse(413)

    def on_message_complete(self) -> None:
        if self._refused:
            return
        path = self._url.partition(b"?")[0].decode("latin-1")
        slot = _Slot()
        slot.last = not self._parser.should_keep_alive()
        self._slots.append(slot)
        if len(self._slots) >= MAX_PIPELINED and self._transport is not None:
            self._transport.pause_reading()
        answer = self._handler(Request(self._parser.get_method().decode(), path, self._body))
        if isinstance(answer, Response):
            self._fill(slot, answer)
        else:
            self._wait(slot, answer)

    # answers

    def _wait(self, slot: _Slot, answer: Coroutine[Any, Any, Response]) -> None:
        self._running.begin()

        def done(response: Response | None, error: BaseException | None) -> None:
            self._running.end()
            if response is None:
                log.error("handler failed", exc_info=error)
            self._fill(slot, response or Response(500))

        run_eagerly(answer, done)

    def _fill(self, slot: _Slot, response: Response) -> None:
        slot.data = _render(response, close=slot.last)
        while self._slots and self._slots[0].data is not None:
            first = self._slots.popleft()
            if self._transport is None:
                continue
            self._transport.write(first.data or b"")
            if first.last:
                self._transport.close()
        if self._transport is not None and len(self._slots) == MAX_PIPELINED - 1:
            self._transport.resume_reading()

    def _refuse(self, status: int) -> None:
        if self._refused:
            return
        self._refused = True
        slot = _Slot()
        slot.last = True
        self._slots.append(slot)
        self._fill(slot, Response(status))


def _render(response: Response, *, close: bool) -> bytes:
    head = (
        f"HTTP/1.1 {response.status} {_PHRASES.get(response.status, '')}\r\n"
        f"Content-Type: {response.content_type}\r\nContent-Length: {len(response.body)}\r\n"
    )
    if close:
        head += "Connection: close\r\n"
    return head.encode() + b"\r\n" + response.body


class HttpServer:
    def __init__(self, handler: Handler, *, body_limit: int) -> None:
        self._handler = handler
        self._body_limit = body_limit
        self._running = _Running()
        self._server: asyncio.Server | None = None

    async def listen(self, host: str, port: int) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._connection, host, port, backlog=1024)

    async def close(self, *, patience_s: float = 2.0) -> None:
        """No new connections; requests that are being answered get their answer."""
        if self._server is not None:
            self._server.close()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._running.wait_for_none(), patience_s)

    @property
    def port(self) -> int:
        return int(self._server.sockets[0].getsockname()[1]) if self._server is not None else 0

    def _connection(self) -> HttpConnection:
        return HttpConnection(self._handler, self._body_limit, self._running)
