"""Calls from phone to phone, as the hook's plan says. Tones are measured in test_heard_tones.py."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sip import plans
from tests.sip.sipp import Lab, Sipp
from tests.sip.stack import Stack, wait_until

pytestmark = pytest.mark.sip


@pytest.fixture
def stack_settings() -> dict[str, Any]:
    return {"timers": {"silence_ms": 700}}


def register_then_listen(lab: Lab, user: str, scenario: str, **options: Any) -> Sipp:
    phone = lab.start("register", user=user, **options)
    phone.finish()
    return lab.listen(scenario, port=phone.port, **options)


@pytest.mark.parametrize("transport", ["u1", "t1"])
def test_a_phone_calls_another_by_the_hooks_plan(stack: Stack, lab: Lab, transport: str) -> None:
    callee = register_then_listen(lab, "bob", "callee")
    stack.hook.route = plans.stages(plans.ring(plans.aor("bob")))

    lab.start("caller", transport=transport).finish()
    callee.finish()

    asked = stack.hook.seen("/route")
    assert [each["event"] for each in asked] == ["invite"]
    assert (asked[0]["user"], asked[0]["domain"], asked[0]["dialled"]) == ("alice", "sbc.test", "bob")
    answered = stack.hook.wait("/events", "answered")[0]
    ended = stack.hook.wait("/events", "ended")[0]
    assert (answered["call_id"], answered["stage"], answered["target"]) == (plans.CALL_ID, 0, 0)
    assert asked[0]["sip_call_id"] == answered["sip_call_id"] == ended["sip_call_id"]
    assert answered["ringing_at"] <= answered["at"] < ended["at"]
    assert ended["by"] == "caller"


def test_a_call_costs_the_hook_three_requests(stack: Stack, lab: Lab) -> None:
    callee = register_then_listen(lab, "bob", "callee", calls=2)
    stack.hook.route = plans.stages(plans.ring(plans.aor("bob")))
    caller = lab.start("caller")
    caller.finish()
    stack.hook.wait("/events", "ended")
    before = len(stack.hook.requests)

    lab.start("caller", port=caller.port).finish()
    callee.finish()
    stack.hook.wait("/events", "ended", count=2)

    assert [each.path for each in stack.hook.requests[before:]] == ["/route", "/events", "/events"]


def test_the_callee_hangs_up(stack: Stack, lab: Lab) -> None:
    callee = register_then_listen(lab, "bob", "callee_hangs_up")
    stack.hook.route = plans.stages(plans.ring(plans.aor("bob")))

    lab.start("caller_waits_for_bye").finish()
    callee.finish()

    assert stack.hook.wait("/events", "ended")[0]["by"] == "callee"


def test_all_contacts_ring_and_the_first_answer_wins(stack: Stack, lab: Lab) -> None:
    slow = register_then_listen(lab, "bob", "callee_cancelled")
    quick = register_then_listen(lab, "bob", "callee")
    stack.hook.route = plans.stages(plans.ring(plans.aor("bob")))

    lab.start("caller").finish()

    quick.finish()
    slow.finish()
    assert "CANCEL" in slow.messages[1]


def test_a_phone_and_a_gateway_ring_together(stack: Stack, lab: Lab) -> None:
    phone = register_then_listen(lab, "bob", "callee_cancelled")
    carrier = lab.listen("callee")
    stack.hook.route = plans.stages(
        plans.ring(plans.aor("bob"), plans.gateway(carrier, from_uri="sip:+441632960000@x.test"))
    )

    lab.start("caller").finish()

    carrier.finish()
    phone.finish()
    assert stack.hook.wait("/events", "answered")[0]["target"] == 1
    assert "sip:+441632960000@x.test" in carrier.received("INVITE")[0]
    assert "sip:alice@sbc.test" in phone.received("INVITE")[0]


def test_the_caller_cancels_while_it_rings(stack: Stack, lab: Lab) -> None:
    callee = register_then_listen(lab, "bob", "callee_cancelled")
    stack.hook.route = plans.stages(plans.ring(plans.aor("bob")))

    lab.start("caller_cancels").finish()
    callee.finish()

    cancelled = stack.hook.wait("/events", "cancelled")[0]
    assert (cancelled["call_id"], cancelled["stage"]) == (plans.CALL_ID, 0)
    assert cancelled["ringing_at"] > 0
    assert [each["event"] for each in stack.hook.seen("/route")] == ["invite"]
    wait_until(lambda: stack.media_calls() == 0, what="media freed")


def test_the_caller_cancels_while_the_hook_decides(stack: Stack, lab: Lab) -> None:
    register_then_listen(lab, "bob", "callee_cancelled")
    stack.hook.route = plans.stages(plans.ring(plans.aor("bob")))
    stack.hook.delay_s = 0.4

    lab.start("caller_cancels_early").finish()

    assert stack.hook.wait("/events", "cancelled")[0]["call_id"] == plans.CALL_ID


def test_early_media_passes_through_the_media_engine(stack: Stack, lab: Lab) -> None:
    callee = register_then_listen(lab, "bob", "callee_early_media")
    stack.hook.route = plans.stages(plans.ring(plans.aor("bob")))

    caller = lab.start("caller")
    caller.finish()
    callee.finish()

    early, final = caller.received("SIP/2.0 183")[0], caller.received("SIP/2.0 200")[0]
    port = next(line for line in early.splitlines() if line.startswith("m=audio")).split()[1]
    assert stack.settings.rtp_port_min <= int(port) <= stack.settings.rtp_port_max
    assert f"m=audio {port} " in final


def test_a_call_is_held_and_resumed(stack: Stack, lab: Lab) -> None:
    callee = register_then_listen(lab, "bob", "callee_held")
    stack.hook.route = plans.stages(plans.ring(plans.aor("bob")))

    caller = lab.start("caller_holds")
    caller.finish()
    callee.finish()

    invites = callee.received("INVITE")
    assert ["sendonly" in each for each in invites] == [False, True, False]
    ports = {line.split()[1] for each in invites for line in each.splitlines() if line.startswith("m=audio")}
    assert len(ports) == 1
    assert len(stack.hook.seen("/route")) == 1


def test_nobody_answers_in_time_so_the_next_stage_rings(stack: Stack, lab: Lab) -> None:
    first = register_then_listen(lab, "bob", "callee_cancelled")
    second = register_then_listen(lab, "carol", "callee")
    stack.hook.route = plans.stages(plans.ring(plans.aor("bob"), timeout_s=1), plans.ring(plans.aor("carol"), stage=1))

    lab.start("caller").finish()

    first.finish()
    second.finish()
    failed = stack.hook.seen("/route")[1]
    assert (failed["event"], failed["stage"], failed["status"], failed["local"]) == ("failed", 0, 408, True)
    assert failed["ringing_at"] > 0
    assert stack.hook.wait("/events", "answered")[0]["stage"] == 1


def test_a_subscriber_without_registration_is_a_local_480(stack: Stack, lab: Lab) -> None:
    stack.hook.route = plans.stages(plans.ring(plans.aor("bob")))

    lab.start("caller_gets_480").finish()

    failed = stack.hook.seen("/route")[1]
    assert (failed["status"], failed["local"], failed["ringing_at"]) == (480, True, 0)


def test_a_phone_that_says_nothing_is_left_soon(stack: Stack, lab: Lab) -> None:
    phone = lab.start("register", user="bob")
    phone.finish()
    stack.hook.route = plans.stages(plans.ring(plans.aor("bob")))

    lab.start("caller_gets_408").finish()

    failed = stack.hook.seen("/route")[1]
    assert (failed["status"], failed["local"], failed["ringing_at"]) == (408, True, 0)


def test_the_hooks_refusal_reaches_the_caller(stack: Stack, lab: Lab) -> None:
    stack.hook.route = lambda _: plans.reply(403, "Not Allowed By Group")

    caller = lab.start("caller_gets_403")
    caller.finish()

    assert caller.received("SIP/2.0 403 Not Allowed By Group")
    assert stack.hook.seen("/events") == []


def test_a_caller_that_isnt_who_it_says_is_refused(stack: Stack, lab: Lab) -> None:
    caller = lab.start("caller_impersonates", user="alice", password="bob-sip", credentials_of="bob")

    caller.finish()

    assert stack.hook.seen("/route") == []


def test_a_target_is_offered_only_the_codecs_the_hook_names(stack: Stack, lab: Lab) -> None:
    callee = register_then_listen(lab, "bob", "callee")
    stack.hook.route = plans.stages(plans.ring(plans.aor("bob", codecs="PCMA G722")))

    lab.start("caller_offers_many_codecs").finish()
    callee.finish()

    offered = next(line for line in callee.received("INVITE")[0].splitlines() if line.startswith("m=audio"))
    assert offered.split()[3:] == ["8", "9", "101"]


def test_requests_within_a_call_pass(stack: Stack, lab: Lab) -> None:
    callee = register_then_listen(lab, "bob", "callee_gets_requests")
    stack.hook.route = plans.stages(plans.ring(plans.aor("bob")))

    lab.start("caller_sends_requests").finish()
    callee.finish()

    assert "Refer-To: <sip:carol@sbc.test>" in callee.received("REFER")[0]
