"""The gateway's HTTP control on loopback.

| request | answer |
|---|---|
| ``GET /health`` | 200 |
| ``GET /calls`` | ``{"calls": [record, ..]}`` oldest first; see ``call_log`` |
| ``GET /calls/ID`` | the record, or 404 |
| ``POST /calls`` ``{"to", "from", "tone_hz"=1000, "seconds"=3, "display"="", "headers"=[]}`` | 201 the record |
| ``DELETE /calls/ID`` | hangs up: 204 |
| ``DELETE /calls`` | hangs up everything and forgets the log: 204 |
"""

from __future__ import annotations

import json
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol

from local.gateway.call_log import CallLog, CallRecord
from local.gateway.user_agent import Order

_NUMBER = re.compile(r"[+*#\w.-]{1,64}")
_HEADER = re.compile(r"[A-Za-z-]+: [^\r\n]+")


class OrderError(ValueError):
    """A call that can't be placed; the message names the field."""


class Agent(Protocol):
    """The user agent as seen from another thread."""

    def place(self, order: Order) -> CallRecord: ...

    def hang_up(self, call_id: str) -> None: ...

    def hang_up_all(self) -> None: ...


def read_order(content: bytes) -> Order:
    """Raises ``OrderError``."""
    try:
        source = json.loads(content)
    except ValueError as error:
        raise OrderError(f"no JSON: {error}") from error
    if not isinstance(source, dict):
        raise OrderError("expected an object")
    unknown = set(source) - {"to", "from", "tone_hz", "seconds", "display", "headers"}
    if unknown:
        raise OrderError(f"{min(unknown)}: no such field")
    headers = source.get("headers", [])
    if not isinstance(headers, list) or not all(isinstance(line, str) and _HEADER.fullmatch(line) for line in headers):
        raise OrderError('headers: a list of lines like "P-Asserted-Identity: <sip:+1..@host>"')
    return Order(
        to_number=_read_number(source, "to"),
        from_number=_read_number(source, "from"),
        display=str(source.get("display", "")),
        tone_hz=_read_amount(source, "tone_hz", 1000, low=50, high=3900),
        seconds=_read_amount(source, "seconds", 3, low=0.1, high=3600),
        headers=tuple(headers),
    )


def _read_number(source: dict[str, Any], name: str) -> str:
    value = source.get(name)
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        raise OrderError(f"{name}: expected a number")
    return value


def _read_amount(source: dict[str, Any], name: str, default: float, *, low: float, high: float) -> float:
    value = source.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise OrderError(f"{name}: expected a number from {low} to {high}")
    return float(value)


class ControlServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], *, agent: Agent, log: CallLog) -> None:
        self.agent, self.log = agent, log
        super().__init__(address, _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ControlServer

    def do_GET(self) -> None:
        if self.path == "/health":
            self._answer(200, {"status": "ok"})
        elif self.path == "/calls":
            self._answer(200, {"calls": [record.as_json() for record in self.server.log.list_all()]})
        elif record := self.server.log.find(self._read_id()):
            self._answer(200, record.as_json())
        else:
            self._answer(404, {"error": "not found"})

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path != "/calls":
            self._answer(404, {"error": "not found"})
            return
        try:
            order = read_order(content)
        except OrderError as error:
            self._answer(400, {"error": str(error)})
            return
        self._answer(201, self.server.agent.place(order).as_json())

    def do_DELETE(self) -> None:
        if self.path == "/calls":
            self.server.agent.hang_up_all()
            self.server.log.clear()
            self._answer(204, None)
        elif record := self.server.log.find(self._read_id()):
            self.server.agent.hang_up(record.id)
            self._answer(204, None)
        else:
            self._answer(404, {"error": "not found"})

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (http.server's name)
        """Nothing: the call log says what matters."""

    def _read_id(self) -> str:
        return self.path.removeprefix("/calls/") if self.path.startswith("/calls/") else ""

    def _answer(self, status: int, body: dict[str, Any] | None) -> None:
        content = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        if body is not None:
            self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
