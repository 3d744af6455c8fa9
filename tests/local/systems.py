"""A whole embedded system of a test's own: its data directory and its ports."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from local.process_groups import find_members
from local.settings import PORTS_PER_COPY, ROOT, Paths, Settings, derive_ports, find_used_ports, load_settings

NAMES = ("dynoxide", "gateway", "rtpengine", "api", "scheduler", "hook", "kamailio")


@dataclass(frozen=True)
class System:
    paths: Paths
    base: int

    @property
    def settings(self) -> Settings:
        return load_settings(self.paths, {})

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        environ = {**os.environ, "PATCHBAY_VAR": str(self.paths.var), "PATCHBAY_PORT_BASE": str(self.base)}
        return subprocess.run(
            [sys.executable, "-m", "local.run", *arguments],
            cwd=ROOT,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def is_healthy(self) -> bool:
        return self.run("--status").returncode == 0

    def members(self, *names: str) -> list[int]:
        return [pid for name in names or ("supervisor", *NAMES) for pid in find_members(self.paths.run, name)]


def find_free_base() -> int:
    """The first of the bases whose ports are all free and which no other test process has taken for a system that is
    still to start; below Linux's ephemeral range."""
    for base in range(13500, 30500, PORTS_PER_COPY):
        if not find_used_ports(Settings(**derive_ports(str(base)))) and _reserve(base):
            return base
    raise AssertionError("no free range of ports")


def _reserve(base: int) -> bool:
    """Until it is released, or this process ends."""
    if base in _reserved:
        return False
    file = (Path(tempfile.gettempdir()) / f"patchbay-test-ports-{base}").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return False
    _reserved[base] = file
    return True


_reserved: dict[int, TextIO] = {}


def release(base: int) -> None:
    if base in _reserved:
        _reserved.pop(base).close()


@contextmanager
def run_system(var: Path) -> Iterator[System]:
    system = System(Paths(var), find_free_base())
    started = system.run("--background")
    try:
        assert started.returncode == 0, started.stdout + started.stderr
        yield system
    finally:
        system.run("--stop")
        release(system.base)
        assert system.members() == []
