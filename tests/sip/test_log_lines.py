"""Kamailio's lines can be found by the Call-ID."""

from __future__ import annotations

import re

import pytest

from tests.sip.raw import RawPhone
from tests.sip.stack import DOMAIN, Stack, wait_until

pytestmark = pytest.mark.sip


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
