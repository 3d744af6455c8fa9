"""Kamailio as a deployed node keeps it, ``python -m sbc.node run kamailio``, beside a fake hook and rtpengine."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sbc.kamailio.render import build_preload
from sbc.node.parts import make_sbc_settings
from sbc.node.settings import NodeSettings, read_node_settings
from tests.conftest import ROOT
from tests.ports import free_port, rtp_ports
from tests.sip.fake_hook import FakeHook
from tests.sip.stack import DOMAIN, Stack, wait_until


@dataclass
class KeptNode:
    environment: dict[str, str]
    stack: Stack
    log: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def settings(self) -> NodeSettings:
        return read_node_settings(self.environment)

    def command(self, *arguments: str) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "sbc.node", *arguments],
                cwd=ROOT, env={**os.environ, **self.environment}, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip

    def start(self) -> None:
        self.process = self.command("run", "kamailio")
        self.wait_healthy()

    def wait_healthy(self) -> None:
        wait_until(lambda: self.command("health", "kamailio").wait(20) == 0, what="kamailio is healthy", timeout_s=40)

    def stop(self, *, within_s: float = 40.0) -> int:
        """The exit status after a SIGTERM."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=within_s)

    def end(self) -> None:
        if self.process is not None and self.process.poll() is None:
            for _ in range(2):  # the second signal cuts a drain short
                self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=20)
        self.stack.stop()

    def report(self) -> str:
        return f"--- kamailio\n{self.log.read_text(errors='replace')[-20000:]}\n{self.stack.report()}"


def node_environment(directory: Path, **changes: str) -> dict[str, str]:
    """Of a node on loopback with ports of its own."""
    ports = ("SIP_PORT", "TLS_PORT", "WSS_PORT", "HOOK_PORT", "RTPENGINE_NG_PORT", "RTPENGINE_CLI_PORT")
    fixed = {
        "API_URL": "http://127.0.0.1:9",
        "STATE_DIR": str(directory / "state"),
        "RUN_DIR": str(directory / "run"),
        "PRELOAD": str(directory / "preload.so"),
        "SIP_ADDRESS": "127.0.0.1",
        "RTP_PORTS": "{}-{}".format(*rtp_ports()),
        "SBC_SETTINGS": '{"sip_workers": 2, "hook_workers": 4, "shared_memory_mb": 64, "process_memory_mb": 8}',
    }
    values = fixed | {name: str(free_port()) for name in ports} | changes
    return {f"PATCHBAY_{name}": value for name, value in values.items()}


@contextlib.contextmanager
def kept_node(directory: Path, **changes: str) -> Iterator[KeptNode]:
    environment = node_environment(directory, **changes)
    settings = make_sbc_settings(read_node_settings(environment))
    settings.run_dir.mkdir(parents=True)
    (directory / "state").mkdir()
    build_preload(dataclasses.replace(settings, run_dir=directory, preload=None))
    stack = Stack(settings=settings, hook=FakeHook(port=settings.hook_port))
    for user in ("alice", "bob", "carol", "dave"):
        stack.hook.passwords[f"{user}@{DOMAIN}"] = (f"{user}-sip", f"{user}-softphone")
    node = KeptNode(environment=environment, stack=stack, log=directory / "node.log")
    try:
        stack.hook.start()
        stack.start_rtpengine()
        node.start()
        yield node
    finally:
        node.end()
