"""What goes wrong with a phone in a browser, and what its user is told."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from local.demo.state import Demo
from local.demo.talking import prepare
from local.phones import Phone, wait_until
from tests.browser.chromium import chromium  # noqa: F401 (fixture)
from tests.consoles.phone_world import desk_phone
from tests.consoles.phones import Desks, at_desk, world  # noqa: F401 (fixtures)
from tests.consoles.web_phone import PATIENCE_MS, WebPhone
from tests.local.systems import System

pytestmark = pytest.mark.browser

DESK_HZ = 620
PATIENCE_S = 20


@pytest.fixture
def desk(world: Demo) -> Phone:  # noqa: F811 (the fixture)
    """Bob's SIP phone."""
    phone = desk_phone(world, "bob", tone_hz=DESK_HZ)
    prepare(phone)
    return phone


def in_a_call(alice: WebPhone, desk: Phone, *, shown: str = "Bob") -> None:
    alice.call("bob")
    desk.answer()
    alice.talks_with(shown)
    alice.hears(DESK_HZ)


def test_a_refused_login_says_why(at_desk: Desks, world: Demo) -> None:  # noqa: F811
    carol = at_desk.phone("carol")
    carol.page.goto("/phone/")

    carol.type_credentials("wrong")
    carol.told("Address or softphone password is wrong")
    carol.type_credentials(world.people["carol"].sip_password)
    carol.told("The SIP password of desk phones doesn't work here")

    person = f"{world.at_tenant}/subscribers/{world.people['carol'].subscriber_id}"
    world.tenant.change(person, suspended=True)
    carol.type_credentials(carol.password)
    carol.told("This phone has been suspended")
    world.tenant.change(person, suspended=False)

    carol.page.get_by_label("Your SIP address").fill("carol")
    carol.press("Log in")
    carol.told("It looks like alice@customer1.example.net")

    carol.address = f"nobody@{world.domain}"
    refused = {"address": carol.address, "password": "guess"}
    while world.public.request("POST", "/auth/subscriber-login", refused).status != 429:
        pass
    carol.type_credentials("guess")
    carol.told("Too many failed attempts")


def test_a_page_that_may_have_no_microphone_says_so_before_the_login(at_desk: Desks) -> None:  # noqa: F811
    carol = at_desk.phone("carol")
    carol.page.add_init_script("Object.defineProperty(window, 'isSecureContext', { value: false })")

    carol.page.goto("/phone/")
    carol.told("Browsers allow calls on pages from https alone")
    carol.type_credentials(carol.password)

    carol.stands("refused")


@pytest.fixture
def refusing(chromium: Browser) -> Iterator[Browser]:  # noqa: F811 (the fixture)
    """A browser whose user answers no when a page asks for the microphone."""
    browser = chromium.browser_type.launch(
        executable_path="/usr/bin/chromium",
        args=["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream=deny", "--disable-gpu"],
    )
    yield browser
    browser.close()


def test_without_the_microphone_nothing_is_called_and_a_call_rings_on(
    at_desk: Desks,  # noqa: F811
    refusing: Browser,
    desk: Phone,
) -> None:
    at_desk.chromium = refusing
    alice = at_desk.phone("alice", context=at_desk.context(microphone=False))
    alice.log_in()

    alice.call("bob")
    alice.told("The microphone isn't allowed")
    alice.told('by the sign beside the address, under "Microphone"')
    alice.has_no_calls()
    desk.dial("1000")
    alice.answer("Bob")
    alice.told("The microphone isn't allowed")
    alice.rings("Bob")
    desk.hang_up()

    alice.told("Missed, or answered elsewhere")


def test_of_two_tabs_one_is_the_phone(at_desk: Desks, desk: Phone) -> None:  # noqa: F811
    context = at_desk.context()
    first, second = (at_desk.phone("alice", context=context) for _ in range(2))
    first.log_in()
    in_a_call(first, desk)

    second.page.goto("/phone/")
    second.told("The phone is open in another tab")
    second.told("That tab is in a call: taking over hangs up.")
    first.hears(DESK_HZ)
    second.press("Use it here")

    second.is_ready()
    first.told("The phone is open in another tab")
    desk.wait("CALL_CLOSED", timeout_s=PATIENCE_S)
    prepare(desk)
    in_a_call(second, desk)
    second.hang_up("Bob")

    second.page.close()
    first.is_ready()


def test_a_reload_needs_no_password_and_nothing_secret_is_kept(
    at_desk: Desks,  # noqa: F811
    world: Demo,  # noqa: F811
) -> None:
    alice = at_desk("alice")
    with alice.page.expect_response("**/v1/me/phone") as answer:
        alice.page.reload()
    ha1 = answer.value.json()["ha1"]

    alice.is_ready()

    kept = alice.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert ha1 not in kept
    assert alice.password not in kept
    assert alice.page.evaluate("indexedDB.databases().then(found => found.length)") == 0
    assert answer.value.headers["cache-control"] == "no-store"
    assert "patchbay_phone" not in alice.page.evaluate("document.cookie")


def kill_kamailio(system: System) -> None:
    for pid in system.members("kamailio"):
        os.kill(pid, signal.SIGKILL)


def test_a_call_survives_a_restart_of_the_sbc_and_the_phone_comes_back(
    at_desk: Desks,  # noqa: F811
    system: System,
    desk: Phone,
) -> None:
    alice = at_desk("alice")
    in_a_call(alice, desk)

    kill_kamailio(system)
    expect(alice.page.get_by_text("No connection to the phone service")).to_be_visible(timeout=PATIENCE_MS)
    alice.told("The phone keeps trying and comes back by itself")
    alice.hears(DESK_HZ)
    alice.is_ready()
    alice.hears(DESK_HZ)
    wait_until(desk.receives, what="the desk phone still hears Alice", timeout_s=PATIENCE_S)
    desk.hang_up()

    alice.told("The other side hung up")


def test_a_connection_that_only_looks_open_is_given_up(at_desk: Desks, system: System) -> None:  # noqa: F811
    alice = at_desk("alice")
    pids = system.members("kamailio")

    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        alice.page.evaluate("window.dispatchEvent(new Event('online'))")  # the network has changed: the phone asks
        alice.stands("lost")
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)

    alice.is_ready()


def test_who_hangs_up_without_a_connection_hangs_up_with_the_next(
    at_desk: Desks,  # noqa: F811
    system: System,
    desk: Phone,
) -> None:
    alice = at_desk("alice")
    in_a_call(alice, desk)

    kill_kamailio(system)
    alice.stands("lost")
    alice.hang_up("Bob")
    alice.told("You hung up")

    desk.wait("CALL_CLOSED", timeout_s=PATIENCE_S)


def test_calls_go_on_while_the_api_is_out_of_reach(at_desk: Desks, desk: Phone) -> None:  # noqa: F811
    alice = at_desk("alice")

    alice.page.route("**/v1/**", lambda route: route.abort())
    alice.page.get_by_role("link", name="Contacts").click()
    alice.told("The connection is lost")
    in_a_call(alice, desk, shown="bob")  # who that is nobody knows just now
    alice.hang_up("bob")
    alice.page.unroute("**/v1/**")

    expect(alice.page.get_by_text("The connection is lost")).to_be_hidden(timeout=PATIENCE_MS)
    expect(alice.page.locator("li.row").filter(has_text="Carol")).to_be_visible(timeout=PATIENCE_MS)


def expire(page: Page, world: Demo) -> None:  # noqa: F811
    """The access token has run out, and the session behind it is no more."""
    problem = {"type": "about:blank", "title": "Unauthorized", "status": 401, "code": "token_expired"}

    def refuse(route: Route) -> None:
        route.fulfill(status=401, content_type="application/problem+json", body=json.dumps(problem))

    page.context.clear_cookies()
    page.route("**/v1/tenants/**", refuse, times=1)


def test_an_expired_session_is_renewed_beside_a_running_call(
    at_desk: Desks,  # noqa: F811
    world: Demo,  # noqa: F811
    desk: Phone,
) -> None:
    alice = at_desk("alice")
    in_a_call(alice, desk)

    expire(alice.page, world)
    alice.page.get_by_role("link", name="Contacts").click()
    alice.told("Your session has ended")
    alice.hears(DESK_HZ)
    alice.page.get_by_label("Softphone password").first.fill(alice.password)
    alice.press("Log in")

    expect(alice.page.get_by_text("Your session has ended")).to_be_hidden(timeout=PATIENCE_MS)
    alice.hears(DESK_HZ)
    alice.hang_up("Bob")
    alice.has_no_calls()


def test_a_new_password_ends_the_phone_and_it_says_so(at_desk: Desks, world: Demo) -> None:  # noqa: F811
    carol = at_desk("carol")
    person = world.people["carol"]

    world.tenant.post(f"{world.at_tenant}/subscribers/{person.subscriber_id}/passwords", {"softphone": ""})
    carol.page.reload()

    expect(carol.page.get_by_label("Your SIP address")).to_have_value(carol.address, timeout=PATIENCE_MS)
    former = {"softphone": carol.password}
    world.tenant.post(f"{world.at_tenant}/subscribers/{person.subscriber_id}/passwords", former)


def test_a_closed_page_and_a_log_out_leave_nothing_that_rings(at_desk: Desks, desk: Phone) -> None:  # noqa: F811
    closed, left = at_desk("alice"), at_desk("alice")
    desk.dial("1000")
    closed.rings("Bob")
    left.rings("Bob")
    desk.hang_up()
    desk.wait("CALL_CLOSED")

    closed.page.close()
    left.press("Log out")
    expect(left.page.get_by_label("Your SIP address")).to_be_visible()
    left.page.goto("/phone/history")
    expect(left.page.get_by_label("Your SIP address")).to_be_visible()

    prepare(desk)
    desk.dial("1000")
    closing = desk.wait("CALL_CLOSED", timeout_s=PATIENCE_S)
    assert "480" in str(closing.get("param"))
