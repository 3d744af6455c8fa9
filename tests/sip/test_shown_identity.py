"""A target may be shown another From than the caller's own: each side sees the same one in all messages of the call."""

from __future__ import annotations

import pytest

from tests.sip import plans
from tests.sip.sipp import Lab, Sipp
from tests.sip.stack import Stack, wait_until

pytestmark = pytest.mark.sip

OWN = '"Caller" <sip:alice@sbc.test>'
SHOWN = '"Bell, \\"A\\"" <sip:+441632960000@two.test>'


def _plan(stack: Stack, carrier: Sipp | str) -> None:
    target = plans.gateway(carrier, from_uri="sip:+441632960000@two.test", from_display='"Bell, \\"A\\""')
    stack.hook.route = plans.stages(plans.ring(target))


def _shown_in(messages: list[str], header: str) -> set[str]:
    """The header in these messages, without its tag."""
    lines = [line for message in messages for line in message.splitlines() if line.startswith(f"{header}:")]
    assert len(lines) == len(messages), messages
    return {line.partition(":")[2].partition(";tag=")[0].strip() for line in lines}


def test_each_side_sees_its_own_from_in_the_callers_requests_and_their_replies(stack: Stack, lab: Lab) -> None:
    carrier = lab.listen("callee_gets_requests")
    _plan(stack, carrier)

    caller = lab.start("caller_sends_requests")
    caller.finish()
    carrier.finish()

    assert {method for method in ("INVITE", "ACK", "INFO", "REFER", "BYE") if not carrier.received(method)} == set()
    assert _shown_in(carrier.messages, "From") == {SHOWN}
    assert _shown_in(caller.messages, "From") == {OWN}


def test_a_called_side_that_hangs_up_names_the_caller_as_it_was_shown_it(stack: Stack, lab: Lab) -> None:
    carrier = lab.listen("callee_hangs_up")
    _plan(stack, carrier)

    caller = lab.start("caller_waits_for_bye")
    caller.finish()
    carrier.finish()

    assert _shown_in(caller.received("BYE"), "To") == {OWN}
    assert _shown_in(carrier.received("SIP/2.0 200"), "To") == {SHOWN}


def test_it_stays_so_after_a_kill_of_kamailio(stack: Stack, lab: Lab) -> None:
    carrier = lab.listen("callee")
    _plan(stack, carrier)
    caller = lab.start("caller_talks_long")
    stack.hook.wait("/events", "answered")
    wait_until(lambda: carrier.received("ACK"), what="call stands")

    stack.kill("kamailio")
    stack.start_kamailio()

    caller.finish()
    carrier.finish()
    assert _shown_in(carrier.received("BYE"), "From") == {SHOWN}
    assert _shown_in(caller.received("SIP/2.0 200")[-1:], "From") == {OWN}


def test_of_targets_that_ring_together_the_one_that_answers_counts(stack: Stack, lab: Lab) -> None:
    losing, answering = lab.listen("callee_cancelled"), lab.listen("callee")
    stack.hook.route = plans.stages(
        plans.ring(
            plans.gateway(answering, from_uri="sip:first@one.test", from_display='"One"'),
            plans.gateway(losing, from_uri="sip:second@two.test", from_display='"Two"'),
        )
    )

    lab.start("caller").finish()

    answering.finish()
    losing.finish()
    assert _shown_in(losing.received("CANCEL"), "From") == {'"Two" <sip:second@two.test>'}
    assert _shown_in(answering.received("BYE"), "From") == {'"One" <sip:first@one.test>'}
