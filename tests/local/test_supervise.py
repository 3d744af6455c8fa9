from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.process_groups import end_leftovers, find_members
from local.settings import ROOT, Paths
from local.supervise import Program, SupervisionError, Supervisor, render_config
from tests.local.processes import wait_for

# Writes its process id and waits; its child, which ignores the end of its parent, does too.
DUMMY = """
import os, signal, sys, time
from pathlib import Path
child = os.fork()
if child == 0:
    signal.pause()
Path(sys.argv[1] + ".child").write_text(str(child))
Path(sys.argv[1]).write_text(str(os.getpid()))
signal.pause()
"""


def lives(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def make_dummy(name: str, paths: Paths) -> Program:
    mark, script = paths.var / f"{name}.pid", paths.var / "dummy.py"
    script.write_text(DUMMY)
    return Program(name, [sys.executable, str(script), str(mark)], mark.exists, stop_limit_s=5)


def read_pid(name: str, paths: Paths) -> int:
    return int((paths.var / f"{name}.pid").read_text() or 0)


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    paths = Paths(tmp_path)
    paths.create()
    return paths


@pytest.fixture
def supervisor(paths: Paths) -> Iterator[Supervisor]:
    supervisor = Supervisor([make_dummy("first", paths), make_dummy("second", paths)], paths)
    supervisor.open()
    yield supervisor
    supervisor.close()


def test_programs_start_when_told_and_leave_no_process_when_closed(supervisor: Supervisor, paths: Paths) -> None:
    supervisor.start("first", "second", limit_s=15)
    members = find_members(paths.run, "first") + find_members(paths.run, "second")

    supervisor.close()

    assert len(members) == 4
    wait_for(lambda: not any(lives(pid) for pid in members))  # one that was killed takes a moment to die


def test_a_program_that_is_killed_comes_back_and_its_orphans_do_not_stay(supervisor: Supervisor, paths: Paths) -> None:
    supervisor.start("first", limit_s=15)
    before, child = read_pid("first", paths), int((paths.var / "first.pid.child").read_text())

    os.kill(before, signal.SIGKILL)
    wait_for(lambda: read_pid("first", paths) not in {0, before})

    assert lives(read_pid("first", paths))
    assert not lives(child)
    assert supervisor.find_state("second") == "STOPPED"


def test_a_program_that_never_gets_healthy_is_named_with_its_log(paths: Paths) -> None:
    sick = Program("sick", [sys.executable, "-c", "import signal; signal.pause()"], lambda: False)
    supervisor = Supervisor([sick], paths)
    supervisor.open()

    try:
        with pytest.raises(SupervisionError, match=r"sick.*sick\.log"):
            supervisor.start("sick", limit_s=0.5)
    finally:
        supervisor.close()


RUNNER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from local.settings import Paths
from tests.local.test_supervise import make_dummy
from local.supervise import Supervisor
import signal
paths = Paths(Path(sys.argv[1]))
supervisor = Supervisor([make_dummy("first", paths)], paths)
supervisor.open()
supervisor.start("first", limit_s=15)
(paths.var / "runs").touch()
signal.pause()
"""


def test_when_the_runner_is_killed_the_supervisor_and_its_programs_end(paths: Paths) -> None:
    runner = subprocess.Popen([sys.executable, "-c", RUNNER, str(paths.var), str(ROOT)], cwd=ROOT)
    wait_for((paths.var / "runs").exists)
    supervisord = int((paths.run / "supervisord.pid").read_text())
    program = read_pid("first", paths)

    runner.kill()
    runner.wait()

    wait_for(lambda: not lives(supervisord))
    wait_for(lambda: not lives(program))
    end_leftovers(paths.run, "first")  # the dummy's child ignores the end of its parent


def test_when_the_supervisor_is_killed_its_programs_end_and_the_next_start_clears_the_rest(paths: Paths) -> None:
    supervisor = Supervisor([make_dummy("first", paths)], paths)
    supervisor.open()
    supervisor.start("first", limit_s=15)
    program, child = read_pid("first", paths), int((paths.var / "first.pid.child").read_text())

    os.kill(int((paths.run / "supervisord.pid").read_text()), signal.SIGKILL)
    wait_for(lambda: not lives(program))
    supervisor.end_leftovers()

    wait_for(lambda: not lives(child))
    assert not supervisor.is_alive()


def test_percent_signs_and_quotes_reach_a_program_as_they_are(paths: Paths) -> None:
    told = paths.var / "told"
    writer = "import os, sys; open(sys.argv[1], 'w').write(sys.argv[2] + os.environ['GIVEN'])"
    program = Program(
        "writer", [sys.executable, "-c", writer, str(told), '%d "a" b'], told.exists, env={"GIVEN": '%s"x\\y'}
    )
    supervisor = Supervisor([program], paths)

    supervisor.open()
    supervisor.start("writer", limit_s=15)
    wait_for(lambda: told.read_text() == '%d "a" b%s"x\\y')
    supervisor.close()

    assert "[program:writer]" in render_config([program], paths)


def test_a_data_directory_too_deep_for_a_socket_is_refused_in_words(tmp_path: Path) -> None:
    deep = Paths(tmp_path / ("d" * 120))
    deep.create()

    with pytest.raises(SupervisionError, match="shorter data directory"):
        Supervisor([], deep).open()
