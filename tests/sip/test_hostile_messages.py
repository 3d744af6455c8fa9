"""Messages that have ended Kamailio, each one alone and from anybody."""

from __future__ import annotations

import pytest

from tests.sip.raw import RawPhone
from tests.sip.stack import Stack

pytestmark = pytest.mark.sip

_VIA2 = "Via: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKb\r\n"
_REPLIES = {
    # no Via at all, to a CANCEL (dialog's track_cseq_updates, Kamailio 5.6.3)
    "without a Via": ("", "CANCEL"),
    # the same: a branch that is shorter than what it looks for in it
    "of a short branch": (f"Via: SIP/2.0/UDP 192.0.2.8;branch=z\r\n{_VIA2}", "INVITE"),
    "without a branch": (f"Via: SIP/2.0/UDP 192.0.2.8\r\n{_VIA2}", "INVITE"),
}


@pytest.mark.parametrize("name", _REPLIES)
def test_no_reply_ends_kamailio(stack: Stack, name: str) -> None:
    via, method = _REPLIES[name]
    attacker, phone = RawPhone(sip=stack.sip, address="127.0.0.9"), RawPhone(sip=stack.sip)
    head = "From: <sip:a@b.example>;tag=1\r\nTo: <sip:a@b.example>;tag=2\r\nCall-ID: 1\r\n"
    reply = f"SIP/2.0 200 OK\r\n{via}{head}CSeq: 1 {method}\r\nContent-Length: 0\r\n\r\n"

    for _ in range(4):  # to each of its processes
        attacker.socket.sendto(reply.encode(), (stack.settings.sip_address, stack.settings.sip_port))
    answers = [phone.register(user="alice", password="alice-sip") for _ in range(4)]

    assert {answer[:11] for answer in answers} == {"SIP/2.0 200"}
    assert "exited by a signal" not in stack.log()
    attacker.close()
    phone.close()
