"""A hook that answers what a test tells it to, and remembers every request."""

from __future__ import annotations

import hashlib
import json
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Json = dict[str, Any]
_XMLRPC_OK = (
    b'<?xml version="1.0"?><methodResponse><params><param><value><int>0</int></value></param></params></methodResponse>'
)


@dataclass(frozen=True)
class Request:
    path: str
    body: Json
    text: str
    at: float  # time.monotonic()


@dataclass
class FakeHook:
    """``passwords``: {"user@domain": (sip, softphone)}; ``gateways``: addresses; ``route``: answers POST /route."""

    port: int
    passwords: dict[str, tuple[str, str]] = field(default_factory=dict)
    gateways: set[str] = field(default_factory=set)
    route: Callable[[Json], Json] = lambda body: {
        "action": "reply",
        "call_id": "",
        "status": 404,
        "reason": "Not Found",
    }
    delay_s: float = 0.0
    events_fail: bool = False
    suspended: set[str] = field(default_factory=set)
    requests: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._changed = threading.Condition()
        self._server: _Server | None = None

    def start(self) -> None:
        self._server = _Server(("127.0.0.1", self.port), _Handler)
        self._server.hook = self
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        """Like a kill: connections that are kept alive end too."""
        if self._server is None:
            return
        self._server.shutdown()
        self._server.server_close()
        self._server.end_connections()
        self._server = None

    def answer(self, path: str, body: Json) -> tuple[int, Json]:
        if path == "/auth":
            return 200, self._auth(f"{body['user']}@{body['domain']}", user=body["user"], domain=body["domain"])
        if path == "/source":
            return 200, {"kind": "gateway" if body["src_ip"] in self.gateways else "unknown", "ttl_s": 10}
        if path == "/route":
            return 200, self.route(body)
        if path == "/events" and self.events_fail:
            return 503, {}
        return (204, {}) if path == "/events" else (200, {})

    def _auth(self, aor: str, *, user: str, domain: str) -> Json:
        if aor not in self.passwords:
            return {"unknown": True, "ttl_s": 10}
        sip, softphone = (
            hashlib.md5(f"{user}:{domain}:{password}".encode()).hexdigest() if password else ""
            for password in self.passwords[aor]
        )
        may_register = 0 if aor in self.suspended else 1
        known = {name: ha1 for name, ha1 in (("sip", sip), ("softphone", softphone)) if ha1}
        return {**known, "may_register": may_register, "ttl_s": 300}

    def record(self, request: Request) -> None:
        with self._changed:
            self.requests.append(request)
            self._changed.notify_all()

    def seen(self, path: str, event: str = "") -> list[Json]:
        return [each.body for each in self.requests if each.path == path and event in ("", each.body.get("event"))]

    def wait(self, path: str, event: str = "", *, count: int = 1, timeout_s: float = 5.0) -> list[Json]:
        """The requests so far, once there are ``count``; fails with everything that was seen instead."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self.seen(path, event)) >= count, timeout=timeout_s):
                raise AssertionError(f"no {count} x {path} {event} in {[(r.path, r.text) for r in self.requests]}")
            return self.seen(path, event)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128
    hook: FakeHook

    def server_bind(self) -> None:
        self._open: set[socket.socket] = set()
        super().server_bind()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def end_connections(self) -> None:
        for each in list(self._open):
            self.shutdown_request(each)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # one segment for head and body
    disable_nagle_algorithm = True
    server: _Server

    def do_POST(self) -> None:
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        hook = self.server.hook
        if hook.delay_s:
            time.sleep(hook.delay_s)
        try:
            body = json.loads(text) if self.headers["Content-Type"] == "application/json" else {}
        except ValueError:
            body, status, answer = {"malformed": text}, 400, {}
        else:
            status, answer = hook.answer(self.path, body)
        content = json.dumps(answer, separators=(",", ":")).encode() if status != 204 else b""
        if self.path == "/media-timeout":
            content = _XMLRPC_OK
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()
        hook.record(Request(path=self.path, body=body, text=text, at=time.monotonic()))

    def log_message(self, *args: object) -> None:
        """Requests are in ``FakeHook.requests``."""
