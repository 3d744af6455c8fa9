"""Two hooks of one SBC: limits hold for both together, through crashes and splits, and no record is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sbc.two_nodes import TwoNodes, two_nodes

BOB = "subscriber/sub_bob"
CAROL = "subscriber/sub_carol"
TENANT = "tenant/ten_acme"


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[TwoNodes]:
    with two_nodes(tmp_path) as found:
        yield found


def test_a_limit_holds_for_both_nodes_together(nodes: TwoNodes) -> None:
    first = nodes.first.call("102", user="carol")
    nodes.second.wait_for_total({BOB: 1, CAROL: 1, TENANT: 1})

    refused = nodes.second.call("102", user="alice")
    nodes.first.end(first["call_id"])
    nodes.second.wait_for_total({})
    admitted = nodes.second.call("102", user="alice")

    assert (first["action"], refused["action"], refused["status"]) == ("ring", "reply", 486)
    assert admitted["action"] == "ring"
