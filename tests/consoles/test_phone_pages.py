"""Every page of the phone console, looked at in both languages, light and dark, wide and narrow; and as an app."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from local.demo.state import Demo
from tests.browser.chromium import chromium  # noqa: F401 (fixture)
from tests.consoles.phones import Desks, at_desk, world  # noqa: F401 (fixtures)
from tests.consoles.visitor import Visitor
from tests.consoles.web_phone import PATIENCE_MS, WebPhone
from tests.local.systems import System

pytestmark = pytest.mark.browser

PAGES = {
    "history": ("History", "History"),
    "contacts": ("Contacts", "Contacts"),
    "sound": ("Sound", "Sound"),
    "setup": ("Set-up", "Set up a phone"),
}


@pytest.fixture
def look(system: System) -> Iterator[Looks]:
    looks = Looks(system)
    yield looks
    assert not looks.faults, "\n".join(looks.faults)


class Looks:
    """``look(phone, "name")``: pictures and axe."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.faults: list[str] = []

    def __call__(self, phone: WebPhone, name: str) -> None:
        visitor = Visitor(phone.page, self.system, self.faults)
        visitor.look(f"phone-{name}")


def test_every_page_in_english(at_desk: Desks, look: Looks) -> None:  # noqa: F811
    alice, carol = at_desk.phone("alice"), at_desk("carol", tone_hz=1250)
    alice.page.goto("/phone/")
    expect(alice.page.get_by_label("Your SIP address")).to_be_visible()
    look(alice, "login")
    alice.type_credentials(alice.password)
    alice.is_ready()
    look(alice, "keypad")
    alice.dial_field.fill("car")
    expect(alice.page.locator(".suggestion")).to_be_visible()
    look(alice, "suggestions")

    alice.call("carol")
    carol.rings("Alice")
    look(carol, "incoming")
    carol.answer("Alice")
    alice.hears(1250)
    expect(alice.line("Carol").locator(".quality")).to_be_visible(timeout=PATIENCE_MS)
    alice.line("Carol").locator("summary").click()
    alice.press("Transfer", within=alice.line("Carol"))
    look(alice, "call")
    alice.page.get_by_role("combobox", name="Transfer to").fill("bob")
    alice.press("Ask first")
    alice.told("Can't be reached just now")
    look(alice, "held-and-unreachable")
    alice.hang_up("Carol")
    alice.has_no_calls()

    for path, (link, title) in PAGES.items():
        alice.page.get_by_role("navigation").get_by_role("link", name=link, exact=True).click()
        expect(alice.page.get_by_role("heading", level=2, name=title)).to_be_visible()
        if path == "contacts":
            expect(alice.page.locator("li.row", has_text="Carol").locator(".reach-reachable")).to_be_visible(
                timeout=PATIENCE_MS
            )
        if path == "sound":
            check_sound(alice)
        look(alice, path)


def check_sound(alice: WebPhone) -> None:
    alice.press("Check")
    alice.told("It hears you.")
    alice.press("Play three notes")
    alice.told("Nothing heard?")


def test_every_page_in_portuguese(at_desk: Desks, look: Looks, world: Demo) -> None:  # noqa: F811
    context = at_desk.context(locale="pt-BR")
    alice = at_desk.phone("alice", context=context)
    alice.page.goto("/phone/")
    expect(alice.page.get_by_role("heading", level=1)).to_have_text("Entre no seu telefone")
    look(alice, "login-pt")
    alice.page.get_by_label("Seu endereço SIP").fill(alice.address)
    alice.page.get_by_label("Senha do softphone", exact=False).first.fill(alice.password)
    alice.press("Entrar")
    alice.is_ready()
    expect(alice.page.locator("html")).to_have_attribute("lang", "pt-BR")
    look(alice, "keypad-pt")

    alice.page.get_by_role("combobox", name="Nome, ramal ou número").fill("2092488700")
    alice.panel.get_by_role("button", name="Ligar", exact=True).click()
    alice.talks_with("2092488700")
    alice.press("Transferir", within=alice.line("2092488700"))
    look(alice, "call-pt")
    alice.press("Desligar", within=alice.line("2092488700"))
    alice.has_no_calls()
    for path in PAGES:
        alice.page.goto(f"/phone/{path}")
        expect(alice.page.get_by_role("heading", level=2)).to_be_visible()
        look(alice, f"{path}-pt")


def test_a_second_tab_looks_like_one(at_desk: Desks, look: Looks) -> None:  # noqa: F811
    context = at_desk.context()
    first, second = (at_desk.phone("alice", context=context) for _ in range(2))
    first.log_in()
    second.page.goto("/phone/")
    second.told("The phone is open in another tab")

    look(second, "elsewhere")


def test_it_can_be_installed_under_the_providers_name(at_desk: Desks, world: Demo) -> None:  # noqa: F811
    alice = at_desk("alice")
    link = alice.page.locator("link[rel=manifest]")
    expect(link).to_have_attribute("href", f"/v1/themes/{world.namespace}/phone.webmanifest")

    tools = alice.page.context.new_cdp_session(alice.page)
    found = tools.send("Page.getAppManifest")
    # Chromium installs nothing from a window without a profile of its own, and says so; everything else is wrong here
    errors = {error["errorId"] for error in tools.send("Page.getInstallabilityErrors")["installabilityErrors"]}

    assert found["errors"] == []
    assert f'"name": "Demo {world.namespace}"' in found["data"]
    assert errors <= {"in-incognito"}


def test_the_page_may_reach_its_sbc_and_nothing_else(at_desk: Desks, world: Demo) -> None:  # noqa: F811
    alice = at_desk.phone("alice")

    answer = alice.page.goto("/phone/")

    assert answer is not None
    policy = answer.headers["content-security-policy"]
    assert f"connect-src 'self' {world.settings.websocket_url};" in policy
    assert "microphone=(self)" in answer.headers["permissions-policy"]
