"""Kamailio and rtpengine as in production, with a fake hook, in a directory and on ports of their own."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sbc.kamailio import render
from sbc.settings import SbcSettings, read_settings
from tests.ports import free_port, rtp_ports
from tests.sip.fake_hook import FakeHook

DOMAIN = "sbc.test"


STARTS_WITHIN_S = 30.0  # on a machine that does other things too


def wait_until(condition: Callable[[], Any], *, what: str, timeout_s: float = 8.0) -> Any:
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.02)
    raise AssertionError(f"{what}: not within {timeout_s} s")


@dataclass
class Stack:
    settings: SbcSettings
    hook: FakeHook
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def sip(self) -> str:
        return f"{self.settings.sip_address}:{self.settings.sip_port}"

    def start_rtpengine(self) -> None:
        self._spawn("rtpengine", render.rtpengine_command(self.settings), {})
        self._wait_for_start("rtpengine", lambda: self.media("ping").startswith(b"d6:result4:pong"))

    def start_kamailio(self) -> None:
        render.prepare_kamailio(self.settings)
        command, environment = render.kamailio_command(self.settings)
        self._spawn("kamailio", command, environment)
        self._wait_for_start("kamailio", lambda: self.rpc("core.uptime") is not None and self._answers_options())

    def kill(self, name: str, sent: signal.Signals = signal.SIGKILL) -> None:
        process = self.processes.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, sent)
        process.wait(timeout=10)
        # its children hold its ports until they are gone too
        wait_until(lambda: not _group_lives(process.pid), what=f"{name} ended whole")

    def stop(self) -> None:
        for name in list(self.processes):
            self.kill(name)
        self.hook.stop()

    def rpc(self, method: str, *params: Any) -> Any:
        """The result of a JSON-RPC request; None if there is no answer."""
        own = self.settings.run_dir / f"rpc{uuid.uuid4().hex[:8]}"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as client:
            try:
                client.bind(str(own))
                client.settimeout(1)
                request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": list(params)}
                client.sendto(json.dumps(request).encode(), str(self.settings.rpc_socket))
                return json.loads(client.recv(1 << 20)).get("result")
            except OSError:
                return None
            finally:
                own.unlink(missing_ok=True)

    def media(self, command: str) -> bytes:
        """rtpengine's answer to a command without arguments (bencoded); empty if there is none."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.settimeout(0.5)
            body = f"d7:command{len(command)}:{command}e"
            try:
                client.sendto(f"{uuid.uuid4().hex} {body}".encode(), ("127.0.0.1", self.settings.rtpengine_ng_port))
                return client.recv(65536).split(b" ", 1)[1]
            except OSError:
                return b""

    def media_calls(self) -> int:
        """Calls rtpengine knows; -1 if it doesn't answer."""
        answer = self.media("statistics")
        found = re.search(rb"13:sessionstotali(\d+)e", answer)
        return int(found.group(1)) if found else -1

    def log(self, name: str = "kamailio") -> str:
        path = self.settings.run_dir / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def report(self) -> str:
        requests = "\n".join(f"{each.at:.3f} {each.path} {each.text}" for each in self.hook.requests)
        return (
            f"--- hook\n{requests}\n--- kamailio\n{self.log()[-20000:]}\n--- rtpengine\n{self.log('rtpengine')[-4000:]}"
        )

    def _spawn(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        with (self.settings.run_dir / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env={**os.environ, **environment},
                start_new_session=True,
            )  # fmt: skip

    def _wait_for_start(self, name: str, answers: Callable[[], bool]) -> None:
        def answers_or_ended() -> bool:
            return answers() or self.processes[name].poll() is not None

        try:
            wait_until(answers_or_ended, what=f"{name} answers", timeout_s=STARTS_WITHIN_S)
        except AssertionError as error:
            raise AssertionError(f"{error}:\n{self.log(name)}") from None
        if (status := self.processes[name].poll()) is not None:
            raise AssertionError(f"{name} ended with status {status} at its start:\n{self.log(name)}")

    def _answers_options(self) -> bool:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.bind(("127.0.0.1", 0))
            client.settimeout(0.3)
            here = "{}:{}".format(*client.getsockname())
            request = (
                f"OPTIONS sip:{self.sip} SIP/2.0\r\nVia: SIP/2.0/UDP {here};branch=z9hG4bK{uuid.uuid4().hex}\r\n"
                f"From: <sip:t@{here}>;tag=1\r\nTo: <sip:{self.sip}>\r\nCall-ID: {uuid.uuid4().hex}\r\n"
                "CSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
            )
            try:
                client.sendto(request.encode(), (self.settings.sip_address, self.settings.sip_port))
                return client.recv(4096).startswith(b"SIP/2.0 200")
            except OSError:
                return False


def _group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


@contextlib.contextmanager
def running_stack(run_dir: Path, **overrides: Any) -> Iterator[Stack]:
    run_dir.mkdir(parents=True, exist_ok=True)
    rtp = rtp_ports()
    content = {
        "run_dir": str(run_dir),
        "sip_port": free_port(),
        "hook_port": free_port(),
        "rtpengine_ng_port": free_port(),
        "rtpengine_cli_port": free_port(),
        "rtp_port_min": rtp[0],
        "rtp_port_max": rtp[1],
        "sip_workers": 2,
        "hook_workers": 6,
        "shared_memory_mb": 64,
        "process_memory_mb": 8,
        **overrides,
    }
    settings = read_settings(content)
    stack = Stack(settings=settings, hook=FakeHook(port=settings.hook_port))
    try:
        stack.hook.start()
        stack.start_rtpengine()
        stack.start_kamailio()
        yield stack
    finally:
        stack.stop()
