"""What is refused at the edge: floods, scanners, relaying, loops."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.sip.raw import RawPhone
from tests.sip.stack import Stack, wait_until

pytestmark = pytest.mark.sip

KNOWN = {"known_source_requests_per_2s": 300}


@pytest.fixture
def stack_settings() -> dict[str, Any]:
    return {"limits": {"address_failures": 5, "user_failures": 50, "known_address_failures": 20, **KNOWN}}


@pytest.fixture
def phone(stack: Stack) -> Iterator[RawPhone]:
    phone = RawPhone(sip=stack.sip)
    yield phone
    phone.close()


@pytest.fixture
def attacker(stack: Stack) -> Iterator[RawPhone]:
    attacker = RawPhone(sip=stack.sip, address="127.0.0.9")
    yield attacker
    attacker.close()


def test_a_flood_is_banned_while_a_phone_elsewhere_works(attacker: RawPhone, phone: RawPhone) -> None:
    def floods() -> bool:
        return attacker.ask(attacker.request("REGISTER", user="alice"), timeout_s=0.3) == ""

    answered = next(n for n in range(200) if floods())

    assert 30 <= answered <= 100
    assert attacker.ask(attacker.request("OPTIONS", user="alice"), timeout_s=0.3) == ""
    assert phone.register(user="alice", password="alice-sip").startswith("SIP/2.0 200")


def test_guessing_passwords_is_banned(attacker: RawPhone, phone: RawPhone) -> None:
    for n in range(5):
        attacker.register(user=f"user{n}", password="guess")

    assert attacker.ask(attacker.request("OPTIONS", user="x"), timeout_s=0.3) == ""
    assert phone.register(user="alice", password="alice-sip").startswith("SIP/2.0 200")


def test_an_address_that_has_authenticated_may_fail_more_often(phone: RawPhone) -> None:
    phone.register(user="alice", password="alice-sip")
    for n in range(8):
        phone.register(user=f"user{n}", password="guess")

    assert phone.register(user="bob", password="bob-sip").startswith("SIP/2.0 200")


def test_a_known_address_may_ask_a_lot(phone: RawPhone) -> None:
    phone.register(user="alice", password="alice-sip")

    replies = [phone.ask(phone.request("REGISTER", user="alice")) for _ in range(200)]

    assert all(reply.startswith("SIP/2.0 401") for reply in replies)


def test_a_known_address_that_asks_too_much_is_slowed_not_banned(phone: RawPhone) -> None:
    phone.register(user="alice", password="alice-sip")

    replies = [phone.ask(phone.request("REGISTER", user="alice"), timeout_s=0.05) for _ in range(310)]

    assert replies[-1] == ""
    wait_until(lambda: phone.ask(phone.request("OPTIONS", user="alice"), timeout_s=0.2), what="answered again")


def test_a_scanner_gets_no_answer(attacker: RawPhone) -> None:
    request = attacker.request("OPTIONS", user="100", more="User-Agent: friendly-scanner\r\n")

    assert attacker.ask(request, timeout_s=0.5) == ""


def test_a_keepalive_is_answered(phone: RawPhone) -> None:
    assert phone.ask(phone.request("OPTIONS", user="alice")).startswith("SIP/2.0 200")


def test_a_request_that_has_no_hops_left_is_refused(phone: RawPhone) -> None:
    assert phone.ask(phone.request("INVITE", user="alice", max_forwards=0)).startswith("SIP/2.0 483")


def test_a_request_of_no_known_call_is_never_relayed(stack: Stack, attacker: RawPhone, phone: RawPhone) -> None:
    forged = attacker.request(
        "INVITE", user="alice", to="<sip:x@x>;tag=forged", ruri=f"sip:+88213@{phone.where}",
        more=f"Route: <sip:{stack.sip};lr>\r\n",
    )  # fmt: skip

    assert attacker.ask(forged).startswith("SIP/2.0 481")


def test_other_methods_are_not_allowed(phone: RawPhone) -> None:
    assert phone.ask(phone.request("PUBLISH", user="alice")).startswith("SIP/2.0 405")
