"""The hook, the media engine or Kamailio itself fails."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sip import plans
from tests.sip.sipp import Lab
from tests.sip.stack import Stack, wait_until

pytestmark = pytest.mark.sip


@pytest.fixture
def stack_settings() -> dict[str, Any]:
    return {"timers": {"dead_media_s": 1, "hook_timeout_s": 1}}


def test_without_the_hook_a_call_gets_503_and_when_to_try_again(stack: Stack, lab: Lab) -> None:
    stack.hook.stop()

    caller = lab.start("caller_unserved")
    caller.finish()

    assert "Retry-After: 10" in caller.received("SIP/2.0 503")[0]


def test_a_hook_that_hangs_is_given_up(stack: Stack, lab: Lab) -> None:
    lab.start("register").finish()
    stack.hook.delay_s = 3

    lab.start("caller_unserved").finish()


def test_events_of_an_outage_arrive_in_order_when_the_hook_is_back(stack: Stack, lab: Lab) -> None:
    phone = lab.start("register", user="bob")
    phone.finish()
    callee = lab.listen("callee", port=phone.port)

    def route_then_die(body: plans.Json) -> plans.Json:
        stack.hook.events_fail = True
        return plans.ring(plans.aor("bob"))

    stack.hook.route = route_then_die
    lab.start("caller").finish()
    callee.finish()
    refused = len(stack.hook.seen("/events"))

    stack.hook.events_fail = False

    stack.hook.wait("/events", "ended", timeout_s=5)
    delivered = [each["event"] for each in stack.hook.seen("/events")[refused:]]
    assert delivered == ["answered", "ended"]


def test_calls_go_on_after_a_kill_of_kamailio_and_their_end_is_reported(stack: Stack, lab: Lab) -> None:
    phone = lab.start("register", user="bob")
    phone.finish()
    callee = lab.listen("callee", port=phone.port)
    stack.hook.route = plans.stages(plans.ring(plans.aor("bob")))
    caller = lab.start("caller_talks_long")
    answered = stack.hook.wait("/events", "answered")[0]
    wait_until(lambda: callee.received("ACK"), what="call stands")

    stack.kill("kamailio")
    stack.start_kamailio()

    caller.finish()
    callee.finish()
    ended = stack.hook.wait("/events", "ended")[0]
    assert (ended["call_id"], ended["by"]) == (answered["call_id"], "caller")


def test_the_hook_can_end_a_call(stack: Stack, lab: Lab) -> None:
    phone = lab.start("register", user="bob")
    phone.finish()
    callee = lab.listen("callee", port=phone.port)
    stack.hook.route = plans.stages(plans.ring(plans.aor("bob")))
    caller = lab.start("caller_waits_for_bye")
    answered = stack.hook.wait("/events", "answered")[0]
    wait_until(lambda: callee.received("ACK"), what="call stands")

    stack.rpc("dlg.end_dlg", answered["h_entry"], answered["h_id"])

    caller.finish()
    callee.finish()
    assert stack.hook.wait("/events", "ended")[0]["by"] == "system"
    wait_until(lambda: stack.media_calls() == 0, what="media freed")


def test_a_call_ends_at_its_longest_duration(stack: Stack, lab: Lab) -> None:
    phone = lab.start("register", user="bob")
    phone.finish()
    callee = lab.listen("callee", port=phone.port)
    stack.hook.route = plans.stages(plans.ring(plans.aor("bob"), max_s=2))

    lab.start("caller_waits_for_bye").finish()

    callee.finish()
    assert stack.hook.wait("/events", "ended")[0]["by"] == "timeout"


def test_a_call_without_media_is_told_to_the_hook(stack: Stack, lab: Lab) -> None:
    phone = lab.start("register", user="bob")
    phone.finish()
    lab.listen("callee", port=phone.port)
    stack.hook.route = plans.stages(plans.ring(plans.aor("bob")))
    lab.start("caller_talks_long")
    answered = stack.hook.wait("/events", "answered")[0]

    stack.hook.wait("/media-timeout", timeout_s=6)

    text = next(each.text for each in stack.hook.requests if each.path == "/media-timeout")
    assert answered["sip_call_id"] in text


def test_without_the_media_engine_no_phone_sees_the_others_address(stack: Stack, lab: Lab) -> None:
    phone = lab.start("register", user="bob")
    phone.finish()
    callee = lab.listen("callee", port=phone.port)
    stack.hook.route = plans.stages(plans.ring(plans.aor("bob")))
    stack.kill("rtpengine")

    lab.start("caller_gets_503").finish()

    assert callee.received("INVITE") == []
