"""A real hook process with its settings, and a client that speaks to it as Kamailio does."""

from __future__ import annotations

import http.client
import json
import os
import select
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any, Self

from tests.conftest import ROOT
from tests.domain.snapshots import DOMAIN, SBC_ID
from tests.ports import free_port

SEAL_KEY = bytes(range(32))


def write_settings(directory: Path, *, api_url: str, kamailio: Path, **changes: Any) -> Path:
    (directory / "seal.key").write_text(SEAL_KEY.hex())
    (directory / "node.key").write_text("node-key\n")
    settings = {
        "sbc_id": SBC_ID,
        "node": "n1",
        "listen_port": free_port(),
        "data_dir": str(directory / "data"),
        "seal_key_file": str(directory / "seal.key"),
        "node_key_file": str(directory / "node.key"),
        "kamailio_socket": str(kamailio),
        "api_url": api_url,
        "poll_interval_s": 0.1,
        "upload_interval_s": 0.05,
        "upload_backoff_s": 0.3,
        "negative_ttl_s": 0.5,
        **changes,
    }
    path = directory / "settings.json"
    path.write_text(json.dumps(settings))
    return path


class HookProcess:
    def __init__(self, settings: Path) -> None:
        self._settings = settings
        self.port = json.loads(settings.read_text())["listen_port"]
        self._process: subprocess.Popen[bytes] | None = None
        self.log = settings.parent / "hook.log"
        self.output = settings.parent / "hook.out"  # standard output: metrics
        self.journal = settings.parent / "data/journal.sqlite"

    def start(self, *, wait_for_parts: bool = True) -> None:
        with self.log.open("ab") as log, self.output.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "sbc.hook", self._settings], cwd=ROOT, stdout=output, stderr=log
            )
        for _ in range(500):
            if self._answers(healthy=wait_for_parts):
                return
            select.select([], [], [], 0.02)
        raise AssertionError(self.log.read_text())

    def _answers(self, *, healthy: bool) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.log.read_text()
        try:
            return self.get("/health")[0] == 200 or not healthy
        except OSError:
            return False

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> int:
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(10)

    def cpu_s(self) -> float:
        assert self._process is not None
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def get(self, path: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None and self._process.poll() is None:
            self.kill()


class HookClient:
    """One kept connection, as one of Kamailio's workers has it."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            self._connection.connect()
        except OSError:
            self._connection.close()
            raise
        self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self) -> None:
        self._connection.close()

    def post(self, path: str, body: Any) -> tuple[int, Any]:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self._connection.request("POST", path, data, {"Content-Type": "application/json"})
        answer = self._connection.getresponse()
        content = answer.read()
        return answer.status, json.loads(content) if content.startswith(b"{") else content

    def invite(self, dialled: str, *, user: str = "alice", sip_call_id: str = "c1", **fields: Any) -> Any:
        status, answer = self.post("/route", phone_invite(dialled, user=user, sip_call_id=sip_call_id, **fields))
        assert status == 200
        return answer

    def failed(self, call_id: str, stage: int, status: int, *, local: bool = False, **fields: Any) -> Any:
        body = {"event": "failed", "call_id": call_id, "stage": stage, "status": status, "local": local, **fields}
        return self.post("/route", body)[1]

    def event(self, event: str, call_id: str, **fields: Any) -> int:
        return self.post("/events", {"event": event, "call_id": call_id, **fields})[0]


def phone_invite(dialled: str, *, user: str = "alice", sip_call_id: str = "c1", **fields: Any) -> dict[str, Any]:
    return {
        "event": "invite",
        "source": "phone",
        "user": user,
        "domain": DOMAIN,
        "dialled": dialled,
        "src_ip": "198.51.100.7",
        "src_port": 5060,
        "transport": "udp",
        "sip_call_id": sip_call_id,
        "calling": user,
        "display": "",
        "privacy": False,
        "user_agent": "test phone",
        **fields,
    }


def gateway_invite(dialled: str, *, src_ip: str = "192.0.2.1", **fields: Any) -> dict[str, Any]:
    source = {"source": "gateway", "user": "", "domain": "", "src_ip": src_ip, "calling": "+447400123456"}
    return {**phone_invite(dialled), **source, **fields}
