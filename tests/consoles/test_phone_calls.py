"""Calls of the phone console, by pressing what is written on it: each side says a tone of its own and is asked what
it hears."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from local.demo.gateway_client import longest_tone
from local.demo.state import Demo
from local.demo.talking import prepare
from local.phones import Phone, wait_until
from tests.browser.chromium import MICROPHONE_HZ, chromium  # noqa: F401 (fixture)
from tests.consoles.phone_world import OUTSIDE, desk_phone
from tests.consoles.phones import Desks, at_desk, world  # noqa: F401 (fixtures)
from tests.consoles.web_phone import WebPhone

pytestmark = pytest.mark.browser

BOB_HZ, CAROL_HZ = 850, 1250
DESK_HZ = 620
OUTSIDE_PLAYS_HZ = 600  # of a number that ends in 00
PATIENCE_S = 20


@pytest.fixture
def desk(world: Demo) -> Phone:  # noqa: F811 (the fixture)
    """Bob's SIP phone."""
    phone = desk_phone(world, "bob", tone_hz=DESK_HZ)
    prepare(phone)
    return phone


def desk_hears(phone: Phone, frequency_hz: float) -> None:
    wait_until(lambda: phone.heard().duration_s >= 1.5, what="the desk phone hears something", timeout_s=PATIENCE_S)
    assert phone.heard().frequency_hz == pytest.approx(frequency_hz, abs=3)


def test_a_browser_calls_a_desk_phone_and_finds_the_call_in_its_history(at_desk: Desks, desk: Phone) -> None:  # noqa: F811
    alice = at_desk("alice")

    alice.call("1001")
    desk.answer()
    alice.talks_with("Bob")
    alice.hears(DESK_HZ)
    desk_hears(desk, MICROPHONE_HZ)
    expect(alice.line("Bob").locator(".quality")).to_have_attribute("data-quality", "good", timeout=PATIENCE_S * 1000)
    counted = alice.statistics()
    alice.hang_up("Bob")
    desk.wait("CALL_CLOSED")

    assert [each["lost"] for each in counted] == [0]
    record = alice.page.locator("li.row").first
    expect(record).to_contain_text("Bob", timeout=PATIENCE_S * 1000)
    expect(record).to_contain_text("Outgoing")
    prepare(desk)
    record.get_by_role("button", name="Call Bob").click()
    desk.answer()
    alice.talks_with("Bob")


def test_a_desk_phone_calls_a_browser_and_either_hangs_up(at_desk: Desks, desk: Phone) -> None:  # noqa: F811
    alice = at_desk("alice", tone_hz=440)

    desk.dial("1000")
    expect(alice.page).to_have_title("Bob is calling")
    alice.answer("Bob")
    alice.hears(DESK_HZ)
    desk_hears(desk, 440)
    desk.hang_up()
    alice.told("The other side hung up")

    prepare(desk)
    desk.dial("alice")
    alice.press("Decline", within=alice.rings("Bob"))
    closed = desk.wait("CALL_CLOSED", timeout_s=PATIENCE_S)
    assert "603" in str(closed.get("param"))


def test_browsers_talk_hold_and_mute(at_desk: Desks) -> None:  # noqa: F811
    alice, carol = at_desk("alice"), at_desk("carol", tone_hz=CAROL_HZ)

    alice.dial_field.fill("car")
    alice.page.get_by_role("option", name=re.compile("Carol")).click()
    carol.answer("Alice")
    alice.talks_with("Carol")
    alice.hears(CAROL_HZ)
    carol.hears(MICROPHONE_HZ)
    assert [each["codec"] for each in alice.statistics()] == ["audio/opus"]

    alice.press("Mute", within=alice.line("Carol"))
    carol.hears_nothing()
    alice.press("Unmute", within=alice.line("Carol"))
    carol.hears(MICROPHONE_HZ)

    alice.page.get_by_role("link", name="Sound").click()
    alice.page.get_by_label("Microphone", exact=True).select_option(index=1)
    carol.hears(MICROPHONE_HZ)
    alice.press("Hold", within=alice.line("Carol"))
    carol.told("Held by the other side")
    alice.hears_nothing()
    carol.hears_nothing()
    alice.press("Resume", within=alice.line("Carol"))
    alice.hears(CAROL_HZ)
    carol.hears(MICROPHONE_HZ)
    carol.hang_up("Alice")
    alice.told("The other side hung up")


def test_digits_reach_the_outside_from_keys_and_keyboard_and_it_cant_be_transferred(
    at_desk: Desks,  # noqa: F811
    world: Demo,  # noqa: F811
) -> None:
    alice = at_desk("alice")

    alice.page.keyboard.type("*")  # anywhere on the page
    expect(alice.dial_field).to_have_value("*")
    alice.call("(209) 248-8700")
    line = alice.talks_with(OUTSIDE)
    alice.hears(OUTSIDE_PLAYS_HZ)
    for key in "42":
        alice.press(key)
    alice.page.keyboard.type("#")
    [record] = world.gateway.calls(state="answered")
    wait_until(lambda: digits(world, record["id"]) == "42#", what="three digits", timeout_s=PATIENCE_S)
    wait_until(lambda: at_gateway(world, record["id"])["seconds"] > 1, what="Alice's tone", timeout_s=PATIENCE_S)
    assert at_gateway(world, record["id"])["hz"] == pytest.approx(MICROPHONE_HZ, abs=3)

    alice.press("Transfer", within=line)
    alice.page.get_by_role("combobox", name="Transfer to").fill("1002")
    alice.press("Transfer now")
    alice.told("whoever is outside can't be transferred")
    alice.hang_up(OUTSIDE)

    ended = world.gateway.wait_until_ended(record["id"], limit_s=PATIENCE_S)
    assert ended["ended_by"] == "far side"


def digits(world: Demo, call_id: str) -> str:  # noqa: F811
    return str(world.gateway.get(call_id)["heard"]["digits"])


def at_gateway(world: Demo, call_id: str) -> dict[str, float]:  # noqa: F811
    return longest_tone(world.gateway.get(call_id))


def test_a_call_comes_in_by_a_number(at_desk: Desks, world: Demo) -> None:  # noqa: F811
    alice = at_desk("alice", tone_hz=440)

    call_id = world.gateway.place(
        to=world.numbers[1].removeprefix("+"), calling="12025550100", tone_hz=1000, seconds=60
    )
    alice.answer("+12025550100")
    alice.hears(1000)
    wait_until(lambda: at_gateway(world, call_id)["seconds"] > 1, what="Alice's tone", timeout_s=PATIENCE_S)
    assert at_gateway(world, call_id)["hz"] == pytest.approx(440, abs=3)
    alice.hang_up("+12025550100")

    assert world.gateway.wait_until_ended(call_id, limit_s=PATIENCE_S)["ended_by"] == "far side"


def consult(alice: WebPhone, *, about: str, with_: str) -> None:
    alice.press("Transfer", within=alice.line(about))
    alice.page.get_by_role("combobox", name="Transfer to").fill(with_)
    alice.press("Ask first")


def test_a_call_is_passed_on_at_once_or_after_a_word(at_desk: Desks, world: Demo) -> None:  # noqa: F811
    alice, bob, carol = at_desk("alice"), at_desk("bob", tone_hz=BOB_HZ), at_desk("carol", tone_hz=CAROL_HZ)
    alice.call("bob")
    bob.answer("Alice")
    alice.talks_with("Bob")

    consult(alice, about="Bob", with_="1002")
    carol.answer("Alice")
    alice.hears(CAROL_HZ)
    bob.hears_nothing()
    expect(alice.line("Bob")).to_have_attribute("data-held", "true")
    alice.press("Swap")
    alice.hears(BOB_HZ)
    carol.hears_nothing()
    alice.press("Swap")
    alice.hears(CAROL_HZ)
    alice.press("Connect Bob with Carol")

    bob.hears(CAROL_HZ)
    carol.hears(BOB_HZ)
    alice.has_no_calls()
    carol.hang_up("Bob")
    bob.has_no_calls()

    carol.call("1000")
    alice.answer("Carol")
    carol.talks_with("Alice")
    alice.press("Transfer", within=alice.line("Carol"))
    alice.page.get_by_role("combobox", name="Transfer to").fill("1001")
    alice.press("Transfer now")
    bob.answer("Carol")
    carol.hears(BOB_HZ)
    bob.hears(CAROL_HZ)
    alice.told("Transferred")
    alice.has_no_calls()


def test_a_phone_that_cant_take_a_calls_place_rings_instead(at_desk: Desks, desk: Phone) -> None:  # noqa: F811
    """baresip 1.0 knows no Replaces (RFC 3891): it calls Carol, who answers, and then Alice is out."""
    alice, carol = at_desk("alice"), at_desk("carol", tone_hz=CAROL_HZ)
    alice.call("bob")
    desk.answer()
    alice.talks_with("Bob")
    consult(alice, about="Bob", with_="1002")
    carol.answer("Alice")
    alice.hears(CAROL_HZ)

    alice.press("Connect Bob with Carol")
    carol.press("Hold and answer", within=carol.rings("Bob"))

    carol.hears(DESK_HZ)
    alice.has_no_calls()
    carol.talks_with("Bob")


NOTIFICATIONS = """
window.shown = [];
window.Notification = class {
  static permission = 'default';
  static async requestPermission() { Notification.permission = 'granted'; return 'granted'; }
  constructor(title, { body }) { this.title = title; this.body = body; window.shown.push(this); }
  close() { this.closed = true; }
};
document.hasFocus = () => false;
"""


def test_whoever_asked_for_it_is_notified_of_a_call(at_desk: Desks, desk: Phone) -> None:  # noqa: F811
    alice = at_desk.phone("alice")
    alice.page.add_init_script(NOTIFICATIONS)
    alice.log_in()

    alice.press("Notify me")
    expect(alice.page.get_by_role("button", name="Notify me")).to_be_hidden()
    desk.dial("1000")
    alice.rings("Bob")
    assert alice.page.evaluate("shown.map(one => [one.title, one.body])") == [["Bob is calling", "1001"]]
    desk.hang_up()

    alice.has_no_calls()
    assert alice.page.evaluate("shown[0].closed")
