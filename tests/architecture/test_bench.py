"""The benchmark's frame: its modules, table, file and exit status. What it measures is its own business."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.__main__ import LIMITS_S, exit_status
from bench.figure import FIELDS, at_least, at_most, exactly, not_measured, render_table, shown, write_json
from tests.conftest import ROOT

TWELVE_MINUTES_S = 720


@pytest.mark.parametrize("name", LIMITS_S)
def test_each_module_says_its_figures(name: str) -> None:
    module = importlib.import_module(f"bench.{name}")

    assert callable(module.figures)
    assert module.__doc__


def test_the_whole_bench_is_bounded() -> None:
    assert sum(LIMITS_S.values()) <= TWELVE_MINUTES_S


def test_the_file_holds_every_field_of_every_figure(tmp_path: Path) -> None:
    figures = [at_most("a", 1.234, "ms", 2, note="n"), shown("b", 5, "calls", note=""), not_measured("c", "no sipp")]

    write_json(tmp_path / "build" / "bench.json", figures)

    written = json.loads((tmp_path / "build" / "bench.json").read_text())
    assert list(written) == ["figures"]
    assert [tuple(figure) for figure in written["figures"]] == [FIELDS] * 3
    assert written["figures"][0] == {
        "name": "a", "value": 1.23, "unit": "ms", "target": "<= 2", "ok": True, "note": "n",
    }  # fmt: skip


def test_the_verdict_is_of_the_value_as_measured_not_as_rounded() -> None:
    assert at_most("a", 1.504, "times", 1.5, note="", digits=1)["ok"] is False
    assert at_least("a", 99_999.6, "calls", 100_000, note="", digits=0)["ok"] is False
    assert exactly("a", 0.0001, "operations", 0, note="")["ok"] is False


def test_the_table_says_what_was_missed_and_what_could_not_be_measured() -> None:
    figures = [
        at_most("met", 1, "s", 2, note="once"),
        at_most("not met", 3, "s", 2, note=""),
        not_measured("broken", "it ended"),
        shown("printed", 1, "s", note=""),
    ]

    lines = render_table(figures).splitlines()

    assert [line.split()[-1] for line in lines if not line.startswith(" ")] == ["ok", "MISSED", "MEASURED", "s"]
    assert lines[1] == "    once"


def test_a_missed_target_fails_only_where_that_is_asked_for() -> None:
    met, missed = at_most("a", 1, "s", 2, note=""), at_most("b", 3, "s", 2, note="")

    assert exit_status([met], strict=True) == 0
    assert exit_status([met, missed], strict=False) == 0
    assert exit_status([met, missed], strict=True) == 1


def test_what_cannot_be_measured_fails_always() -> None:
    assert exit_status([not_measured("a", "no sipp")], strict=False) == 1


def test_no_route_of_the_api_is_left_out_and_none_scans() -> None:
    """In a process of its own: it runs an API with other settings."""
    code = "import json; from bench.api_cost import figures; print(json.dumps(figures()))"

    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )

    assert ran.returncode == 0, ran.stderr
    found = {figure["name"]: figure for figure in json.loads(ran.stdout.splitlines()[-1])}
    for name in ("API: routes asked", "API: scans"):
        assert found[name]["ok"], found[name]
