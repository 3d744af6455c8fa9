"""Kamailio's lines can be found by the Call-ID; those of calls by the hook's call id as well."""

from __future__ import annotations

import re

import pytest

from tests.sip import plans
from tests.sip.raw import RawPhone
from tests.sip.sipp import Lab
from tests.sip.stack import DOMAIN, Stack, wait_until

pytestmark = pytest.mark.sip


def lines_of(stack: Stack) -> list[str]:
    """Our own, without what Kamailio puts before them."""
    return re.findall(r"<script>: ([A-Z_]+: .*)", stack.log())


def test_our_lines_end_with_the_call_id_and_all_of_a_request_that_is_read_begin_with_it(stack: Stack) -> None:
    """The second makes errors of Kamailio's own modules findable; lines after a question to the hook don't have it."""
    phone = RawPhone(stack.sip)

    phone.register(user="alice", password="wrong")
    phone.ask(phone.request("BYE", user="alice", to=f"<sip:bob@{DOMAIN}>;tag=gone", call_id="stray@phone"))
    wait_until(lambda: "UNKNOWN_DIALOG" in stack.log(), what="the second line")
    phone.close()

    ours = [line for line in stack.log().splitlines() if re.search(r"<script>: [A-Z_]+: ", line)]
    assert len(ours) >= 2
    for line in ours:
        read = "UNKNOWN_DIALOG" in line
        assert line.endswith("stray@phone" if read else phone.registration), line
        assert not read or "{1 BYE stray@phone} " in line, line


def test_what_was_said_before_a_call_had_its_id_is_said_again_with_it(stack: Stack) -> None:
    phone, uri = RawPhone(stack.sip), f"sip:bob@{DOMAIN}"
    stack.hook.route = plans.stages(plans.reply(404))

    for password in ("wrong", "alice-sip"):
        challenge = phone.ask(phone.request("INVITE", user="alice", to=f"<{uri}>", ruri=uri, call_id="one@phone"))
        header = phone.authorization(challenge, method="INVITE", user="alice", password=password, uri=uri)
        phone.ask(
            phone.request("INVITE", user="alice", to=f"<{uri}>", ruri=uri, call_id="one@phone", more=f"Proxy-{header}")
        )
    wait_until(lambda: "EXECUTE" in stack.log(), what="the last line")
    phone.close()

    failure = "COUNT_FAILURE: alice@sbc.test from 127.0.0.1, 1 of this address"
    assert lines_of(stack) == [
        f"{failure} one@phone",
        f"SAY_AGAIN: {failure} {plans.CALL_ID} one@phone",
        f"EXECUTE: 404 {plans.CALL_ID} one@phone",
    ]


def test_lines_of_a_call_have_both_ids_also_when_it_is_over(stack: Stack, lab: Lab) -> None:
    busy, callee = lab.listen("callee_486"), lab.listen("callee")
    stack.hook.route = plans.stages(plans.ring(plans.gateway(busy)), plans.ring(plans.gateway(callee), stage=1))

    lab.start("caller").finish()
    sip_call_id = stack.hook.wait("/events", "ended")[0]["sip_call_id"]
    stray = RawPhone(stack.sip)
    stray.ask(stray.request("BYE", user="alice", to=f"<sip:bob@{DOMAIN}>;tag=gone", call_id=sip_call_id))
    wait_until(lambda: "UNKNOWN_DIALOG" in stack.log(), what="the last line")
    stray.close()

    assert [line.partition(":")[0] for line in lines_of(stack)] == ["STAGE_FAILED", "UNKNOWN_DIALOG"]
    for line in lines_of(stack):
        assert line.endswith(f" {plans.CALL_ID} {sip_call_id}"), line
