"""A phone is reached by a call that enters at the other node."""

from __future__ import annotations

import re
import socket

import pytest

from tests.local.processes import wait_for
from tests.nodes.inside.lab import Lab
from tests.nodes.inside.network import PRIVATE, inside

PEER_PORT = 5070
#: A peer's INVITE for a phone at an address that isn't at this node any more.
MISLED = """INVITE sip:bob@192.0.2.1 SIP/2.0
Via: SIP/2.0/UDP {own};branch=z9hG4bK-misled
Max-Forwards: 70
Route: <sip:127.0.0.1:5070;lr;at=10.77.0.99;port=5060;via={peer};received=sip:192.0.2.1:5060>
X-Patchbay-Call: call_01J0000000000000000000TEST
From: <sip:ann@192.0.2.1>;tag=a
To: <sip:bob@192.0.2.1>
Call-ID: misled@phone
CSeq: 1 INVITE
Contact: <sip:ann@{own}>
Content-Length: 0

"""


def test_a_phone_behind_nat_is_called_through_its_node_and_hung_up_on(lab: Lab) -> None:
    bob = lab.phone_behind_nat("bob", lab.a)
    ann = lab.phone("ann", lab.b)
    lab.wait_shared("bob")

    call = ann.dial("102")
    assert call.wait_status() == 200
    assert (lab.a.dialogs(), lab.b.dialogs()) == (0, 1)
    assert (len(lab.a.live_calls()), len(lab.b.live_calls())) == (0, 1)
    assert call.hang_up() == 200

    received = bob.wait_incoming()
    received.wait_ended()
    assert received.invite is not None
    assert "X-Patchbay" not in "".join(name for name, _ in received.invite.headers)  # what nodes tell each other
    record = lab.record(call.call_id)
    assert (record["result"], record["hangup_by"], record["estimated"]) == ("answered", "caller", False)
    assert record["talk_s"] == pytest.approx(call.ended_at - call.answered_at, abs=1.5)
    assert [leg["kind"] for leg in record["legs"]] == ["sip"]


def test_the_phone_called_through_its_node_can_hang_up(lab: Lab) -> None:
    bob = lab.phone_behind_nat("bob", lab.a)
    ann = lab.phone("ann", lab.b)
    lab.wait_shared("bob")
    call = ann.dial("102")
    assert call.wait_status() == 200
    received = bob.wait_incoming()
    wait_for(lambda: received.acknowledged)

    assert received.hang_up() == 200

    call.wait_ended()
    assert lab.record(call.call_id)["hangup_by"] == "callee"


def test_the_hook_can_end_a_call_that_is_led_through_another_node(lab: Lab) -> None:
    bob = lab.phone_behind_nat("bob", lab.a)
    ann = lab.phone("ann", lab.b)
    lab.wait_shared("bob")
    call = ann.dial("102")
    assert call.wait_status() == 200
    received = bob.wait_incoming()
    wait_for(lambda: received.acknowledged)

    (dialog,) = lab.b.rpc("dlg.briefing", "c")
    lab.b.rpc("dlg.end_dlg", dialog["h_entry"], dialog["h_id"])

    received.wait_ended()
    call.wait_ended()
    assert lab.record(call.call_id)["hangup_by"] == "system"


def test_a_phone_that_is_connected_by_tcp_is_called_through_its_node(lab: Lab) -> None:
    bob = lab.desk_phone("bob", lab.a, tone_hz=620, answers="auto", nat=True, transport="tcp")
    ann = lab.phone("ann", lab.b)
    lab.wait_shared("bob")

    call = ann.dial("102")
    assert call.wait_status() == 200
    bob.wait("CALL_ESTABLISHED", timeout_s=10)
    assert call.hang_up() == 200

    bob.wait("CALL_CLOSED", timeout_s=10)


def test_a_call_that_rings_at_the_other_node_can_be_given_up(lab: Lab) -> None:
    bob = lab.phone_behind_nat("bob", lab.a, answers=0)
    ann = lab.phone("ann", lab.b)
    lab.wait_shared("bob")
    call = ann.dial("102")
    call.wait_reply(180)

    call.cancel()

    assert call.wait_status() == 487
    bob.wait_incoming().wait_ended()
    assert lab.record(call.call_id)["result"] != "answered"


def test_a_browser_is_called_through_its_node(lab: Lab) -> None:
    bob = lab.browser("bob", lab.a)
    ann = lab.phone("ann", lab.b)
    lab.wait_shared("bob")

    call = ann.dial("102")
    assert call.wait_status() == 200
    received = bob.wait_incoming()
    assert received.invite is not None
    assert " RTP/SAVPF " in received.invite.body
    wait_for(lambda: received.acknowledged)
    assert received.hang_up() == 200

    call.wait_ended()
    record = lab.record(call.call_id)
    assert (record["result"], record["hangup_by"]) == ("answered", "callee")


@pytest.mark.parametrize("at", ["a", "b"])
def test_a_browser_that_has_connected_anew_is_found_by_its_call(lab: Lab, at: str) -> None:
    page = lab.browser("bob", lab.a)
    ann = lab.phone("ann", lab.b)
    lab.wait_shared("bob")
    call = ann.dial("102")
    assert call.wait_status() == 200
    received = page.wait_incoming()
    wait_for(lambda: received.acknowledged)
    page.close()
    lab.phones.remove(page)
    lab.wait_shared("bob", count=0)

    again = lab.browser("bob", lab.nodes[at], token=page.token)
    lab.wait_shared("bob")

    assert call.hang_up() == 200
    assert again.count("BYE") == 1


def test_a_browser_calls_a_phone_of_the_other_node(lab: Lab) -> None:
    bob = lab.phone_behind_nat("bob", lab.a)
    cy = lab.browser("cy", lab.b)
    lab.wait_shared("bob")

    call = cy.dial("102")
    assert call.wait_status() == 200
    received = bob.wait_incoming()
    assert received.invite is not None
    assert " RTP/AVP " in received.invite.body
    assert call.hang_up() == 200

    received.wait_ended()


def test_phones_of_both_nodes_ring_together(lab: Lab) -> None:
    here = lab.phone("bob", lab.b, answers=0)
    there = lab.phone_behind_nat("bob", lab.a, answers=0)
    ann = lab.phone("ann", lab.b)
    lab.wait_shared("bob", count=2)
    call = ann.dial("102")
    other, incoming = here.wait_incoming(), there.wait_incoming()
    wait_for(lambda: call.replies.count(180) == 2)

    incoming.answer()

    assert call.wait_status() == 200
    other.wait_ended()
    assert call.hang_up() == 200


def test_both_hear_each_other_and_silence_on_hold(lab: Lab) -> None:
    bob = lab.desk_phone("bob", lab.a, tone_hz=620, answers="auto", nat=True)
    ann = lab.desk_phone("ann", lab.b, tone_hz=440)
    lab.wait_shared("bob")

    ann.dial("102")
    for phone in (ann, bob):
        phone.wait("CALL_ESTABLISHED", timeout_s=15)
    wait_for(lambda: min(ann.heard().duration_s, bob.heard().duration_s) >= 2)

    assert ann.heard().frequency_hz == pytest.approx(620, abs=3)
    assert bob.heard().frequency_hz == pytest.approx(440, abs=3)
    assert max(ann.heard().lost, bob.heard().lost) < 0.05
    wait_for(bob.receives)
    bob.hold()
    ann.wait("CALL_REMOTE_SDP", count=2, timeout_s=10)
    wait_for(lambda: not ann.receives())
    bob.resume()
    ann.wait("CALL_REMOTE_SDP", count=3, timeout_s=10)
    wait_for(lambda: ann.receives() and bob.receives())
    bob.hang_up()
    ann.wait("CALL_CLOSED", timeout_s=10)


def test_what_a_node_says_of_a_call_that_a_peer_leads_to_it_has_both_ids_of_the_call(lab: Lab) -> None:
    with inside("b"), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        peer.bind((PRIVATE["b"], 0))
        peer.settimeout(10)
        own = f"{PRIVATE['b']}:{peer.getsockname()[1]}"
        invite = MISLED.format(own=own, peer=PRIVATE["b"]).replace("\n", "\r\n")
        peer.sendto(invite.encode(), (PRIVATE["a"], PEER_PORT))
        reply = peer.recv(65536).decode()

    assert reply.startswith("SIP/2.0 480 "), reply
    said = r"CALL_PHONE: 10\.77\.0\.99 isn't here call_01J0000000000000000000TEST misled@phone$"
    wait_for(lambda: re.search(said, lab.a.log("kamailio"), re.MULTILINE) is not None)
