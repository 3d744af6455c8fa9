"""The command that a booting node runs, against the real API by HTTP."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib.auth import identify_node
from chalicelib.clients.seal import seal_key
from chalicelib.storage.sbcs import nodes_of_sbc
from sbc.hook.settings import parse_settings, read_node_key, read_seal_key
from tests.api_client import ApiClient
from tests.conftest import ROOT
from tests.sbc.real_api import RealApi, real_api
from tests.world import an_sbc, as_platform_admin


@pytest.fixture
def server(dynamodb: str) -> Iterator[RealApi]:
    with real_api() as found:
        yield found


def _boot(
    server: RealApi, key_file: Path, into: Path, *, api: str = "", patience_s: int = 30
) -> subprocess.CompletedProcess[str]:
    address = api or server.url
    options = ["--api", address, "--key-file", str(key_file), "--into", str(into), "--patience-s", str(patience_s)]
    command = [sys.executable, "-m", "sbc.hook.enrol", *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def key_file(api: ApiClient, tmp_path: Path) -> Path:
    sbc_id = an_sbc(api)
    made = as_platform_admin(api).post(f"/platform/sbcs/{sbc_id}/enrolments", {"name": "n1"}).expect(201)
    file = tmp_path / "enrolment.key"
    file.write_text(f"{made['key']}\n")
    return file


def test_a_machine_that_boots_twice_enrols_once(server: RealApi, key_file: Path, tmp_path: Path) -> None:
    into = tmp_path / "node"

    first, second = _boot(server, key_file, into), _boot(server, key_file, into)

    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert server.asked == ["POST /v1/sbc/enrol"]
    assert {file.name: oct(file.stat().st_mode & 0o777) for file in into.iterdir()} == {
        "node.key": "0o600", "seal.key": "0o600", "enrolment.json": "0o600",
    }  # fmt: skip
    assert oct(into.stat().st_mode & 0o777) == "0o700"
    written = first.stdout + first.stderr + second.stdout + second.stderr
    assert (into / "node.key").read_text().strip() not in written


def test_what_it_writes_is_what_the_hook_reads(server: RealApi, key_file: Path, tmp_path: Path) -> None:
    into = tmp_path / "node"
    assert _boot(server, key_file, into).returncode == 0

    facts = json.loads((into / "enrolment.json").read_text())
    local = {"data_dir": "/tmp/data", "kamailio_socket": "/tmp/k", "listen_port": 8000}
    settings = parse_settings({**facts["hook"], **local})

    assert settings.node_key_file is not None
    identity = identify_node(read_node_key(settings.node_key_file))
    assert (identity.sbc_id, identity.user_id) == (settings.sbc_id, settings.node)
    assert read_seal_key(settings.seal_key_file) == seal_key(settings.sbc_id)
    assert facts["address"] == "sbc.example:60110"
    assert facts["stage"] == "embedded"


@pytest.mark.parametrize("fault", ["busy", "lost"])
def test_a_first_try_that_failed_is_repeated(server: RealApi, key_file: Path, tmp_path: Path, fault: str) -> None:
    server.faults["/v1/sbc/enrol"] = [fault]

    booted = _boot(server, key_file, tmp_path / "node")

    assert booted.returncode == 0, booted.stderr
    assert len(server.asked) == 2
    sbc_id = json.loads((tmp_path / "node/enrolment.json").read_text())["hook"]["sbc_id"]
    assert len(nodes_of_sbc(sbc_id)) == 1


def test_a_refused_key_ends_it_at_once_and_says_why(server: RealApi, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.key"
    wrong.write_text("wrong")

    booted = _boot(server, wrong, tmp_path / "node")

    assert booted.returncode == 1
    assert "enrolment_invalid" in booted.stderr
    assert not (tmp_path / "node/enrolment.json").exists()


def test_keys_do_not_travel_in_the_clear(server: RealApi, key_file: Path, tmp_path: Path) -> None:
    booted = _boot(server, key_file, tmp_path / "node", api="http://api.example")

    assert booted.returncode == 1
    assert "https" in booted.stderr


def test_an_api_out_of_reach_is_given_up_in_the_end(key_file: Path, tmp_path: Path, server: RealApi) -> None:
    booted = _boot(server, key_file, tmp_path / "node", api="http://127.0.0.1:9", patience_s=0)

    assert booted.returncode == 1
    assert "not enrolled" in booted.stderr
