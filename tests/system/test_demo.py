"""The guide's sixteen steps on a whole system, twice, and what is left after a restart."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.demo.api import Api
from local.demo.isp_steps import login_of
from local.demo.state import EXTERNAL
from local.settings import ROOT
from tests.local.systems import System, run_system

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with run_system(tmp_path_factory.mktemp("demo") / "var") as system:
        yield system


@pytest.fixture(scope="module")
def runs(system: System, tmp_path_factory: pytest.TempPathFactory) -> list[list[dict[str, Any]]]:
    """The steps of two runs, one after the other."""
    directory = tmp_path_factory.mktemp("reports")
    return [walk(system, directory / f"{number}.json") for number in (1, 2)]


def walk(system: System, report: Path) -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "local.demo", "--report", str(report)],
        cwd=ROOT,
        env={**os.environ, "PATCHBAY_VAR": str(system.paths.var), "PATCHBAY_PORT_BASE": str(system.base)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    steps: list[dict[str, Any]] = json.loads(report.read_text())["steps"]
    return steps


def log_in(system: System, steps: list[dict[str, Any]]) -> Api:
    (namespace,) = re.findall(r"namespace (demo-\w+)", steps[0]["evidence"])
    public = Api(system.settings.http_url)
    return public.with_token(public.post("/auth/login", login_of(namespace))["access_token"])


def external_calls(isp: Api) -> list[tuple[str, str]]:
    calls = isp.pages("/calls", result="answered")
    return [(call["call_id"], call["amount"]) for call in calls if call["dialled"] == EXTERNAL]


def test_every_step_succeeds_each_time(runs: list[list[dict[str, Any]]]) -> None:
    for steps in runs:
        assert [step["step"] for step in steps] == list(range(1, 17))
        assert all(step["ok"] and step["evidence"] for step in steps)


def test_a_run_is_done_in_a_minute(runs: list[list[dict[str, Any]]]) -> None:
    assert all(sum(step["seconds"] for step in steps) < 60 for steps in runs)


def test_a_system_that_ran_before_the_demo_runs_after_it(system: System, runs: list[list[dict[str, Any]]]) -> None:
    assert runs
    assert system.is_healthy()


def test_a_second_copy_is_healthy_beside_the_first(system: System, tmp_path: Path) -> None:
    with run_system(tmp_path / "var") as second:
        assert second.is_healthy()
        assert system.is_healthy()


def test_login_and_charged_call_survive_a_restart(system: System, runs: list[list[dict[str, Any]]]) -> None:
    before = [external_calls(log_in(system, steps)) for steps in runs]

    stopped, started = system.run("--stop"), system.run("--background")

    assert (stopped.returncode, started.returncode) == (0, 0)
    assert [external_calls(log_in(system, steps)) for steps in runs] == before
    assert all(len(calls) == 1 and float(calls[0][1]) > 0 for calls in before)


def test_a_restarted_system_passes_calls(system: System, runs: list[list[dict[str, Any]]], tmp_path: Path) -> None:
    assert runs

    steps = walk(system, tmp_path / "again.json")

    assert all(step["ok"] for step in steps)
