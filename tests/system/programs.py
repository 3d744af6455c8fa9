"""Stops, starts and kills programs of a running system, and asks Kamailio and the hook what they know."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import urllib.request
import uuid
import xmlrpc.client
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from supervisor.xmlrpc import SupervisorTransport

from local.process_groups import group_file
from local.programs import make_services, make_stores
from local.supervise import Program
from tests.local.processes import wait_for
from tests.local.systems import System


@dataclass(frozen=True)
class Programs:
    system: System

    def kill(self, name: str) -> None:
        """``kill -9`` of the main process; returns when supervision has started another."""
        before = group_file(self.system.paths.run, name).read_text()
        os.kill(self.pid(name), signal.SIGKILL)
        wait_for(lambda: group_file(self.system.paths.run, name).read_text() != before, limit_s=20)

    def pid(self, name: str) -> int:
        return int(self._call("getProcessInfo", name)["pid"])

    @contextlib.contextmanager
    def stopped(self, name: str) -> Iterator[None]:
        """Without this program inside; it is healthy again afterwards."""
        self._call("stopProcess", name)
        try:
            yield
        finally:
            self.start(name)

    def start(self, name: str) -> None:
        self._call("startProcess", name)
        self.wait_healthy(name)

    def wait_healthy(self, *names: str, limit_s: float = 30) -> None:
        for name in names:
            wait_for(self.find(name).check, limit_s=limit_s)

    def find(self, name: str) -> Program:
        settings, paths = self.system.settings, self.system.paths
        programs = (*make_stores(settings, paths), *make_services(settings, paths))
        return next(program for program in programs if program.name == name)

    def log(self, name: str, *, last: int = 6000) -> str:
        path = self.system.paths.log / f"{name}.log"
        return path.read_text(errors="replace")[-last:] if path.exists() else ""

    def rpc(self, method: str, *params: Any) -> Any:
        """The result of Kamailio's JSON-RPC; None when it refuses."""
        own = self.system.paths.sbc / f"t{uuid.uuid4().hex[:6]}"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as client:
            try:
                client.bind(str(own))
                client.settimeout(2)
                request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": list(params)}
                client.sendto(json.dumps(request).encode(), str(self.system.paths.sbc / "kamailio.rpc"))
                return json.loads(client.recv(1 << 20)).get("result")
            finally:
                own.unlink(missing_ok=True)

    def is_registered(self, user: str, domain: str) -> bool:
        return bool(self.rpc("ul.lookup", "location", f"{user}@{domain}"))

    def dialogs(self) -> int:
        return len(self.rpc("dlg.briefing", "c") or ())

    def hook(self, path: str) -> str:
        with urllib.request.urlopen(f"{self.system.settings.hook_url}{path}", timeout=5) as response:
            return str(response.read().decode())

    def metric(self, name: str) -> float:
        """0 while the hook hasn't counted any."""
        found = re.search(rf"^{re.escape(name)} (\S+)$", self.hook("/metrics"), re.MULTILINE)
        return float(found[1]) if found else 0.0

    def live_calls(self) -> list[dict[str, Any]]:
        return list(json.loads(self.hook("/calls"))["calls"])

    def report(self) -> str:
        return "\n".join(f"--- {name}\n{self.log(name)}" for name in ("hook", "kamailio", "api", "rtpengine"))

    def _call(self, method: str, *arguments: Any) -> Any:
        transport = SupervisorTransport(None, None, serverurl=f"unix://{self.system.paths.run / 'supervisor.sock'}")
        proxy = xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport)
        try:
            return getattr(proxy.supervisor, method)(*arguments)
        finally:
            transport.close()
