"""How a node sees that another is there (sbc/node/takeover.py)."""

from __future__ import annotations

from sbc.node.health import SipCheck
from tests.nodes.inside.lab import Lab
from tests.nodes.inside.network import CLOUD, PRIVATE, inside

PEER_PORT = 5070


def test_a_node_answers_its_peers_inside_and_nobody_else(lab: Lab) -> None:
    with inside("a"):
        answers = [SipCheck(PRIVATE[name], PEER_PORT, source=PRIVATE["a"])() for name in ("a", "b")]
    stranger = SipCheck(PRIVATE["b"], PEER_PORT, source=CLOUD)()

    assert (answers, stranger) == ([True, True], False)
