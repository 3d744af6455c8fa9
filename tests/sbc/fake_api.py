"""The API as a node sees it: parts, feed, acknowledgements and call records, with switches for what can go wrong."""

from __future__ import annotations

import gzip
import json
import threading
import time
from collections import Counter
from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from chalicelib.domain.ids import new_id

Body = dict[str, Any]


class FakeApi:
    """``down``: connections are closed unanswered; ``lose_answers``: records are stored but the answer is lost;
    ``raw``: bytes sent in place of a part; ``live_status``: the answer to reports of live state; ``rejected``: call ids
    it won't take; ``delay_s``: before each answer."""

    def __init__(self, bodies: Iterable[Body] = ()) -> None:
        self.parts: dict[str, Body] = {body["key"]: body for body in bodies}
        self._packed = {key: (body["version"], _pack(body)) for key, body in self.parts.items()}
        self.changes: list[tuple[str, str]] = []
        self.acknowledged: list[str] = []
        self.cdrs: dict[str, Body] = {}
        self.fetches: Counter[str] = Counter()
        self.received: Counter[str] = Counter()  # how often each record arrived
        self.batches: list[int] = []
        self.raw: dict[str, bytes] = {}
        self.rejected: set[str] = set()
        self.polls = 0  # of the change feed
        self.comparisons = 0  # of all versions
        self.live_reports: list[Body] = []
        self.live_status = 204
        self.down = False
        self.node_key = "node-key"
        self.lose_answers = False
        self.delay_s = 0.0
        self.changed = threading.Condition()
        self._ids = 0
        self._server: ThreadingHTTPServer | None = None

    def put(self, body: Body, *, change_at_ms: int | None = None, announce: bool = True) -> str:
        """A new version of a part, announced in the feed; the id of the change."""
        held = self.parts.get(body["key"])
        self.parts[body["key"]] = {**body, "version": (held["version"] if held else 0) + 1}
        return self.announce(body["key"], change_at_ms=change_at_ms) if announce else ""

    def announce(self, key: str, *, change_at_ms: int | None = None) -> str:
        self._ids += 1
        now_ms = time.time_ns() // 1_000_000 if change_at_ms is None else change_at_ms
        change_id = new_id("chg", now_ms=now_ms, random_bytes=self._ids.to_bytes(10, "big"))
        self.changes.append((change_id, key))
        self.changes.sort()
        return change_id

    def delete(self, key: str) -> str:
        del self.parts[key]
        return self.announce(key)

    def wait_polls(self, count: int) -> None:
        """So long that the node has asked for changes that often."""
        wanted = self.polls + count
        self.wait_for(lambda: self.polls >= wanted)

    def wait_for(self, condition: Any, *, timeout_s: float = 5.0) -> None:
        with self.changed:
            assert self.changed.wait_for(condition, timeout_s), "the node didn't do it in time"

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        handler = type("Handler", (_Handler,), {"api": self})
        self._server = _Server(("127.0.0.1", 0), handler)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()

    def answer(self, method: str, path: str, query: dict[str, str], body: bytes, held: str) -> tuple[int, bytes, str]:
        match method, path:
            case "GET", "/v1/sbc/parts":
                return self._part(query["key"], held)
            case "GET", "/v1/sbc/changes":
                self.polls += 1
                found = [{"id": i, "key": k} for i, k in self.changes if i > query.get("after", "")][:500]
                cursor = found[-1]["id"] if found else query.get("after", "")
                return 200, json.dumps({"changes": found, "cursor": cursor}).encode(), ""
            case "GET", "/v1/sbc/versions":
                self.comparisons += 1
                versions = {key: part["version"] for key, part in self.parts.items()}
                return 200, json.dumps({"versions": versions}).encode(), ""
            case "POST", _:
                return self._take(path, json.loads(body))
        return 404, b"{}", ""

    def _take(self, path: str, body: Body) -> tuple[int, bytes, str]:
        match path:
            case "/v1/sbc/acks":
                self.acknowledged.append(body["cursor"])
                return 204, b"", ""
            case "/v1/sbc/live":
                self.live_reports.append(body)
                return self.live_status, b"", ""
            case "/v1/sbc/cdrs":
                return self._records(body["cdrs"])
        return 404, b"{}", ""

    def _part(self, key: str, held: str) -> tuple[int, bytes, str]:
        self.fetches[key] += 1
        if key in self.raw:
            return 200, self.raw[key], ""
        part = self.parts.get(key)
        if part is None:
            return 404, b'{"code":"part_not_found"}', ""
        if held == f'"{part["version"]}"':
            return 304, b"", ""
        if self._packed.get(key, (0, b""))[0] != part["version"]:
            self._packed[key] = (part["version"], _pack(part))
        return 200, self._packed[key][1], "gzip"

    def _records(self, cdrs: list[Body]) -> tuple[int, bytes, str]:
        results = []
        self.batches.append(len(cdrs))
        for cdr in cdrs:
            call_id = cdr["call_id"]
            self.received[call_id] += 1
            if call_id in self.rejected or "*" in self.rejected:
                results.append({"call_id": call_id, "status": "rejected", "code": "unknown_tenant", "message": "no"})
                continue
            results.append({"call_id": call_id, "status": "duplicate" if call_id in self.cdrs else "stored"})
            self.cdrs.setdefault(call_id, cdr)
        return 200, json.dumps({"results": results}).encode(), ""


def _pack(body: Body) -> bytes:
    return gzip.compress(json.dumps(body).encode(), compresslevel=1)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # with the default of 5, concurrent connections wait a second for their second SYN


class _Handler(BaseHTTPRequestHandler):
    api: FakeApi
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._serve("GET")

    def do_POST(self) -> None:
        self._serve("POST")

    def handle(self) -> None:
        try:
            super().handle()
        except ConnectionError:
            return  # the hook was killed

    def _serve(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.api.down:
            self.close_connection = True
            return
        if self.api.delay_s:
            time.sleep(self.api.delay_s)  # the switch for a slow API
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        with self.api.changed:
            assert self.path == "/v1/sbc/enrol" or self.headers["Authorization"] == f"Bearer {self.api.node_key}"
            answer = self.api.answer(method, url.path, query, body, self.headers.get("If-None-Match", ""))
            self.api.changed.notify_all()
        if self.api.lose_answers and url.path == "/v1/sbc/cdrs":
            self.close_connection = True
            return
        self._send(*answer)

    def _send(self, status: int, body: bytes, encoding: str) -> None:
        self.send_response(status)
        self.send_header("x-amzn-RequestId", "request-of-api-gateway")
        if encoding:
            self.send_header("Content-Encoding", encoding)
        if status not in (204, 304):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass
