"""A carrier that was quiet for a while, and whose address others write as their own."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sip import plans
from tests.sip.raw import RawPhone
from tests.sip.stack import Stack, wait_until

pytestmark = pytest.mark.sip

GATEWAY = "127.0.0.9"


@pytest.fixture
def stack_settings() -> dict[str, Any]:
    return {"limits": {"known_source_s": 1}}


def test_a_flood_in_the_name_of_a_gateway_gets_it_banned_neither_soon_nor_after_an_hour(stack: Stack) -> None:
    gateway, phone = RawPhone(sip=stack.sip, address=GATEWAY), RawPhone(sip=stack.sip)
    stack.hook.gateways.add(GATEWAY)
    stack.hook.route = lambda _: plans.reply(404, "Not Found")
    assert gateway.ask(gateway.request("INVITE", user="x"), timeout_s=10).startswith("SIP/2.0 404")
    phone.register(user="alice", password="alice-sip")
    wait_until(lambda: stack.rpc("htable.get", "known", "127.0.0.1") is None, what="a phone is known no more")

    forger, later = RawPhone(sip=stack.sip, address=GATEWAY), RawPhone(sip=stack.sip, address=GATEWAY)
    for _ in range(200):
        forger.socket.sendto(forger.request("OPTIONS", user="x").encode(), ("127.0.0.1", stack.settings.sip_port))

    assert later.ask(later.request("OPTIONS", user="x"), timeout_s=10).startswith("SIP/2.0 200")
    assert not stack.rpc("htable.dump", "banned")
    for each in (gateway, phone, forger, later):
        each.close()
