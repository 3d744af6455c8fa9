from __future__ import annotations

import pytest
from tests.sip import plans
from tests.sip.sipp import Lab
from tests.sip.stack import Stack

pytestmark = pytest.mark.sip


def test_a_phone_calls_another_by_the_hooks_plan(stack: Stack, lab: Lab) -> None:
    phone = lab.start("register", user="bob")
    phone.finish()
    callee = lab.listen("callee", port=phone.port)
    stack.hook.route = plans.stages(plans.ring(plans.aor("bob")))

    lab.start("caller").finish()
    callee.finish()

    asked = stack.hook.seen("/route")
    assert [each["event"] for each in asked] == ["invite"]
    assert asked[0]["user"] == "alice"
    ended = stack.hook.wait("/events", "ended")
    assert ended[0]["by"] == "caller"
