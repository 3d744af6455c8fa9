"""Public addresses on a host behind a 1:1 NAT, with real packets."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from sbc.node.address_map import nft_script
from tests.conftest import ROOT
from tests.sbc.mapped_host import OWN, PEERS, PRIVATE, STANDBY, WORLD

pytestmark = pytest.mark.sip


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    """Of ``mapped_host``, in namespaces of its own."""
    command = ["unshare", "-Urnm", "--fork", "--pid", "--mount-proc", "--kill-child"]
    command += [sys.executable, "-m", "tests.sbc.mapped_host"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_the_host_has_the_public_address_that_is_mapped_to_it(found: dict[str, Any]) -> None:
    assert found["held"] == [True, False, [OWN]]


@pytest.mark.parametrize(("name", "size"), [("own", 100), ("large", 6000)])
def test_datagrams_arrive_at_the_public_address_and_are_answered_from_the_private_one(
    found: dict[str, Any], name: str, size: int
) -> None:
    assert found[name] == [size, WORLD, size, PRIVATE]


def test_the_host_may_speak_first(found: dict[str, Any]) -> None:
    assert found["first"] == [PRIVATE, "!"]


def test_connections_work_both_ways(found: dict[str, Any]) -> None:
    assert found["tcp in"] == [WORLD, PRIVATE, 100_000]
    assert found["tcp out"] == [PRIVATE, 100_000]


def test_the_host_speaks_to_itself_by_its_public_address(found: dict[str, Any]) -> None:
    assert found["itself"] == OWN


def test_a_peers_address_is_taken_over_and_given_back_beside_the_own(found: dict[str, Any]) -> None:
    own = [100, WORLD, 100, PRIVATE]

    assert found["taken"] == [True, [100, WORLD, 100, STANDBY], own]
    assert found["given back"] == [False, [OWN], own]
    assert found["none"] == [False, []]


def test_what_is_no_address_gets_no_further_than_here() -> None:
    with pytest.raises(ValueError, match="198"):
        nft_script({"198.51.100.7; flush ruleset": "10.0.0.1"})
    assert PEERS in nft_script({PEERS: STANDBY})
