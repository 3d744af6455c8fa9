"""Two nodes at one API, for all of these tests; each test finds them well, and each at its own address."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.certificates import write_certificate
from tests.nodes.inside import network
from tests.nodes.inside.cloud import Cloud, running_cloud
from tests.nodes.inside.lab import Lab
from tests.nodes.inside.node import Node

_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    report = yield
    if report.when == "call":
        item.stash[_FAILED] = report.failed
    return report


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    network.build()
    with running_cloud(tmp_path_factory.mktemp("cloud") / "var") as cloud:
        yield cloud


def nodes_of_one_sbc(cloud: Cloud, home: Path, *names: str) -> dict[str, Node]:
    certificate = write_certificate(home, address=network.SERVICE["a"])
    return {
        name: Node(name, home / name, cloud.enrol(name), tuple(each for each in names if each != name), certificate)
        for name in names
    }


@pytest.fixture(scope="session")
def everything(cloud: Cloud, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    lab = Lab(cloud, nodes_of_one_sbc(cloud, tmp_path_factory.mktemp("nodes"), "a", "b"))
    nodes = lab.nodes
    try:
        for node in nodes.values():
            node.start()
        lab.wait_together()
        lab.found()
        yield lab
    finally:
        for node in nodes.values():
            node.kill()


@pytest.fixture
def lab(everything: Lab, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Lab]:
    everything.directory = tmp_path
    try:
        yield everything
        if request.node.stash.get(_FAILED, False):
            print(everything.report())
    finally:
        everything.hang_up_everything()
        everything.bring_home()
