"""Programs that a measurement starts, each a process group of its own, and how they all end with it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from local.health import AnswersHttp, Check, wait_until_healthy
from local.programs import DYNOXIDE
from local.settings import ROOT

START_S = 20.0
STOP_S = 10.0


class BenchError(RuntimeError):
    """The measurement can't be made: a program doesn't start, or does something else than asked."""


def free_port() -> int:
    """Free for UDP and TCP, below the ephemeral ports, from which sockets of other programs come, and below those that
    media engines of others take at any moment."""
    for port in range(6_000 + os.getpid() * 7 % 2_000, 10_000):
        if port not in _GIVEN and _is_free(port):
            _GIVEN.add(port)
            return port
    raise BenchError("no free port")


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, socket.socket() as tcp:
        try:
            udp.bind(("127.0.0.1", port))
            tcp.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


_GIVEN: set[int] = set()


@dataclass
class Programs:
    """Logs lie in ``directory``; a program's process id is its group's."""

    directory: Path
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(
        self, name: str, argv: Sequence[str], *, check: Check | None = None, env: Mapping[str, str] | None = None
    ) -> int:
        """The process group. Returns when ``check`` passes."""
        with self.log(name).open("ab") as log:
            process = subprocess.Popen(
                argv,
                cwd=ROOT,
                env={**os.environ, **(env or {})},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.running[name] = process
        checks = {name: check} if check else {}
        if wait_until_healthy(checks, limit_s=START_S, alive=lambda: process.poll() is None):
            raise BenchError(f"{name} doesn't start: {self.log(name).read_text(errors='replace')[-3000:]}")
        return process.pid

    def start_python(self, name: str, *arguments: str, check: Check, env: Mapping[str, str] | None = None) -> int:
        return self.start(name, [sys.executable, "-m", *arguments], check=check, env=env)

    def start_dynoxide(self) -> str:
        """The URL of an empty database in memory."""
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        argv = [str(DYNOXIDE), "serve", "--host", "127.0.0.1", "--port", str(port)]
        self.start("dynoxide", argv, check=AnswersHttp(url))
        return url

    def log(self, name: str) -> Path:
        return self.directory / f"{name}.log"

    def stop(self) -> None:
        """The last one started first; whatever is left of a group is killed."""
        for process in reversed(self.running.values()):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=STOP_S)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.running.clear()


@contextlib.contextmanager
def running_programs(directory: Path) -> Iterator[Programs]:
    programs = Programs(directory)
    try:
        yield programs
    finally:
        programs.stop()
