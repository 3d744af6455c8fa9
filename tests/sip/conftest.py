"""One SBC per test, on its own ports, and sipp to call through it; a failed test prints what all of them saw."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sip.sipp import Lab
from tests.sip.stack import DOMAIN, Stack, running_stack


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    report = yield
    item.stash.setdefault(_REPORTS, {})[report.when] = report
    return report


_REPORTS = pytest.StashKey[dict[str, pytest.TestReport]]()


@pytest.fixture
def stack_settings() -> dict[str, Any]:
    """Settings of the node that a test module changes."""
    return {}


@pytest.fixture
def stack(tmp_path: Path, stack_settings: dict[str, Any], request: pytest.FixtureRequest) -> Iterator[Stack]:
    with running_stack(tmp_path / "run", **stack_settings) as stack:
        for user in ("alice", "bob", "carol", "dave"):
            stack.hook.passwords[f"{user}@{DOMAIN}"] = (f"{user}-sip", f"{user}-softphone")
        yield stack
        report = request.node.stash.get(_REPORTS, {}).get("call")
        if report is not None and report.failed:
            print(stack.report())


@pytest.fixture
def lab(stack: Stack, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Lab]:
    lab = Lab(sip=stack.sip, directory=tmp_path)
    yield lab
    lab.stop()
    report = request.node.stash.get(_REPORTS, {}).get("call")
    if report is not None and report.failed:
        for each in lab.started:
            print(f"--- {each.trace.name}\n{each.story()}")
