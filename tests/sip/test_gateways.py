"""Calls to and from carriers' gateways."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ports import free_port
from tests.sip import plans
from tests.sip.sipp import Lab
from tests.sip.stack import Stack

pytestmark = pytest.mark.sip


@pytest.fixture
def stack_settings() -> dict[str, Any]:
    return {"timers": {"silence_ms": 700}}


def headers_of(message: str, name: str) -> list[str]:
    return [
        line.split(":", 1)[1].strip() for line in message.splitlines() if line.lower().startswith(name.lower() + ":")
    ]


def test_a_failed_gateway_gives_way_to_the_next_with_an_identity_of_its_own(stack: Stack, lab: Lab) -> None:
    first, second = lab.listen("callee_503"), lab.listen("callee")
    stack.hook.route = plans.stages(
        plans.ring(plans.gateway(first, "0033123456789", from_uri="sip:first@one.test", headers="X-One: 1\r\n")),
        plans.ring(
            plans.gateway(
                second, "+33123456789", from_uri="sip:+441632960000@two.test", from_display='"The \\"Office\\""',
                headers="P-Asserted-Identity: <sip:+441632960000@two.test>\r\nX-Two: 2\r\n",
            ),
            stage=1,
        ),
    )  # fmt: skip

    lab.start("caller", dialled="0123456789").finish()

    first.finish()
    second.finish()
    one, two = first.received("INVITE")[0], second.received("INVITE")[0]
    assert one.startswith("INVITE sip:0033123456789@")
    assert headers_of(one, "X-One") == ["1"]
    assert two.startswith("INVITE sip:+33123456789@")
    assert headers_of(two, "From")[0].startswith('"The \\"Office\\"" <sip:+441632960000@two.test>;tag=')
    assert headers_of(two, "P-Asserted-Identity") == ["<sip:+441632960000@two.test>"]
    assert headers_of(two, "X-One") == []
    asked = stack.hook.seen("/route")[1]
    assert (asked["status"], asked["local"]) == (503, False)


def test_the_caller_sees_its_own_identity_whatever_the_gateway_was_told(stack: Stack, lab: Lab) -> None:
    carrier = lab.listen("callee")
    stack.hook.route = plans.stages(plans.ring(plans.gateway(carrier, from_uri="sip:+441632960000@two.test")))

    caller = lab.start("caller")
    caller.finish()
    carrier.finish()

    assert "sip:alice@sbc.test" in headers_of(caller.received("SIP/2.0 200")[0], "From")[0]
    assert "sip:+441632960000@two.test" in headers_of(carrier.received("BYE")[0], "From")[0]


def test_a_silent_gateway_gives_way_to_the_next(stack: Stack, lab: Lab) -> None:
    second = lab.listen("callee")
    stack.hook.route = plans.stages(
        plans.ring(plans.gateway(f"127.0.0.1:{free_port()}")), plans.ring(plans.gateway(second), stage=1)
    )

    lab.start("caller").finish()

    second.finish()
    asked = stack.hook.seen("/route")[1]
    assert (asked["status"], asked["local"], asked["ringing_at"]) == (408, True, 0)


@pytest.mark.parametrize("status", [486, 603])
def test_the_called_partys_refusal_is_told_to_the_hook_as_it_came(stack: Stack, lab: Lab, status: int) -> None:
    carrier = lab.listen(f"callee_{status}")
    stack.hook.route = plans.stages(plans.ring(plans.gateway(carrier)))

    lab.start(f"caller_gets_{status}").finish()

    carrier.finish()
    asked = stack.hook.seen("/route")[1]
    assert (asked["status"], asked["local"]) == (status, False)


def test_a_gateway_calls_in_without_a_digest(stack: Stack, lab: Lab) -> None:
    phone = lab.start("register", user="bob")
    phone.finish()
    callee = lab.listen("callee", port=phone.port)
    stack.hook.gateways.add("127.0.0.2")
    stack.hook.route = plans.stages(plans.ring(plans.aor("bob")))

    lab.start("gateway_calls", user="0612345678", dialled="+4930123", address="127.0.0.2").finish()

    callee.finish()
    asked = stack.hook.seen("/route")[0]
    assert (asked["source"], asked["src_ip"]) == ("gateway", "127.0.0.2")
    assert asked.keys().isdisjoint({"user", "domain"})
    assert (asked["dialled"], asked["calling"]) == ("+4930123", "+33123456789")


def test_identity_headers_from_outside_go_no_further(stack: Stack, lab: Lab) -> None:
    phone = lab.start("register", user="bob")
    phone.finish()
    callee = lab.listen("callee", port=phone.port)
    stack.hook.gateways.add("127.0.0.2")
    stack.hook.route = plans.stages(plans.ring(plans.aor("bob")))

    lab.start("gateway_calls", address="127.0.0.2").finish()

    callee.finish()
    invite = callee.received("INVITE")[0]
    assert headers_of(invite, "P-Asserted-Identity") == []
    assert headers_of(invite, "X-Patchbay-Call") == []
    assert headers_of(invite, "Proxy-Authorization") == []


def test_a_gateway_may_be_asked_for_a_digest_all_the_same(stack: Stack, lab: Lab) -> None:
    stack.hook.gateways.add("127.0.0.2")
    stack.hook.route = lambda _: {"action": "challenge"}

    lab.start("stranger_calls", address="127.0.0.2").finish()


def test_an_unknown_address_is_challenged(stack: Stack, lab: Lab) -> None:
    lab.start("stranger_calls", address="127.0.0.3").finish()

    assert stack.hook.seen("/source")[0]["src_ip"] == "127.0.0.3"
    assert stack.hook.seen("/route") == []
