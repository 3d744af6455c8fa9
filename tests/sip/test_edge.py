"""What is refused at the edge: floods, scanners, relaying, loops."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.sip.raw import RawPhone
from tests.sip.stack import Stack, wait_until

pytestmark = pytest.mark.sip

KNOWN = {"known_source_requests_per_2s": 300, "connections_per_address": 20}


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


def test_one_address_cant_have_all_connections(stack: Stack, phone: RawPhone) -> None:
    def connections() -> int:
        return int(stack.rpc("core.tcp_info")["opened_connections"])

    def connect(address: str) -> socket.socket:
        return socket.create_connection(("127.0.0.1", stack.settings.sip_port), timeout=5, source_address=(address, 0))

    def answers(address: str) -> bool:
        with connect(address) as connection:
            request = phone.request("OPTIONS", user="alice").replace("SIP/2.0/UDP", "SIP/2.0/TCP")
            try:
                connection.sendall(request.encode())
                return connection.recv(4096).startswith(b"SIP/2.0 200")
            except ConnectionError:
                return False

    held = [connect("127.0.0.9") for _ in range(60)]

    wait_until(lambda: connections() >= 20, what="as many as it may have")
    assert not answers("127.0.0.9")
    assert answers("127.0.0.1")
    assert connections() <= 22
    for connection in held:
        connection.close()
    wait_until(lambda: answers("127.0.0.9"), what="closed connections count no more", timeout_s=20)


def _no_via(phone: RawPhone) -> bytes:
    return re.sub(r"Via: .*", "Via: SIP/2.0/UDP ", phone.request("OPTIONS", user="x")).encode()


def _no_to(phone: RawPhone) -> bytes:
    return phone.request("INVITE", user="x", to="<<<x>").encode()


def _no_uri(phone: RawPhone) -> bytes:
    return phone.request("BYE", user="x", to="<sip:x@x>;tag=1", ruri="nothing").encode()


def _of_no_call(phone: RawPhone) -> bytes:
    return phone.request("BYE", user="x", to="<sip:x@x>;tag=1").encode()


def _reply(phone: RawPhone) -> bytes:
    _head, _, rest = phone.request("OPTIONS", user="x").partition("\r\n")
    return f"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP {phone.sip};branch=z9hG4bKq\r\n{rest}".encode()


def _of_scanner(phone: RawPhone) -> bytes:
    return phone.request("OPTIONS", user="x", more="User-Agent: friendly-scanner\r\n").encode()


@pytest.mark.parametrize(
    ("message", "most_lines"),
    # Kamailio's parser writes many lines about each message
    [(_no_via, 3000), (_no_to, 900), (_no_uri, 100), (_of_no_call, 50), (_reply, 50), (_of_scanner, 100)],
)
def test_a_stranger_can_fill_no_log(
    stack: Stack, attacker: RawPhone, phone: RawPhone, message: Callable[[RawPhone], bytes], most_lines: int
) -> None:
    host, port = stack.sip.split(":")
    phone.register(user="alice", password="alice-sip")
    before = stack.log().count("\n")
    for number in range(600):
        attacker.socket.sendto(message(attacker), (host, int(port)))
        if number % 50 == 49:  # what was sent so far has been read
            assert phone.ask(phone.request("OPTIONS", user="alice"), timeout_s=10).startswith("SIP/2.0 200")

    assert 0 < stack.log().count("\n") - before < most_lines


def test_a_call_id_of_several_lines_makes_no_line_in_the_log(stack: Stack, attacker: RawPhone) -> None:
    request = attacker.request("BYE", user="x", to="<sip:x@x>;tag=1", call_id="a\r\n 1(1) CRITICAL: forged")

    reply = attacker.ask(request)

    assert reply.startswith("SIP/2.0 400 ")
    assert "forged" not in stack.log()


def test_a_name_of_several_lines_makes_no_line_in_the_log(stack: Stack, attacker: RawPhone) -> None:
    challenge = attacker.ask(attacker.request("REGISTER", user="alice"))
    header = attacker.authorization(
        challenge, method="REGISTER", user="a\r\n 1(1) CRITICAL: forged", password="x", uri="sip:sbc.test"
    )

    reply = attacker.ask(attacker.request("REGISTER", user="alice", more=header))

    assert reply.startswith("SIP/2.0 403 ")
    assert "is not alice@sbc.test" in stack.log()
    assert "\n 1(1) CRITICAL: forged" not in stack.log()
