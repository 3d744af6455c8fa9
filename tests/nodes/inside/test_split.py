"""Two nodes that work and don't hear each other, and what each knows once they do again."""

from __future__ import annotations

import json
import time

import pytest

from tests.local.processes import wait_for
from tests.nodes.inside.lab import Lab
from tests.nodes.inside.network import PRIVATE, inside, split
from tests.nodes.inside.test_shared import PEER_PORT, kdmq, say

HEALED_S = 15.0


def is_apart(lab: Lab) -> bool:
    return all(node.metric("hook_peers_reachable") == 0 for node in lab.nodes.values())


def told_of(lab: Lab, name: str, user: str) -> dict[str, object]:
    """All that a node knows of a contact, but what is of that node alone."""
    (contact,) = lab.nodes[name].contacts(lab.aor(user))
    own = {"Expires", "Socket", "Flags", "State", "Tcpconn-Id", "Last-Keepalive"}
    return {key: value for key, value in contact.items() if key not in own}


def test_what_was_registered_during_a_split_is_known_to_both_once_it_is_over(lab: Lab) -> None:
    moved = lab.phone("cy", lab.a)
    lab.wait_shared("cy")
    with split("a", ["b"]):
        wait_for(lambda: is_apart(lab), limit_s=30)
        bob = lab.phone_behind_nat("bob", lab.a)
        ann = lab.phone("ann", lab.b)
        # one contact, by both nodes, the second after: the first to be told of must not win
        moved.register()
        registered_at = int(time.time())
        # Kamailio's clock, time(2), is behind by up to a tick of the kernel's
        wait_for(lambda: time.time() > registered_at + 1.05)
        moved.sip = lab.b.sip
        moved.register()
        assert (lab.b.contacts(lab.aor("bob")), lab.a.contacts(lab.aor("ann"))) == ([], [])
        assert "10.99.0.11" in lab.a.contacts(lab.aor("cy"))[0]["Path"]
    healed_at = time.monotonic()

    for user in ("bob", "ann"):
        lab.wait_shared(user)
    wait_for(lambda: any("10.99.0.12" in each["Path"] for each in lab.a.contacts(lab.aor("cy"))))
    took_s = time.monotonic() - healed_at
    print(f"known to both {took_s:.1f} s after the split")
    assert took_s < HEALED_S
    assert "10.99.0.12" in lab.b.contacts(lab.aor("cy"))[0]["Path"]
    assert (bob.registrations, ann.registrations) == (1, 1)
    assert told_of(lab, "b", "bob") == told_of(lab, "a", "bob")
    call = ann.dial("102")
    assert call.wait_status() == 200
    assert call.hang_up() == 200


@pytest.mark.parametrize(
    ("channel", "same_call_id", "cseq", "later_s", "taken"),
    [
        ("usrloc", True, -1, 5, False),  # repeated, and overtaken by what happened later
        ("usrloc", True, +1, -5, True),  # the other node's clock is behind
        ("usrloc", False, 0, -5, False),  # either may be the case: the phone has just registered here
        ("usrloc", False, 0, +5, True),
        ("missed", False, 0, -5, False),
        ("missed", False, 0, 0, False),  # known already
        ("missed", True, +1, -5, False),
        ("missed", True, +1, +5, True),
    ],
)
def test_what_a_peer_tells_of_a_registration_is_taken_unless_a_newer_one_is_known(
    lab: Lab, channel: str, same_call_id: bool, cseq: int, later_s: int, taken: bool
) -> None:
    lab.phone("bob", lab.a)
    lab.wait_shared("bob")
    (known,) = lab.a.contacts(lab.aor("bob"))
    told = {
        "action": 1, "aor": lab.aor("bob"), "ruid": known["Ruid"], "c": known["Address"], "received": known["Received"],
        "path": known["Path"].replace(PRIVATE["a"], PRIVATE["b"]), "user_agent": "told", "instance": "",
        "callid": known["Call-ID"] if same_call_id else "another", "cseq": known["CSeq"] + cseq,
        "expires": int(time.time()) + 600, "flags": 0, "cflags": known["CFlags"], "q": -1,
        "last_modified": known["Last-Modified"] + later_s, "methods": known["Methods"], "reg_id": 0,
    }  # fmt: skip

    with inside("b"):
        answer = say(lab.a, PRIVATE["a"], PEER_PORT, kdmq(PRIVATE["a"], channel, json.dumps(told), "application/json"))

    assert answer.startswith(b"SIP/2.0 200")
    assert (f"{known['Address']} of {lab.aor('bob')} is known better" in lab.a.log("kamailio")) is not taken
    wait_for(lambda: lab.a.contacts(lab.aor("bob"))[0]["User-Agent"] == ("told" if taken else known["User-Agent"]))
    (after,) = lab.a.contacts(lab.aor("bob"))
    assert after["Path"] == (told["path"] if taken else known["Path"])
