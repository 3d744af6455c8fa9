"""A proxy for HTTP/1.1 on loopback that notes what went through it; run in a thread of the measuring process."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}


@dataclass(frozen=True)
class Exchange:
    """One request: ``DynamoDB_20120810.Query`` of ``X-Amz-Target``, and what the API says its answer cost."""

    path: str
    target: str
    operations: tuple[str, ...]


@dataclass
class Recording:
    url: str
    exchanges: list[Exchange] = field(default_factory=list)

    def take(self) -> list[Exchange]:
        """What went through since the last time."""
        taken, self.exchanges[:] = self.exchanges[:], []
        return taken


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    upstream = ("127.0.0.1", 0)
    recording: Recording


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def setup(self) -> None:
        super().setup()
        self._upstream = http.client.HTTPConnection(*self.server.upstream, timeout=30)

    def handle(self) -> None:
        try:
            super().handle()
        except ConnectionError:
            return  # whoever asked was killed

    def finish(self) -> None:
        self._upstream.close()
        super().finish()

    def _relay(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            self._upstream.request(self.command, self.path, body, dict(self.headers.items()))
            answer = self._upstream.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):  # as if there were no proxy
            self._upstream.close()
            self.close_connection = True
            return
        operations = [name for name in answer.headers.get("X-Db-Operations", "").split(",") if name not in ("", "none")]
        target = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
        self.server.recording.exchanges.append(Exchange(urlsplit(self.path).path, target, tuple(operations)))
        self.send_response_only(answer.status)
        for name, value in answer.headers.items():
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        if answer.status not in (204, 304):
            self.send_header("Content-Length", str(len(content)))
        try:
            self.end_headers()
            self.wfile.write(content)
        except ConnectionError:
            self.close_connection = True

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _relay  # noqa: N815 (the base class's names)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class's name)
        """Nothing: the recording is the log."""


@contextmanager
def counting_proxy(upstream_url: str, *, port: int) -> Iterator[Recording]:
    upstream = urlsplit(upstream_url)
    server = _Server(("127.0.0.1", port), _Handler)
    server.upstream = (upstream.hostname or "", upstream.port or 80)
    server.recording = Recording(f"http://127.0.0.1:{port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server.recording
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
