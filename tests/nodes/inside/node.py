"""One node of the SBC, all of whose programs run in its network namespace: Kamailio, rtpengine, hook."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.health import HttpCheck, RtpengineCheck
from local.settings import ROOT
from sbc.kamailio import render
from sbc.settings import SbcSettings, read_settings
from tests.local.processes import wait_for
from tests.nodes.inside.cloud import SIP_PORT
from tests.nodes.inside.network import CLOUD, PRIVATE, SERVICE, inside

WEBSOCKET_PORT = 8088
WSS_PORT = 8089
TLS_PORT = 5061
HOOK_PORT = 9000
HOOK_URL = f"http://127.0.0.1:{HOOK_PORT}"
NG_PORT = 9001
COUNTS_PORT = 7000
MAX_CONTACTS = 4
DESK_PHONE_S = 10  # a desk phone may register for so short a time, and then does it anew in the middle of a test
PROGRAMS = ("rtpengine", "hook", "kamailio")


@dataclass
class Node:
    name: str
    home: Path
    keys: dict[str, str]  # of Cloud.enrol
    others: tuple[str, ...]  # of its SBC
    certificate: tuple[Path, Path]  # and its key
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        self.settings = self._sbc_settings()
        self._write_hook_settings()

    @property
    def sip(self) -> tuple[str, int]:
        return SERVICE[self.name], SIP_PORT

    @property
    def phone_addresses(self) -> list[str]:
        return [SERVICE[name] for name in sorted((self.name, *self.others))]

    # -- its programs

    def start(self, *names: str) -> None:
        for name in names or PROGRAMS:
            self._start(name)
        for name in names or PROGRAMS:
            wait_for(lambda name=name: self._is_well(name), limit_s=30)  # type: ignore[misc]

    def kill(self, *names: str) -> None:
        """``kill -9`` of every process of these programs, all at once."""
        ended = [self.processes.pop(name) for name in names or PROGRAMS if name in self.processes]
        for process in ended:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        for process in ended:
            process.wait()
            wait_for(lambda process=process: not _group_lives(process.pid))  # type: ignore[misc]

    def get_new_disk(self) -> None:
        """Of a node that doesn't run: nothing it wrote is there."""
        assert not self.processes
        shutil.rmtree(self.home)
        self.__post_init__()

    def log(self, name: str, *, last: int = 12000) -> str:
        path = self.home / f"{name}.log"
        return path.read_text(errors="replace")[-last:] if path.exists() else ""

    # -- what it knows

    def rpc(self, method: str, *params: Any) -> Any:
        """The result of Kamailio's JSON-RPC; None when it refuses, or isn't there."""
        own = self.home / f"t{uuid.uuid4().hex[:6]}"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as client:
            try:
                client.bind(str(own))
                client.settimeout(5)
                request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": list(params)}
                client.sendto(json.dumps(request).encode(), str(self.settings.rpc_socket))
                return json.loads(client.recv(1 << 20)).get("result")
            except OSError:
                return None
            finally:
                own.unlink(missing_ok=True)

    def contacts(self, aor: str) -> list[dict[str, Any]]:
        found = self.rpc("ul.lookup", "location", aor)
        return [each["Contact"] for each in found["Contacts"]] if found else []

    def holder_of(self, address: str) -> str:
        """By whose private address Kamailio finds its ways (FIND_HOLDER); empty if it doesn't know."""
        found = self.rpc("htable.get", "here", address) or self.rpc("htable.get", "holder", address)
        return str(found["item"]["value"]) if found else ""

    def awaits_nothing(self) -> bool:
        """No request of Kamailio's is without a final reply."""
        found = self.rpc("tm.stats")
        return bool(found) and int(found["current"]) == int(found["waiting"])

    def dialogs(self) -> int:
        return len(self.rpc("dlg.briefing", "c") or ())

    def hook(self, path: str) -> str:
        with inside(self.name), urllib.request.urlopen(f"{HOOK_URL}{path}", timeout=5) as response:
            return str(response.read().decode())

    def metric(self, name: str) -> float:
        found = re.search(rf"^{re.escape(name)} (\S+)$", self.hook("/metrics"), re.MULTILINE)
        return float(found[1]) if found else 0.0

    def live_calls(self) -> list[dict[str, Any]]:
        return list(json.loads(self.hook("/calls"))["calls"])

    def counts(self) -> dict[str, Any]:
        return dict(json.loads(self.hook("/counters")))

    # -- inside

    def _start(self, name: str) -> None:
        environment: dict[str, str] = {}
        match name:
            case "rtpengine":
                command = render.rtpengine_command(self.settings)
            case "hook":
                command = [sys.executable, "-m", "sbc.hook", str(self.home / "hook.json")]
            case _:
                with inside(self.name):
                    render.prepare_kamailio(self.settings)
                command, environment = render.kamailio_command(self.settings)
        with (self.home / f"{name}.log").open("ab") as log, inside(self.name):
            self.processes[name] = subprocess.Popen(
                command, cwd=ROOT, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                env={**os.environ, **environment}, start_new_session=True,
            )  # fmt: skip

    def _is_well(self, name: str) -> bool:
        assert self.processes[name].poll() is None, f"{name} of {self.name} ended: {self.log(name)}"
        if name == "kamailio":
            return bool(self.rpc("core.uptime"))
        check = RtpengineCheck("127.0.0.1", NG_PORT) if name == "rtpengine" else HttpCheck(f"{HOOK_URL}/health")
        with inside(self.name):
            return check()

    def _sbc_settings(self) -> SbcSettings:
        return read_settings(
            {
                "run_dir": str(self.home),
                "sip_address": SERVICE[self.name],
                "sip_port": SIP_PORT,
                "hook_port": HOOK_PORT,
                "rtpengine_ng_port": NG_PORT,
                "rtpengine_cli_port": 9002,
                "rtp_port_min": 20000,
                "rtp_port_max": 20398,
                "sip_workers": 2,
                "hook_workers": 4,
                "shared_memory_mb": 64,
                "process_memory_mb": 8,
                "websocket": {
                    "port": WEBSOCKET_PORT,
                    "tls_port": WSS_PORT,
                    "certificate": str(self.certificate[0]),
                    "private_key": str(self.certificate[1]),
                },
                "tls": {"port": TLS_PORT},
                "timers": {"nat_ping_s": 2, "location_timer_s": 1, "min_expires_s": DESK_PHONE_S},
                "limits": {"max_contacts": MAX_CONTACTS},
                "peers": [PRIVATE[name] for name in self.others],
                "peer_address": PRIVATE[self.name],
                "service_addresses": self.phone_addresses,
            }
        )

    def _write_hook_settings(self) -> None:
        for name in ("node_key", "seal_key"):
            (self.home / name).write_text(self.keys[name])
        content = {
            "sbc_id": self.keys["sbc_id"],
            "node": self.name,
            "data_dir": str(self.home / "hook"),
            "seal_key_file": str(self.home / "seal_key"),
            "node_key_file": str(self.home / "node_key"),
            "kamailio_socket": str(self.settings.rpc_socket),
            "listen_port": HOOK_PORT,
            "api_url": f"http://{CLOUD}:8080",
            "rtpengine_ng_port": NG_PORT,
            "location_db": str(self.settings.location_db),
            "peers": [f"{PRIVATE[name]}:{COUNTS_PORT}" for name in self.others],
            "peer_listen": f"{PRIVATE[self.name]}:{COUNTS_PORT}",
            "peer_hold_s": 5.0,
            "service_addresses": self.phone_addresses,
            "reconcile_interval_s": 2.0,
            "reconcile_grace_s": 3.0,
        }
        (self.home / "hook.json").write_text(json.dumps(content))


def _group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
