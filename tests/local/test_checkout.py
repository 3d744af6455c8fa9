"""The scripts around the system: what they touch and what they leave alone."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from local.environment import hook_settings_file, sbc_settings_file, write_hook_settings, write_sbc_settings
from local.lock_requirements import render_lock
from local.programs import make_services, make_stores
from local.runner_lock import find_runner, take_lock
from local.settings import ROOT, Paths, Settings, load_settings
from sbc.hook.settings import read_settings as read_hook_settings
from sbc.settings import load_settings as load_sbc_settings

SCRIPTS = ["local/install.sh", "local/consoles.sh", "local/reset.sh", ".ci/run"]


def reset(var: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", str(ROOT / "local/reset.sh")],
        env={"PATH": "/usr/bin:/bin", "PATCHBAY_VAR": str(var)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("script", SCRIPTS)
def test_scripts_parse_and_stop_at_the_first_failure(script: str) -> None:
    checked = subprocess.run(["bash", "-n", str(ROOT / script)], capture_output=True, text=True, check=False)

    assert (checked.returncode, checked.stderr) == (0, "")
    assert "set -euo pipefail" in (ROOT / script).read_text()


def test_reset_removes_the_data_of_a_stopped_system(tmp_path: Path) -> None:
    paths = Paths(tmp_path / "var")
    load_settings(paths, {})

    done = reset(paths.var)

    assert done.returncode == 0
    assert not paths.var.exists()


def test_reset_refuses_while_the_system_runs(tmp_path: Path) -> None:
    paths = Paths(tmp_path / "var")
    load_settings(paths, {})
    lock = take_lock(paths.run)
    assert lock is not None

    with lock:
        refused = reset(paths.var)

    assert refused.returncode == 1
    assert "running" in refused.stderr
    assert paths.settings.exists()


def test_reset_leaves_a_directory_alone_that_is_not_patchbays(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("x")

    refused = reset(tmp_path)

    assert refused.returncode == 1
    assert (tmp_path / "precious").exists()


def test_reset_of_nothing_is_fine(tmp_path: Path) -> None:
    assert reset(tmp_path / "absent").returncode == 0


def test_a_second_runner_does_not_get_the_lock_and_a_dead_one_leaves_none(tmp_path: Path) -> None:
    first = take_lock(tmp_path)
    assert first is not None

    with first:
        assert take_lock(tmp_path) is None
        assert find_runner(tmp_path) is not None

    assert find_runner(tmp_path) is None


def test_nothing_that_is_installed_names_a_host() -> None:
    node = "local/node/package-lock.json"
    locked = [
        "requirements.lock",
        "requirements-infra.lock",
        "local/node/package.json",
        "infra/node/package-lock.json",
        node,
    ]

    assert [name for name in locked if re.search(r"https?://|resolved", (ROOT / name).read_text())] == []
    assert json.loads((ROOT / node).read_text())["packages"]["node_modules/@dynoxide/linux-x64"]["integrity"]


def test_every_pinned_requirement_is_in_the_lock_with_its_hash() -> None:
    product = ["requirements.txt", "requirements-dev.txt", "sbc/requirements.txt"]
    for lock, names in {"requirements.lock": product, "requirements-infra.lock": ["requirements-infra.txt"]}.items():
        lines = (ROOT / lock).read_text().splitlines()
        locked = {line.split(" ")[0].lower(): line for line in lines if not line.startswith("#")}
        wanted = [line.lower() for name in names for line in (ROOT / name).read_text().splitlines() if "==" in line]

        assert [pin for pin in wanted if pin not in locked] == []
        assert all("--hash=sha256:" in line for line in locked.values())


def test_the_lock_is_sorted_and_normalised() -> None:
    def item(name: str, digest: str) -> dict[str, object]:
        return {
            "metadata": {"name": name, "version": "1"},
            "download_info": {"archive_info": {"hashes": {"sha256": digest}}},
        }

    lock = render_lock({"install": [item("Zope.Event", "b"), item("a_b", "a")]}, "requirements.txt")

    assert lock.splitlines()[-2:] == ["a-b==1 --hash=sha256:a", "zope-event==1 --hash=sha256:b"]


def test_the_programs_understand_the_settings_that_are_written_for_them(tmp_path: Path) -> None:
    paths, settings = Paths(tmp_path), Settings()
    paths.create()

    write_sbc_settings(settings, paths)
    write_hook_settings(settings, paths, sbc_id="sbc_1")

    sbc = load_sbc_settings(sbc_settings_file(paths))
    assert (sbc.sip_port, sbc.websocket.port) == (settings.sip_port, settings.websocket_port)
    assert read_hook_settings(hook_settings_file(paths)).api_url == settings.http_url
    names = [program.name for program in (*make_stores(settings, paths), *make_services(settings, paths))]
    assert names == ["dynoxide", "gateway", "rtpengine", "api", "scheduler", "hook", "kamailio"]
