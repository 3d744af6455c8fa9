"""Who may register, and what a stranger can learn from trying."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.sip.raw import RawPhone
from tests.sip.sipp import Lab
from tests.sip.stack import Stack, wait_until

pytestmark = pytest.mark.sip


@pytest.fixture
def stack_settings() -> dict[str, Any]:
    return {"limits": {"user_failures": 3}, "timers": {"location_timer_s": 1}}


@pytest.fixture
def phone(stack: Stack) -> Iterator[RawPhone]:
    phone = RawPhone(sip=stack.sip)
    yield phone
    phone.close()


@pytest.mark.parametrize("password", ["alice-sip", "alice-softphone"])
def test_either_password_registers(stack: Stack, lab: Lab, password: str) -> None:
    lab.start("register", password=password).finish()

    assert stack.hook.seen("/auth") == [{"user": "alice", "domain": "sbc.test", "transport": "udp"}]
    assert "alice@sbc.test" in str(stack.rpc("ul.dump"))


def test_a_phone_registers_over_tcp_and_is_forgotten_with_its_connection(stack: Stack, lab: Lab) -> None:
    lab.start("register", transport="t1").finish()

    wait_until(lambda: "alice@sbc.test" not in str(stack.rpc("ul.dump")), what="contact removed")


def test_the_hook_is_asked_once_for_a_user(stack: Stack, lab: Lab) -> None:
    lab.start("register").finish()
    lab.start("register").finish()
    lab.start("register_refused", user="nobody").finish()
    lab.start("register_refused", user="nobody").finish()

    assert [each["user"] for each in stack.hook.seen("/auth")] == ["alice", "nobody"]


def test_a_changed_password_is_in_force_once_the_hook_drops_it(stack: Stack, lab: Lab) -> None:
    lab.start("register").finish()
    stack.hook.passwords["alice@sbc.test"] = ("changed", "changed-too")

    stack.rpc("htable.delete", "ha1", "alice@sbc.test")

    lab.start("register_refused").finish()
    lab.start("register", password="changed").finish()


def test_a_wrong_password_and_an_unknown_user_look_the_same(phone: RawPhone) -> None:
    wrong = phone.register(user="alice", password="wrong")
    unknown = phone.register(user="nobody", password="wrong")

    def shape(reply: str) -> str:
        return re.sub(r'tag=\S+|nonce="[^"]+"|branch=\S+|Call-ID: \S+|CSeq: \d+|sip:\w+@', "", reply)

    assert wrong.startswith("SIP/2.0 401")
    assert shape(wrong) == shape(unknown)


def test_one_failure_is_counted_though_two_passwords_were_tried(stack: Stack, phone: RawPhone) -> None:
    phone.register(user="alice", password="wrong")

    counted = {each["name"]: each["value"] for slot in stack.rpc("htable.dump", "failures") for each in slot["slot"]}
    assert counted == {"127.0.0.1|alice@sbc.test": 1, "127.0.0.1": 1}


def test_a_user_who_keeps_failing_is_refused_even_with_the_right_password(phone: RawPhone) -> None:
    for _ in range(3):
        phone.register(user="alice", password="wrong")

    assert phone.register(user="alice", password="alice-sip").startswith("SIP/2.0 403")
    assert phone.register(user="bob", password="bob-sip").startswith("SIP/2.0 200")


def test_the_right_password_forgets_the_failures_before_it(phone: RawPhone) -> None:
    for _ in range(2):
        phone.register(user="alice", password="wrong")
        phone.register(user="alice", password="wrong")
        assert phone.register(user="alice", password="alice-sip").startswith("SIP/2.0 200")


def test_a_register_without_credentials_costs_the_hook_nothing(stack: Stack, phone: RawPhone) -> None:
    reply = phone.ask(phone.request("REGISTER", user="alice"))

    assert reply.startswith("SIP/2.0 401")
    assert 'realm="sbc.test"' in reply
    assert stack.hook.requests == []


def test_an_invented_nonce_costs_the_hook_nothing(stack: Stack, phone: RawPhone) -> None:
    made_up = phone.authorization(
        'realm="sbc.test" nonce="awAAAA"', method="REGISTER", user="alice", password="alice-sip", uri="sip:sbc.test"
    )

    reply = phone.ask(phone.request("REGISTER", user="alice", more=made_up))

    assert reply.startswith("SIP/2.0 401")
    assert stack.hook.requests == []


def test_credentials_dont_work_from_another_address(stack: Stack, phone: RawPhone) -> None:
    thief = RawPhone(sip=stack.sip, address="127.0.0.7")
    challenge = phone.ask(phone.request("REGISTER", user="alice"))
    header = phone.authorization(challenge, method="REGISTER", user="alice", password="alice-sip", uri="sip:sbc.test")
    assert phone.ask(phone.request("REGISTER", user="alice", more=header)).startswith("SIP/2.0 200")

    replayed = thief.ask(thief.request("REGISTER", user="alice", more=header, call_id=phone.registration))

    thief.close()
    assert replayed.startswith("SIP/2.0 401")
    assert "stale=true" in replayed


def test_an_overheard_registration_cannot_be_sent_again(stack: Stack, phone: RawPhone) -> None:
    challenge = phone.ask(phone.request("REGISTER", user="alice"))
    header = phone.authorization(challenge, method="REGISTER", user="alice", password="alice-sip", uri="sip:sbc.test")
    assert phone.ask(phone.request("REGISTER", user="alice", more=header)).startswith("SIP/2.0 200")
    before = str(stack.rpc("ul.dump"))

    thief = RawPhone(sip=stack.sip)  # behind the same address
    replayed = thief.ask(thief.request("REGISTER", user="alice", more=header, call_id=phone.registration))
    thief.close()

    assert replayed.startswith("SIP/2.0 401")
    assert "stale=true" in replayed
    assert thief.where not in str(stack.rpc("ul.dump"))
    assert phone.where in before
    assert phone.register(user="alice", password="alice-sip").startswith("SIP/2.0 200")


def test_an_overheard_call_cannot_be_made_again(stack: Stack, phone: RawPhone) -> None:
    def invite(more: str = "") -> str:
        return phone.ask(phone.request("INVITE", user="alice", ruri="sip:bob@sbc.test", more=more, call_id="c1"))

    challenge = invite()
    header = phone.authorization(
        challenge, method="INVITE", user="alice", password="alice-sip", uri="sip:bob@sbc.test"
    ).replace("Authorization", "Proxy-Authorization")
    first = invite(header)

    again = invite(header)

    assert first.startswith("SIP/2.0 404")  # what the hook of these tests says of every call
    assert again.startswith("SIP/2.0 407")
    assert "stale=true" in again
    assert len(stack.hook.seen("/route")) == 1


def test_credentials_of_one_call_are_of_no_use_for_another(stack: Stack, phone: RawPhone) -> None:
    challenge = phone.ask(phone.request("INVITE", user="alice", ruri="sip:bob@sbc.test"))
    header = phone.authorization(
        challenge, method="INVITE", user="alice", password="alice-sip", uri="sip:bob@sbc.test"
    ).replace("Authorization", "Proxy-Authorization")

    reply = phone.ask(phone.request("INVITE", user="alice", ruri="sip:bob@sbc.test", more=header))

    assert reply.startswith("SIP/2.0 407")
    assert "stale=true" in reply
    assert stack.hook.seen("/route") == []


def test_a_phone_may_count_on_with_its_nonce(phone: RawPhone) -> None:
    challenge = phone.ask(phone.request("REGISTER", user="alice"))

    replies = [
        phone.ask(
            phone.request(
                "REGISTER",
                user="alice",
                more=phone.authorization(
                    challenge, method="REGISTER", user="alice", password=password, uri="sip:sbc.test", count=count
                ),
            )
        )
        for count, password in ((1, "alice-sip"), (2, "alice-sip"), (3, "alice-softphone"))
    ]

    assert [reply.split("\r\n")[0] for reply in replies] == ["SIP/2.0 200 OK"] * 3


def test_a_user_cant_register_another(lab: Lab) -> None:
    lab.start("register_foreign_from").finish()


def test_a_registration_survives_a_kill_of_kamailio(stack: Stack, lab: Lab) -> None:
    lab.start("register").finish()

    stack.kill("kamailio")
    stack.start_kamailio()

    wait_until(lambda: "alice@sbc.test" in str(stack.rpc("ul.dump")), what="contact loaded")


def test_the_suspended_may_not_register(stack: Stack, phone: RawPhone) -> None:
    stack.hook.suspended.add("alice@sbc.test")

    refused = phone.register(user="alice", password="alice-sip")

    assert refused.startswith("SIP/2.0 403")
    assert "alice@sbc.test" not in str(stack.rpc("ul.dump"))
