"""A kept program is started again when it dies, and ends when it is told to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.local.processes import wait_for

_KEEPER = """
import asyncio, sys
from pathlib import Path
from sbc.node.keeper import Command, keep

async def drain():
    Path("draining").touch()
    await asyncio.sleep(float(sys.argv[2]))

sys.exit(asyncio.run(keep("program", lambda: Command(["sh", "-c", sys.argv[1]]), drain=drain)))
"""
LOYAL = "echo $$ >> started; exec sleep 1000"


class Kept:
    def __init__(self, directory: Path, program: str, *, drain_s: float = 0) -> None:
        self.directory = directory
        self.process = subprocess.Popen(
            [sys.executable, "-c", _KEEPER, program, str(drain_s)],
            cwd=directory, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdin=subprocess.DEVNULL,
        )  # fmt: skip

    @property
    def started(self) -> list[int]:
        path = self.directory / "started"
        return [int(line) for line in path.read_text().split()] if path.exists() else []

    def lives(self, pid: int) -> bool:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        return True


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[list[Kept]]:
    found: list[Kept] = []
    yield found
    for each in found:
        each.process.kill()
        each.process.wait()
        for pid in each.started:
            if each.lives(pid):
                os.kill(pid, signal.SIGKILL)


def test_a_killed_program_is_started_again(tmp_path: Path, kept: list[Kept]) -> None:
    one = Kept(tmp_path, LOYAL)
    kept.append(one)
    wait_for(lambda: len(one.started) == 1)

    os.kill(one.started[0], signal.SIGKILL)

    wait_for(lambda: len(one.started) == 2)
    assert one.process.poll() is None


def test_a_stop_waits_for_the_drain_while_the_program_goes_on(tmp_path: Path, kept: list[Kept]) -> None:
    one = Kept(tmp_path, LOYAL, drain_s=1000)
    kept.append(one)
    wait_for(lambda: len(one.started) == 1)

    one.process.send_signal(signal.SIGTERM)
    wait_for((tmp_path / "draining").exists)
    went_on = one.lives(one.started[0])
    one.process.send_signal(signal.SIGTERM)

    assert went_on
    assert one.process.wait(20) == 0
    assert not one.lives(one.started[0])


def test_a_program_that_ignores_the_end_is_killed_with_its_children(tmp_path: Path, kept: list[Kept]) -> None:
    one = Kept(tmp_path, "trap '' TERM; sleep 1000 & echo $$ $! >> started; while :; do sleep 1; done")
    kept.append(one)
    wait_for(lambda: len(one.started) == 2)

    one.process.send_signal(signal.SIGTERM)

    assert one.process.wait(30) == 0
    wait_for(lambda: not any(one.lives(pid) for pid in one.started))


def test_a_program_that_cant_stay_up_is_given_up(tmp_path: Path, kept: list[Kept]) -> None:
    one = Kept(tmp_path, "echo $$ >> started; exit 3")
    kept.append(one)

    assert one.process.wait(40) == 1
    assert len(one.started) == 8
