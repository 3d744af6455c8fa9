"""Helpers for tests that start programs: free ports, waiting for conditions, gateways of one's own."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from local.health import HttpCheck
from local.settings import ROOT
from tests.ports import free_port


def wait_for(condition: Callable[[], bool], *, limit_s: float = 15) -> None:
    deadline = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


@dataclass(frozen=True)
class GatewayClient:
    url: str
    host: str
    sip_port: int

    def request(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        content = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=content, method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                answered = response.read()
                return response.status, json.loads(answered) if answered else None
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read())

    def place(self, **order: object) -> str:
        status, record = self.request("POST", "/calls", order)
        assert status == 201, record
        return str(record["id"])

    def get_calls(self) -> list[dict[str, Any]]:
        return list(self.request("GET", "/calls")[1]["calls"])

    def wait_until_ended(self, call_id: str) -> dict[str, Any]:
        wait_for(lambda: self.request("GET", f"/calls/{call_id}")[1]["state"] == "ended", limit_s=30)
        record: dict[str, Any] = self.request("GET", f"/calls/{call_id}")[1]
        return record


@contextlib.contextmanager
def run_gateway(*, host: str, sip_port: int, peer: tuple[str, int]) -> Iterator[GatewayClient]:
    http_port = free_port()
    argv = [sys.executable, "-m", "local.gateway", "--sip", f"{host}:{sip_port}", "--http", f"127.0.0.1:{http_port}"]
    process = subprocess.Popen([*argv, "--peer", f"{peer[0]}:{peer[1]}"], cwd=ROOT)
    client = GatewayClient(f"http://127.0.0.1:{http_port}", host, sip_port)
    try:
        wait_for(HttpCheck(f"{client.url}/health"))
        yield client
    finally:
        process.terminate()
        assert process.wait(timeout=10) == 0
