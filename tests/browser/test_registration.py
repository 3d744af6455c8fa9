"""How browser phones come and go."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.browser_phone import BrowserPhone
from tests.sip import plans
from tests.sip.desk_phones import DeskPhones
from tests.sip.stack import DOMAIN, Stack, wait_until

pytestmark = pytest.mark.sip

OpenPhone = Callable[[str], BrowserPhone]


def contacts(stack: Stack) -> int:
    return str(stack.rpc("ul.dump")).count("'Address'")


@pytest.mark.parametrize("password", ["wrong", "alice-sip"])
def test_only_the_softphone_password_opens_a_browser(
    stack: Stack, open_phone: OpenPhone, websocket_url: str, desk_phone: DeskPhones, password: str
) -> None:
    desk_phone("alice", 440)  # both passwords are known to the SBC by now

    refused = open_phone("alice").register(url=websocket_url, password=password)
    accepted = open_phone("alice").register(url=websocket_url)

    assert (refused.registered, refused.cause, refused.status) == (False, "Authentication Error", 401)
    assert accepted.registered


def test_the_suspended_are_told_so(stack: Stack, open_phone: OpenPhone, websocket_url: str) -> None:
    stack.hook.suspended.add(f"alice@{DOMAIN}")

    refused = open_phone("alice").register(url=websocket_url)

    assert (refused.registered, refused.cause, refused.status) == (False, "Rejected", 403)


def test_a_closed_page_is_unregistered_and_the_desk_phone_rings_on(
    stack: Stack, browser_phone: Callable[..., BrowserPhone], desk_phone: DeskPhones
) -> None:
    desk = desk_phone("bob", 620)
    browser = browser_phone("bob", 850)
    other = browser_phone("alice", 440)
    stack.hook.route = plans.stages(plans.ring(plans.aor("bob")))
    assert contacts(stack) == 3

    browser.page.close()

    wait_until(lambda: contacts(stack) == 2, what="one contact less", timeout_s=2)
    other.call("bob")
    desk.answer()
    other.wait("confirmed")


def test_the_last_page_closed_leaves_nobody(stack: Stack, browser_phone: Callable[..., BrowserPhone]) -> None:
    browser_phone("bob").page.close()
    wait_until(lambda: contacts(stack) == 0, what="no contact", timeout_s=2)
    alice = browser_phone("alice")
    stack.hook.route = plans.stages(plans.ring(plans.aor("bob")))

    alice.call("bob")

    assert alice.wait("failed")["status"] == 480


def test_a_browser_comes_back_after_a_restart_of_the_sbc(
    stack: Stack, browser_phone: Callable[..., BrowserPhone], desk_phone: DeskPhones
) -> None:
    alice = browser_phone("alice", 850)
    stack.hook.route = plans.stages(plans.ring(plans.aor("alice")))

    stack.kill("kamailio")
    alice.wait("disconnected")
    stack.start_kamailio()
    alice.wait("registered", count=2, timeout_s=15)

    assert contacts(stack) == 1
    bob = desk_phone("bob", 620)
    bob.dial("alice")
    alice.answer()
    bob.wait("CALL_ESTABLISHED")
