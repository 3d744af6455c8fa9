"""The port that nodes of one SBC have for each other: what is taken there, and from whom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.ports import free_port
from tests.sip.raw import RawPhone
from tests.sip.stack import Stack

pytestmark = pytest.mark.sip

OWN, PEER, STRANGER = "127.0.0.8", "127.0.0.9", "127.0.0.10"


@pytest.fixture
def stack_settings() -> dict[str, Any]:
    peers = {"peers": [PEER], "peer_address": OWN, "peer_port": free_port(), "service_addresses": ["127.0.0.1"]}
    return {"limits": {"unreadable_messages": 10}, **peers}


@pytest.fixture
def peer(stack: Stack) -> Iterator[RawPhone]:
    peer = RawPhone(sip=f"{OWN}:{stack.settings.peer_port}", address=PEER)
    yield peer
    peer.close()


@pytest.fixture
def stranger(stack: Stack) -> Iterator[RawPhone]:
    stranger = RawPhone(sip=f"{OWN}:{stack.settings.peer_port}", address=STRANGER)
    yield stranger
    stranger.close()


def test_a_peer_that_passes_on_what_cant_be_read_is_not_banned(stack: Stack, peer: RawPhone) -> None:
    for _ in range(50):
        peer.socket.sendto(peer.request("INVITE", user="x", to="<<<x>").encode(), (OWN, stack.settings.peer_port))

    assert peer.ask(peer.request("OPTIONS", user="x"), timeout_s=10).startswith("SIP/2.0 200")


def test_whoever_is_no_peer_gets_no_answer_there(stranger: RawPhone) -> None:
    for method in ("OPTIONS", "INVITE", "KDMQ"):
        assert stranger.ask(stranger.request(method, user="x"), timeout_s=0.5) == ""


def test_shared_state_is_taken_from_nobody_at_the_port_of_phones(stack: Stack) -> None:
    for address in (STRANGER, PEER):
        phone = RawPhone(sip=stack.sip, address=address)
        assert phone.ask(phone.request("KDMQ", user="x", ruri=f"sip:htable@{OWN}"), timeout_s=0.5) == ""
        phone.close()
