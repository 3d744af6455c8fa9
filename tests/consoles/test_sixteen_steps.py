"""The guide's sixteen steps by clicking through three consoles; Alice calls from a browser, Bob with a SIP phone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from local.demo.gateway_client import GatewayClient, longest_tone
from local.demo.talking import ALICE_HZ, BOB_HZ, MAX_LOSS, NEAR_HZ, hear, prepare, talk
from local.demo.web_phone import WebPhone
from local.phones import Account, Phone
from tests.consoles import isp_steps
from tests.consoles.conftest import CHROMIUM, QUIET, Watch
from tests.consoles.visitor import Visitor
from tests.local.processes import wait_for
from tests.local.systems import System
from tests.ports import free_port

pytestmark = pytest.mark.browser

DIALLED = "2092488700"  # the guide's
DID = "+12095550142"
OUTSIDE, OUTSIDE_HZ = "12025550100", 1000


@pytest.fixture(scope="module")
def driver() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def browser(driver: Playwright) -> Iterator[Browser]:
    browser = driver.chromium.launch(executable_path=CHROMIUM, args=QUIET)
    yield browser
    browser.close()


@pytest.fixture
def clerk(system: System, browser: Browser) -> Iterator[Visitor]:
    origin = system.settings.http_url
    wide = {"width": 1440, "height": 900}
    context = browser.new_context(base_url=origin, locale="en-GB", reduced_motion="reduce", viewport=wide)  # type: ignore[arg-type]
    context.set_default_timeout(15_000)
    watch = Watch(origin)
    watch.follow(context)
    yield Visitor(context.new_page(), system)
    context.close()
    watch.check()


@dataclass
class Phones:
    system: System
    driver: Playwright
    directory: Path
    running: list[Phone | WebPhone] = field(default_factory=list)

    @property
    def proxy(self) -> str:
        return f"{self.system.settings.sip_host}:{self.system.settings.sip_port}"

    def in_browser(self, user: str, domain: str, password: str) -> WebPhone:
        account = Account(
            user=user, domain=domain, password=password, outbound=self.proxy, port=0, control_port=0, rtp_port=0
        )
        url = f"{self.system.settings.http_url}/phone"
        phone = WebPhone(account=account, directory=self.directory / user, tone_hz=ALICE_HZ, url=url)
        phone.start(self.driver)
        self.running.append(phone)
        phone.log_in()
        return phone

    def on_the_desk(self, user: str, domain: str, password: str) -> Phone:
        account = Account(
            user=user,
            domain=domain,
            password=password,
            outbound=self.proxy,
            port=free_port(),
            control_port=free_port(),
            rtp_port=free_port(),
        )
        phone = Phone(account=account, directory=self.directory / user, tone_hz=BOB_HZ)
        phone.start()
        self.running.append(phone)
        return phone


@pytest.fixture
def phones(system: System, driver: Playwright, tmp_path: Path) -> Iterator[Phones]:
    phones = Phones(system, driver, tmp_path)
    yield phones
    for phone in phones.running:
        phone.stop()


def make_what_is_made_once(clerk: Visitor) -> str:
    """Steps 1 to 7; the namespace."""
    namespace = isp_steps.sign_up(clerk)
    isp_steps.add_carrier(clerk)
    gateway = clerk.page.get_by_role("group", name="Gateway 1")
    clerk.type("Inbound: prefix", "+", within=gateway)
    clerk.saves()
    isp_steps.add_dialplan(clerk)
    clerk.saves()
    isp_steps.add_plan(clerk)
    clerk.saves()
    isp_steps.add_customer(clerk)
    clerk.saves()
    clerk.go("Numbers")
    clerk.page.get_by_role("button", name="Add numbers").first.click()
    clerk.type("Number", DID)
    clerk.press("Add numbers", within=clerk.drawer)
    clerk.sees("1 added.")
    clerk.page.keyboard.press("Escape")
    _verify_domain(clerk, f"pbx.{namespace}.example")
    return namespace


def _verify_domain(clerk: Visitor, name: str) -> None:
    clerk.go("Domains")
    clerk.page.get_by_role("button", name="Add domain").first.click()
    clerk.type("Domain", name)
    clerk.press("Create", within=clerk.drawer)
    clerk.sees("Not found yet.")
    texts = clerk.drawer.locator(".mono").all_inner_texts()
    record = next(text for text in texts if text.startswith("_"))
    value = next(text for text in texts if text.startswith("patchbay"))
    clerk.system.paths.dns.write_text(json.dumps({record: [value]}))
    clerk.press("Look now")
    clerk.sees("Verified")
    clerk.press("Close")


def view_tenant(clerk: Visitor) -> Visitor:
    """Step 9, in the tab that opens."""
    with clerk.page.context.expect_page() as opened:
        clerk.page.get_by_role("link", name=re.compile("^View Customer One")).first.click()
    tenant = Visitor(opened.value, clerk.system)
    tenant.sees("You look at Customer One as Ann Admin")
    return tenant


def add_subscriber(tenant: Visitor, username: str, alias: str) -> dict[str, str]:
    """The two passwords, which are shown this once."""
    tenant.go("Subscribers")
    tenant.page.get_by_role("button", name="Add subscriber").first.click()
    tenant.type("Username", username)
    tenant.type("Extension", alias)
    tenant.type("Name", username.capitalize())
    tenant.press("Create", within=tenant.drawer)
    tenant.sees("They are shown this once.")
    cards = tenant.page.get_by_role("dialog").locator(".card")
    labels = ("SIP password", "Softphone password")
    shown = {label: cards.filter(has_text=label).locator(".mono").inner_text() for label in labels}
    tenant.press("I have them")
    return shown


def wait_in_force(clerk: Visitor) -> None:
    """As the ISP console says it."""
    clerk.page.bring_to_front()
    clerk.go("SBCs")
    expect(clerk.page.get_by_text("in force on 1 of 1").first).to_be_visible(timeout=30_000)


def allow_the_usa(tenant: Visitor, person: str) -> None:
    """Step 14."""
    tenant.page.bring_to_front()
    tenant.go("Security groups")
    tenant.page.get_by_role("button", name="Add security group").first.click()
    tenant.type("Name", "Domestic")
    tenant.field("Add a country").fill("United States")
    tenant.page.get_by_role("option", name=re.compile(r"^United States \+1")).click()
    tenant.sees("359 prefixes")
    tenant.saves()
    tenant.go("Subscribers")
    tenant.press(person)
    tenant.choose("Security group", "Domestic", within=tenant.drawer)
    tenant.saves("Save")


def give_number(tenant: Visitor, person: str) -> None:
    tenant.page.bring_to_front()
    tenant.go("Phone numbers")
    tenant.page.get_by_role("button", name="Take a number").first.click()
    tenant.field("For", within=tenant.drawer).fill(person)
    tenant.page.get_by_role("option", name=re.compile(person)).click()
    tenant.press(f"Take: {DID}")
    tenant.sees(f"{DID} rings {person}.")
    tenant.press("Close")


def call_outside(gateway: GatewayClient, alice: WebPhone) -> None:
    """Step 15: speech and a tone from the test gateway, which hears Alice."""
    prepare(alice)
    alice.dial(DIALLED)
    alice.wait("CALL_ESTABLISHED")
    (record,) = gateway.calls(to_number=f"001{DIALLED}", state="answered")[-1:]
    wait_for(lambda: hear(alice).tone_s > 1 and longest_tone(gateway.get(record["id"]))["seconds"] > 1)
    alice.hang_up()
    alice.wait("CALL_CLOSED")
    ended = gateway.wait_until_ended(record["id"], limit_s=6)
    assert abs(hear(alice).tone_hz - ended["plays_hz"]) < NEAR_HZ
    assert abs(longest_tone(ended)["hz"] - ALICE_HZ) < NEAR_HZ
    assert ended["heard"]["loss"] < MAX_LOSS


def call_in(gateway: GatewayClient, alice: WebPhone) -> None:
    """Step 16, to the browser."""
    prepare(alice)
    call_id = gateway.place(to=DID.removeprefix("+"), calling=OUTSIDE, tone_hz=OUTSIDE_HZ, seconds=4)
    alice.answer()
    alice.wait("CALL_CLOSED", timeout_s=20)
    ended = gateway.wait_until_ended(call_id, limit_s=6)
    assert abs(longest_tone(ended)["hz"] - ALICE_HZ) < NEAR_HZ
    assert abs(alice.heard().frequency_hz - OUTSIDE_HZ) < NEAR_HZ


def see_the_calls(clerk: Visitor) -> None:
    """What was called is there, explained and charged for."""
    clerk.page.bring_to_front()
    clerk.go("Calls")
    row = clerk.page.get_by_role("row").filter(has_text=f"+1{DIALLED}").filter(has_text="Answered").first
    expect(row).to_be_visible(timeout=30_000)
    row.get_by_role("button").first.click()
    expect(clerk.drawer.get_by_text("Decisions in order")).to_be_visible()
    expect(clerk.drawer.locator(".decisions li").first).to_be_visible()
    clerk.page.keyboard.press("Escape")
    clerk.page.get_by_role("navigation").get_by_role("link", name="Home").click()
    expect(clerk.page.locator("li.step:not(.done)")).to_have_count(0, timeout=30_000)


def test_from_signup_to_a_call_from_outside_by_clicking(clerk: Visitor, phones: Phones) -> None:
    gateway = GatewayClient(clerk.system.settings.gateway_url)
    namespace = make_what_is_made_once(clerk)
    isp_steps.add_tenant(clerk)
    clerk.saves()
    domain = f"customer1.{namespace}.{clerk.system.settings.domain}"
    clerk.sees(domain)

    tenant = view_tenant(clerk)
    of_alice, of_bob = add_subscriber(tenant, "alice", "1000"), add_subscriber(tenant, "bob", "1001")
    wait_in_force(clerk)
    alice = phones.in_browser("alice", domain, of_alice["Softphone password"])
    alice.wait_registered()
    bob = phones.on_the_desk("bob", domain, of_bob["SIP password"])
    bob.wait_registered()

    talk(alice, bob, "1001")
    talk(alice, bob, "bob")
    talk(bob, alice, "1000")

    prepare(alice)
    alice.dial(DIALLED)
    assert "403" in alice.wait("CALL_CLOSED")["param"]
    expect(alice.page.get_by_text("You may not call this number", exact=True)).to_be_visible()
    allow_the_usa(tenant, "alice")
    give_number(tenant, "Alice")
    wait_in_force(clerk)
    call_outside(gateway, alice)
    call_in(gateway, alice)
    see_the_calls(clerk)
