"""A small HTTP/1.1 client over asyncio streams with kept connections, for the API."""

from __future__ import annotations

import asyncio
import ssl
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httptools

MAX_ANSWER = 32 * 1024 * 1024
MAX_IDLE = 8


class HttpError(OSError):
    """The server can't be reached, is too slow, or answers with something that isn't HTTP."""


@dataclass(slots=True)
class HttpAnswer:
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def request_id(self) -> str:
        """API Gateway's, by which the request is found in the API's logs; empty without one."""
        return self.headers.get("x-amzn-requestid", "")

    def decoded(self) -> bytes:
        """The body without its content coding. Raises ``HttpError``."""
        if self.headers.get("content-encoding") != "gzip":
            return self.body
        try:
            return zlib.decompress(self.body, wbits=31)
        except zlib.error as error:
            raise HttpError(f"broken gzip: {error}") from error


class _Reader:
    """Collects one answer from httptools' callbacks."""

    def __init__(self) -> None:
        self.answer = HttpAnswer()
        self.done = False
        self.keep_alive = False
        self._parser = httptools.HttpResponseParser(self)
        self._chunks: list[bytes] = []
        self._size = 0

    def feed(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_header(self, name: bytes, value: bytes) -> None:
        self.answer.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, body: bytes) -> None:
        self._size += len(body)
        if self._size > MAX_ANSWER:
            raise HttpError("answer too large")
        self._chunks.append(body)

    def on_message_complete(self) -> None:
        self.answer.body = b"".join(self._chunks)
        self.answer.status = self._parser.get_status_code()
        # only now: behind an answer's end the parser has forgotten its length, and says no
        self.keep_alive = self._parser.should_keep_alive()
        self.done = True


@dataclass(slots=True)
class _Connection:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


class HttpClient:
    """All requests of the hook may be repeated, so a kept connection that turns out closed is tried once more."""

    def __init__(self, base_url: str, *, headers: Mapping[str, str], timeout_s: float) -> None:
        url = urlsplit(base_url)
        self._host = url.hostname or ""
        self._tls = ssl.create_default_context() if url.scheme == "https" else None
        self._port = url.port or (443 if self._tls else 80)
        self._prefix = url.path.rstrip("/")
        self._head = "".join(f"{name}: {value}\r\n" for name, value in {"Host": url.netloc, **headers}.items())
        self._timeout_s = timeout_s
        self._idle: list[_Connection] = []

    async def request(
        self,
        method: str,
        target: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        timeout_s: float | None = None,
    ) -> HttpAnswer:
        """``timeout_s``: of this request alone. Raises ``HttpError``."""
        extra = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
        head = f"{method} {self._prefix}{target} HTTP/1.1\r\n{self._head}{extra}Content-Length: {len(body)}\r\n\r\n"
        try:
            async with asyncio.timeout(self._timeout_s if timeout_s is None else timeout_s):
                return await self._send(head.encode("latin-1") + body)
        except HttpError:
            raise
        except (OSError, EOFError, TimeoutError, httptools.HttpParserError) as error:
            raise HttpError(f"{type(error).__name__}: {error}") from error

    async def close(self) -> None:
        for connection in self._idle:
            connection.writer.close()
        self._idle.clear()

    async def _send(self, message: bytes) -> HttpAnswer:
        while self._idle:
            try:
                return await self._exchange(self._idle.pop(), message)
            except (ConnectionError, EOFError):
                continue
        reader, writer = await asyncio.open_connection(self._host, self._port, ssl=self._tls)
        return await self._exchange(_Connection(reader, writer), message)

    async def _exchange(self, connection: _Connection, message: bytes) -> HttpAnswer:
        collected = _Reader()
        kept = False
        try:
            connection.writer.write(message)
            while not collected.done:
                data = await connection.reader.read(256 * 1024)
                if not data:
                    raise EOFError("connection closed")
                collected.feed(data)
            kept = collected.keep_alive and len(self._idle) < MAX_IDLE
            return collected.answer
        finally:
            if kept:
                self._idle.append(connection)
            else:
                connection.writer.close()
