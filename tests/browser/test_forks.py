"""One subscriber with a desk phone and a browser: both ring, the first to answer has the call."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.browser_phone import BrowserPhone
from tests.browser.test_calls import wait_until_browser_hears, wait_until_desk_hears
from tests.sip import plans
from tests.sip.desk_phones import DeskPhones
from tests.sip.stack import Stack

pytestmark = pytest.mark.sip

MakeBrowserPhone = Callable[..., BrowserPhone]


def test_the_desk_phone_answers(stack: Stack, browser_phone: MakeBrowserPhone, desk_phone: DeskPhones) -> None:
    caller = desk_phone("alice", 440)
    desk = desk_phone("bob", 620)
    browser = browser_phone("bob", 850)
    stack.hook.route = plans.stages(plans.ring(plans.aor("bob")))

    caller.dial("bob")
    browser.wait("session")
    desk.answer()
    lost = browser.wait("failed")
    wait_until_desk_hears(caller, frequency_hz=620)
    wait_until_desk_hears(desk, frequency_hz=440)

    assert (lost["originator"], lost["cause"]) == ("remote", "Canceled")


def test_the_browser_answers(stack: Stack, browser_phone: MakeBrowserPhone, desk_phone: DeskPhones) -> None:
    caller = desk_phone("alice", 440)
    desk = desk_phone("bob", 620)
    browser = browser_phone("bob", 850)
    stack.hook.route = plans.stages(plans.ring(plans.aor("bob")))

    caller.dial("bob")
    desk.wait("CALL_INCOMING")
    browser.answer()
    desk.wait("CALL_CLOSED")
    wait_until_browser_hears(browser, 440)
    wait_until_desk_hears(caller, frequency_hz=850)


@pytest.mark.parametrize("answers", ["desk", "browser"])
def test_the_caller_may_be_a_browser(
    stack: Stack, browser_phone: MakeBrowserPhone, desk_phone: DeskPhones, answers: str
) -> None:
    caller = browser_phone("alice", 1050)
    desk = desk_phone("bob", 620)
    browser = browser_phone("bob", 850)
    stack.hook.route = plans.stages(plans.ring(plans.aor("bob")))

    caller.call("bob")
    desk.wait("CALL_INCOMING")
    browser.wait("session")
    if answers == "desk":
        desk.answer()
        browser.wait("failed")
        wait_until_browser_hears(caller, 620)
        wait_until_desk_hears(desk, frequency_hz=1050)
    else:
        browser.answer()
        desk.wait("CALL_CLOSED")
        wait_until_browser_hears(caller, 850)
        wait_until_browser_hears(browser, 1050)


def test_a_caller_who_gives_up_silences_both(
    stack: Stack, browser_phone: MakeBrowserPhone, desk_phone: DeskPhones
) -> None:
    caller = browser_phone("alice", 1050)
    desk = desk_phone("bob", 620)
    browser = browser_phone("bob", 850)
    stack.hook.route = plans.stages(plans.ring(plans.aor("bob")))
    caller.call("bob")
    desk.wait("CALL_INCOMING")
    browser.wait("session")
    caller.wait("progress")

    caller.do("hangUp")

    desk.wait("CALL_CLOSED")
    assert browser.wait("failed")["cause"] == "Canceled"
    assert stack.hook.wait("/events", "cancelled")[0]["status"] == 487
