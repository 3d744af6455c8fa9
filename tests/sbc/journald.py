"""A systemd-journald of a test's own: real, in a mount namespace with its own /run and /var/log, without any rights."""

from __future__ import annotations

import shlex
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.conftest import ROOT
from tests.local.processes import wait_for

_START = """
set -e
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /var/log
mkdir -p /run/systemd/journal /var/log/journal
touch /run/systemd/journal/flushed
echo 0123456789abcdef0123456789abcdef >/run/machine-id
mount --bind /run/machine-id /etc/machine-id
exec /usr/lib/systemd/systemd-journald
"""


@dataclass
class Journald:
    log: Path
    process: subprocess.Popen[bytes] = field(init=False)

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(["unshare", "-Ur", "--mount", "sh", "-c", _START], stdout=log, stderr=log)
        wait_for(self._listens, limit_s=30)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()

    def _listens(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        if not (self._root / "run/machine-id").exists():
            return False  # still this machine's /run, which may have a journald, too
        with socket.socket(socket.AF_UNIX) as stream:
            return stream.connect_ex(str(self._socket)) == 0

    @property
    def _root(self) -> Path:
        return Path(f"/proc/{self.process.pid}/root")

    @property
    def _socket(self) -> Path:
        return self._root / "run/systemd/journal/stdout"

    def write(self, identifier: str, content: bytes) -> None:
        """As a service with that ``SyslogIdentifier`` does on its standard output; the journal has it then.

        Connected as systemd does: identifier, unit, priority, level prefix, three times forwarding."""
        expected = self._count(identifier) + len(content.splitlines())
        with socket.socket(socket.AF_UNIX) as stream:
            stream.connect(str(self._socket))
            stream.sendall(f"{identifier}\n\n6\n0\n0\n0\n0\n".encode() + content)
        wait_for(lambda: self._count(identifier) >= expected, limit_s=60)

    def _count(self, identifier: str) -> int:
        return len(self.control("--quiet", "--output=json", f"--identifier={identifier}").splitlines())

    def inside(self, *argv: str) -> list[str]:
        """The command that runs another where this journal is the machine's, as root of it."""
        enter = ["nsenter", "--preserve-credentials", "--user", "--mount", "-t", str(self.process.pid)]
        return [*enter, "sh", "-c", f'cd {shlex.quote(str(ROOT))} && exec {shlex.join(argv)} "$@"', "sh"]

    def control(self, *arguments: str) -> str:
        done = subprocess.run(
            self.inside("journalctl", *arguments), capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stderr + self.log.read_text()
        return done.stdout

    def report(self) -> str:
        return self.control("--quiet")

    def run(self, *argv: str, log: Path, environment: dict[str, str]) -> subprocess.Popen[Any]:
        with log.open("ab") as output:
            return subprocess.Popen(self.inside(*argv), stdout=output, stderr=output, env=environment)


@contextmanager
def a_journald(directory: Path) -> Iterator[Journald]:
    journald = Journald(directory / "journald.log")
    journald.start()
    try:
        yield journald
    finally:
        journald.stop()
