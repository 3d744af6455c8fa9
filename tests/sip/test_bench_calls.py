"""The Kamailios that the benchmark compares: each starts, and takes the calls that are measured."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.calls import KINDS
from bench.programs import running_programs
from bench.sip_nodes import Outcome, SipNodes

pytestmark = pytest.mark.sip


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SipNodes]:
    directory: Path = tmp_path_factory.mktemp("bench")
    with running_programs(directory) as programs:
        nodes = SipNodes(programs)
        nodes.start()
        nodes.load_ha1s()
        yield nodes


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_call_that_is_measured_goes_through(nodes: SipNodes, kind: str) -> None:
    kamailio, dialled = KINDS[kind]

    outcome = nodes.call(kamailio, dialled, calls=3, rate=10)

    assert outcome == Outcome(created=3, failed=0, retransmitted=outcome.retransmitted), nodes.logs()


def test_what_each_program_spends_is_told(nodes: SipNodes) -> None:
    spent = nodes.cpu_s()

    assert set(spent) == {"hooked", "static", "bare", "hook", "rtpengine"}
    assert all(seconds > 0 for seconds in spent.values()), spent
