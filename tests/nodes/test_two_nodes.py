"""Runs ``tests/nodes/inside`` in namespaces of its own (user, network, mounts, processes), and says how each ended.

So no root is needed, the machine's own network stays as it is, and whatever runs in there ends with its first process.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

import pytest

from local.settings import ROOT

pytestmark = pytest.mark.system

INSIDE = Path(__file__).parent / "inside"
LIMIT_S = 600
# The shell stays as the first process: it takes in what the killed leave behind.
_COMMAND = ("unshare", "-Urnm", "--fork", "--pid", "--mount-proc", "--kill-child", "sh", "-c", '"$@"; exit $?', "tests")


@dataclass(frozen=True)
class Outcome:
    failure: str  # empty: passed
    output: str


def names_inside() -> list[str]:
    """``test_file::test_name``, in order; each file defines its tests plainly."""
    found = []
    for path in sorted(INSIDE.glob("test_*.py")):
        found += [f"{path.stem}::{name}" for name in re.findall(r"^def (test_\w+)\(", path.read_text(), re.MULTILINE)]
    return found


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    directory = tmp_path_factory.mktemp("nodes")
    report = directory / "report.xml"
    command = [*_COMMAND, sys.executable, "-m", "pytest", str(INSIDE), "-p", "no:xdist", "-p", "no:cacheprovider"]
    command += [f"--basetemp={directory / 'inside'}", f"--junitxml={report}", "-o", "junit_logging=all"]
    environment = {**os.environ, "PATCHBAY_TEST_NAMESPACES": "1"}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=LIMIT_S,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert report.exists(), done.stdout + done.stderr
    found: dict[str, Outcome] = {}
    for case in ET.parse(report).iter("testcase"):
        one, name = _outcome(case, done.stdout), _name(case)
        known = found.get(name, Outcome("", ""))  # of the same test with another argument
        found[name] = Outcome(known.failure + one.failure, known.output + one.output)
    return found


@pytest.mark.parametrize("name", names_inside())
def test_in_namespaces(name: str, outcomes: dict[str, Outcome]) -> None:
    assert name in outcomes, f"only these ran: {sorted(outcomes)}"
    outcome = outcomes[name]
    print(outcome.output)

    assert outcome.failure == "", outcome.failure


def _name(case: ET.Element) -> str:
    return f"{case.get('classname', '').rpartition('.')[2]}::{case.get('name', '').partition('[')[0]}"


def _outcome(case: ET.Element, everything: str) -> Outcome:
    failures = [found.text or "failed" for kind in ("failure", "error", "skipped") for found in case.iter(kind)]
    output = "\n".join(found.text or "" for kind in ("system-out", "system-err") for found in case.iter(kind))
    return Outcome("\n".join(failures), (output or everything[-2000:]) if failures else "")
