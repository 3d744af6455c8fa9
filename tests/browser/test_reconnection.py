"""A call outlives the connection of its browser: whoever hangs up after the reconnect is heard by the other."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from local.phones import Phone
from tests.browser.browser_phone import BrowserPhone
from tests.browser.test_calls import wait_until_browser_hears, wait_until_desk_hears
from tests.browser.test_registration import contacts
from tests.sip import plans
from tests.sip.desk_phones import DeskPhones
from tests.sip.stack import Stack, wait_until

pytestmark = pytest.mark.sip

MakeBrowserPhone = Callable[..., BrowserPhone]
BACK_S = 20


def talking(
    stack: Stack, browser_phone: MakeBrowserPhone, desk_phone: DeskPhones, *, calls: bool
) -> tuple[BrowserPhone, Phone]:
    browser, desk = browser_phone("alice", 850), desk_phone("bob", 620, answers="auto" if calls else "manual")
    stack.hook.route = plans.stages(plans.ring(plans.aor("bob" if calls else "alice")))
    if calls:
        browser.call("bob")
    else:
        desk.dial("alice")
        browser.answer()
    wait_until_browser_hears(browser, 620)
    wait_until_desk_hears(desk, frequency_hz=850)
    return browser, desk


def cut(stack: Stack, browser: BrowserPhone) -> None:
    browser.do("cut")
    browser.wait("registered", count=2, timeout_s=BACK_S)


def restart(stack: Stack, browser: BrowserPhone) -> None:
    stack.kill("kamailio")
    browser.wait("disconnected")
    stack.start_kamailio()
    browser.wait("registered", count=2, timeout_s=BACK_S)


@pytest.mark.parametrize(("lose", "calls"), [(cut, True), (restart, False)])
def test_the_desk_phone_hangs_up_after_the_browser_came_back(
    stack: Stack,
    browser_phone: MakeBrowserPhone,
    desk_phone: DeskPhones,
    lose: Callable[[Stack, BrowserPhone], None],
    calls: bool,
) -> None:
    """``calls``: the browser is the caller."""
    browser, desk = talking(stack, browser_phone, desk_phone, calls=calls)

    lose(stack, browser)
    wait_until_browser_hears(browser, 620)
    wait_until(desk.receives, what="the desk phone still receives")
    desk.hang_up()

    assert browser.wait("ended")["originator"] == "remote"
    desk.wait("CALL_CLOSED")
    stack.hook.wait("/events", "ended")


def test_hold_resume_and_the_browsers_hang_up_pass_after_it_came_back(
    stack: Stack, browser_phone: MakeBrowserPhone, desk_phone: DeskPhones
) -> None:
    browser, desk = browser_phone("alice", 850), desk_phone("bob", 620, answers="auto")
    stack.hook.route = plans.stages(plans.ring(plans.aor("bob")))
    browser.call("bob")
    wait_until_browser_hears(browser, 620)

    cut(stack, browser)
    desk.hold()
    browser.wait("hold")
    desk.resume()
    browser.wait("unhold")
    wait_until_browser_hears(browser, 620)
    browser.do("hangUp")

    desk.wait("CALL_CLOSED")
    stack.hook.wait("/events", "ended")


def test_a_browser_that_came_back_learns_that_the_hook_has_ended_its_call(
    stack: Stack, browser_phone: MakeBrowserPhone, desk_phone: DeskPhones
) -> None:
    """Kamailio sends a BYE of its own to the connection that the call began with; who hears nothing asks."""
    browser, desk = browser_phone("alice", 850), desk_phone("bob", 620, answers="auto")
    stack.hook.route = plans.stages(plans.ring(plans.aor("bob")))
    browser.call("bob")
    wait_until_browser_hears(browser, 620)
    answered = stack.hook.wait("/events", "answered")[0]

    cut(stack, browser)
    stack.rpc("dlg.end_dlg", answered["h_entry"], answered["h_id"])
    desk.wait("CALL_CLOSED")
    assert stack.hook.wait("/events", "ended")[0]["by"] == "system"
    wait_until(lambda: not stack.rpc("dlg.list"), what="the dialog is gone")
    browser.do("probe")

    browser.wait("gone")


def test_nobody_else_gets_a_call_by_registering_its_contact(
    stack: Stack,
    browser_phone: MakeBrowserPhone,
    open_phone: Callable[[str], BrowserPhone],
    websocket_url: str,
    desk_phone: DeskPhones,
) -> None:
    alice, bob = browser_phone("alice", 850), desk_phone("bob", 620, answers="auto")
    stack.hook.route = plans.stages(plans.ring(plans.aor("bob")))
    alice.call("bob")
    wait_until_browser_hears(alice, 620)
    identity = alice.page.evaluate("phone.whoAmI()")
    alice.page.close()
    wait_until(lambda: contacts(stack) == 1, what="Alice is gone")

    carol = open_phone("carol")
    assert carol.register(url=websocket_url, as_if=identity).registered
    bob.hang_up()
    bob.wait("CALL_CLOSED")

    stack.hook.wait("/events", "ended")
    assert "FIND_BROWSER" not in stack.report()
