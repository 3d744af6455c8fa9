"""What happens in a call with a browser: hold from either side, whoever called, and digits."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from local.phones import Phone
from tests.browser.browser_phone import BrowserPhone
from tests.browser.test_calls import gateway_to, wait_until_browser_hears, wait_until_desk_hears
from tests.sip import plans
from tests.sip.desk_phones import DeskPhones
from tests.sip.stack import Stack, wait_until

pytestmark = pytest.mark.sip

MakeBrowserPhone = Callable[..., BrowserPhone]
SILENCE_DB = -80


@pytest.fixture(params=["browser calls", "desk phone calls"])
def talking(
    request: pytest.FixtureRequest, stack: Stack, browser_phone: MakeBrowserPhone, desk_phone: DeskPhones
) -> tuple[BrowserPhone, Phone]:
    """A browser that says 850 Hz and a desk phone that says 620 Hz, in a call with each other."""
    calls = request.param == "browser calls"
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


def hears_nothing(phone: BrowserPhone) -> bool:
    return phone.heard().level_db < SILENCE_DB


def test_the_browser_holds_and_resumes_twice(talking: tuple[BrowserPhone, Phone]) -> None:
    browser, desk = talking

    for count in (1, 2):
        browser.do("hold")
        browser.wait("hold", count=count)
        wait_until(lambda: hears_nothing(browser), what="the browser hears nothing")
        browser.do("resume")
        browser.wait("unhold", count=count)
        wait_until_browser_hears(browser, 620)

    wait_until(desk.receives, what="the desk phone receives again")


def test_the_desk_phone_holds_and_resumes(talking: tuple[BrowserPhone, Phone]) -> None:
    browser, desk = talking

    desk.hold()
    assert browser.wait("hold")["originator"] == "remote"
    wait_until(lambda: hears_nothing(browser), what="the browser hears nothing")
    desk.resume()
    assert browser.wait("unhold")["originator"] == "remote"

    wait_until_browser_hears(browser, 620)
    wait_until(desk.receives, what="the desk phone receives again")


def test_a_browser_holds_a_browser(stack: Stack, browser_phone: MakeBrowserPhone) -> None:
    alice, bob = browser_phone("alice", 850), browser_phone("bob", 1250)
    stack.hook.route = plans.stages(plans.ring(plans.aor("bob")))
    alice.call("bob")
    bob.answer()
    wait_until_browser_hears(bob, 850)

    bob.do("hold")
    alice.wait("hold")
    wait_until(lambda: hears_nothing(alice), what="Alice hears nothing")
    bob.do("resume")
    alice.wait("unhold")

    wait_until_browser_hears(alice, 1250)
    wait_until_browser_hears(bob, 850)


@pytest.mark.parametrize("codecs", ["PCMA", ""])
def test_a_transcoded_call_is_held_and_resumed(
    stack: Stack, browser_phone: MakeBrowserPhone, desk_phone: DeskPhones, codecs: str
) -> None:
    alice, far = browser_phone("alice", 850), desk_phone("bob", 620, answers="auto")
    stack.hook.route = plans.stages(plans.ring(gateway_to(far, codecs=codecs)))
    alice.call("0123456789", only="opus")
    wait_until_browser_hears(alice, 620)

    alice.do("hold")
    alice.wait("hold")
    wait_until(lambda: hears_nothing(alice), what="Alice hears nothing")
    alice.do("resume")
    alice.wait("unhold")

    wait_until_browser_hears(alice, 620)
    wait_until(far.receives, what="the gateway receives again")
    assert alice.statistics()["codec"] == "audio/opus"


def test_a_transcoded_call_is_held_by_the_gateway(
    stack: Stack, browser_phone: MakeBrowserPhone, desk_phone: DeskPhones
) -> None:
    alice, far = browser_phone("alice", 850), desk_phone("bob", 620, answers="auto")
    stack.hook.route = plans.stages(plans.ring(gateway_to(far, codecs="PCMA")))
    alice.call("0123456789", only="opus")
    wait_until_browser_hears(alice, 620)
    wait_until_desk_hears(far, frequency_hz=850)

    far.hold()
    alice.wait("hold")
    wait_until(lambda: hears_nothing(alice), what="Alice hears nothing")
    far.resume()
    alice.wait("unhold")

    wait_until_browser_hears(alice, 620)
    wait_until(far.receives, what="the gateway receives again")


def test_digits_pressed_in_a_browser_arrive(talking: tuple[BrowserPhone, Phone]) -> None:
    browser, desk = talking

    for digit in "42#":
        browser.do("press", digit)

    wait_until(lambda: digits_of(desk) == "42#", what="three digits")


def digits_of(phone: Phone) -> str:
    started = [event for event in phone.events if event.get("type") == "CALL_DTMF_START"]
    return "".join(str(event.get("param", "")) for event in started)


def test_the_hook_ends_a_call_with_a_browser(stack: Stack, talking: tuple[BrowserPhone, Phone]) -> None:
    browser, desk = talking
    answered = stack.hook.wait("/events", "answered")[0]

    stack.rpc("dlg.end_dlg", answered["h_entry"], answered["h_id"])

    browser.wait("ended")
    desk.wait("CALL_CLOSED")
    assert stack.hook.wait("/events", "ended")[0]["by"] == "system"


def test_a_browser_passes_a_call_on(
    stack: Stack, talking: tuple[BrowserPhone, Phone], browser_phone: MakeBrowserPhone
) -> None:
    browser, desk = talking
    carol = browser_phone("carol", 1450)
    stack.hook.route = plans.stages(plans.ring(plans.aor("carol")))

    browser.do("refer", "carol")
    carol.answer()
    carol.wait("confirmed")

    wait_until_browser_hears(carol, 620)
    assert stack.hook.seen("/route")[-1]["user"] == "bob"
    assert desk.account.user == "bob"
