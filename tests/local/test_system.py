"""The whole embedded system, as ``make run`` starts it."""

from __future__ import annotations

import json
import os
import signal
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.settings import Paths
from tests.local.processes import GatewayClient, wait_for
from tests.local.systems import System, run_system

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with run_system(tmp_path_factory.mktemp("system") / "var") as system:
        yield system


def test_everything_is_healthy_within_the_time_promised(system: System) -> None:
    took = (system.paths.log / "run.log").read_text().split("ready in ")[1].split(" ")[0]

    assert system.is_healthy()
    assert float(took) < 30  # 10 s on a machine of its own


def test_the_api_answers_through_the_front(system: System) -> None:
    with urllib.request.urlopen(f"{system.settings.http_url}/v1/health", timeout=5) as response:
        assert json.loads(response.read()) == {"status": "ok"}


def test_a_second_start_from_the_same_directory_is_refused(system: System) -> None:
    refused = system.run()

    assert refused.returncode == 1
    assert "running" in refused.stderr


def test_a_second_copy_on_the_same_ports_is_told_which_setting_to_change(system: System, tmp_path: Path) -> None:
    second = System(Paths(tmp_path / "var"), system.base)

    refused = second.run()

    assert refused.returncode == 1
    assert "change http_port" in refused.stderr
    assert second.members() == []


@pytest.mark.parametrize("name", ["kamailio", "rtpengine", "hook", "api", "dynoxide"])
def test_a_program_whose_main_process_is_killed_comes_back(system: System, name: str) -> None:
    before = system.members(name)
    group = system.paths.run / f"{name}.group"
    main = group.read_text()

    os.kill(int(main), signal.SIGKILL)
    wait_for(lambda: group.read_text() != main)  # Kamailio's orphans go on answering until they are ended
    wait_for(system.is_healthy, limit_s=30)

    assert not set(before) & set(system.members(name))


def test_data_survives_a_restart(system: System) -> None:
    key = (system.paths.secrets / "node-key").read_text()
    sbc_id = json.loads((system.paths.run / "hook.json").read_text())["sbc_id"]

    stopped, started = system.run("--stop"), system.run("--background")

    assert (stopped.returncode, started.returncode) == (0, 0)
    assert (system.paths.secrets / "node-key").read_text() == key
    assert json.loads((system.paths.run / "hook.json").read_text())["sbc_id"] == sbc_id


def test_a_call_to_a_number_that_nobody_has_is_refused_by_the_sbc(system: System) -> None:
    settings = system.settings
    gateway = GatewayClient(settings.gateway_url, settings.gateway_host, settings.gateway_sip_port)

    record = gateway.wait_until_ended(gateway.place(**{"to": "+12025550100", "from": "+4315550100"}))

    assert record["answered_at"] is None
    assert record["sip_status"] >= 400


def test_two_copies_run_side_by_side(system: System, tmp_path: Path) -> None:
    with run_system(tmp_path / "var") as second:
        assert second.is_healthy()
        assert system.is_healthy()
        assert second.settings.http_port != system.settings.http_port


def test_when_the_runner_is_killed_everything_ends(tmp_path: Path) -> None:
    with run_system(tmp_path / "var") as system:
        runner = int((system.paths.run / "lock").read_text())

        os.kill(runner, signal.SIGKILL)

        wait_for(lambda: system.members() == [], limit_s=30)
