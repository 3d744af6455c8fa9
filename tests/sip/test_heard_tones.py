"""Two real phones call each other and hear the other's tone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest

from local.phones import Phone
from tests.sip import plans
from tests.sip.desk_phones import DeskPhones
from tests.sip.stack import Stack, wait_until

pytestmark = pytest.mark.sip


@pytest.fixture
def make_phone(stack: Stack, tmp_path: Path) -> Iterator[DeskPhones]:
    phones = DeskPhones(sip=stack.sip, directory=tmp_path)
    yield phones
    phones.stop()


def talk(caller: Phone, callee: Phone, *, seconds: float = 2.0) -> None:
    caller.wait("CALL_ESTABLISHED")
    callee.wait("CALL_ESTABLISHED")
    wait_until(lambda: min(caller.heard().duration_s, callee.heard().duration_s) >= seconds, what="both hear something")


@pytest.mark.parametrize(("one", "other"), [("udp", "udp"), ("tcp", "tcp"), ("udp", "tcp")])
def test_both_hear_the_other(
    stack: Stack, make_phone: DeskPhones, one: Literal["udp", "tcp"], other: Literal["udp", "tcp"]
) -> None:
    alice = make_phone("alice", 440, transport=one)
    bob = make_phone("bob", 620, transport=other, answers="auto")
    stack.hook.route = plans.stages(plans.ring(plans.aor("bob")))

    alice.dial("bob")
    talk(alice, bob)
    alice.hang_up()
    bob.wait("CALL_CLOSED")

    assert alice.heard().frequency_hz == pytest.approx(620, abs=3)
    assert bob.heard().frequency_hz == pytest.approx(440, abs=3)
    assert alice.heard().lost < 0.02
    assert bob.heard().lost < 0.02
    assert stack.hook.wait("/events", "ended")[0]["by"] == "caller"


def test_after_a_forward_the_second_phone_is_heard(stack: Stack, make_phone: DeskPhones) -> None:
    alice = make_phone("alice", 440)
    make_phone("bob", 620)
    carol = make_phone("carol", 850, answers="auto")
    stack.hook.route = plans.stages(plans.ring(plans.aor("bob"), timeout_s=1), plans.ring(plans.aor("carol"), stage=1))

    alice.dial("bob")
    talk(alice, carol)
    alice.hang_up()
    carol.wait("CALL_CLOSED")

    assert alice.heard().frequency_hz == pytest.approx(850, abs=3)
    assert carol.heard().frequency_hz == pytest.approx(440, abs=3)


def test_the_phone_that_answers_first_is_the_one_that_is_heard(stack: Stack, make_phone: DeskPhones) -> None:
    alice = make_phone("alice", 440)
    desk = make_phone("bob", 620)
    mobile = make_phone("bob", 850)
    stack.hook.route = plans.stages(plans.ring(plans.aor("bob")))

    alice.dial("bob")
    desk.wait("CALL_INCOMING")
    mobile.answer()
    desk.wait("CALL_CLOSED")
    talk(alice, mobile)

    assert alice.heard().frequency_hz == pytest.approx(850, abs=3)
    assert mobile.heard().frequency_hz == pytest.approx(440, abs=3)


def test_a_held_phone_hears_nothing_until_it_is_resumed(stack: Stack, make_phone: DeskPhones) -> None:
    alice = make_phone("alice", 440)
    bob = make_phone("bob", 620, answers="auto")
    stack.hook.route = plans.stages(plans.ring(plans.aor("bob")))
    alice.dial("bob")
    talk(alice, bob, seconds=1.0)
    wait_until(bob.receives, what="bob receives")

    alice.hold()
    bob.wait("CALL_REMOTE_SDP", count=2)
    wait_until(lambda: not bob.receives(), what="silence while held")
    alice.resume()
    bob.wait("CALL_REMOTE_SDP", count=3)

    wait_until(lambda: alice.receives() and bob.receives(), what="both receive again")
