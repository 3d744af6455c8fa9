"""The real API by HTTP, in this process and on the test session's database, for a node."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from local.front.events import HttpRequest
from tests.api_client import front


@dataclass
class RealApi:
    """``faults``: by path, what happens to the next requests: ``busy`` is a 503, ``lost`` does the work and loses the
    answer. ``asked``: method and path of each request."""

    url: str = ""
    faults: dict[str, list[str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)


@contextmanager
def real_api() -> Iterator[RealApi]:
    found = RealApi()
    handler = type("Handler", (_Handler,), {"api": found})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    found.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    api: RealApi

    def handle(self) -> None:
        try:
            super().handle()
        except ConnectionError:
            return  # the node was killed

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path, _, query = self.path.partition("?")
        self.api.asked.append(f"{self.command} {path}")
        waiting = self.api.faults.get(path)
        fault = waiting.pop(0) if waiting else ""
        if fault == "busy":
            self.close_connection = True
            self.send_error(503)
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = front().handle(HttpRequest(self.command, path, query, headers, body, "127.0.0.1"))
        if fault == "lost":
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, value in answer.headers:
            if name.lower() != "content-length":
                self.send_header(name, value)
        if answer.status not in (204, 304):
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, *_: object) -> None:
        pass
