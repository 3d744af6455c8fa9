"""The tenant console by clicking, on the running system: who gets in, and what a tenant's admin makes there."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.consoles import isp_steps, tenant_steps
from tests.consoles.tenant_steps import Admin, a_bare_tenant, an_admin, enter
from tests.consoles.visitor import Visitor
from tests.local.processes import wait_for
from tests.local.systems import System
from tests.system.phone import Phone
from tests.system.provider import Provider, Tenant, a_provider

pytestmark = pytest.mark.browser
EVIL = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def provider(system: System) -> Iterator[Provider]:
    found = a_provider(system)
    with found.closing():
        yield found


@pytest.fixture(scope="module")
def tenant(provider: Provider) -> Tenant:
    return provider.tenant("office")


@pytest.fixture(scope="module")
def admin(tenant: Tenant) -> Admin:
    return an_admin(tenant)


@pytest.fixture
def tess(visitor: Visitor, admin: Admin) -> Visitor:
    """The tenant's admin, logged in."""
    return enter(visitor, admin)


def link(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).click()


def add_country(visitor: Visitor, name: str) -> None:
    visitor.field("Add a country").fill(name)
    visitor.page.get_by_role("option", name=re.compile(rf"^{name} \+1")).click()


def shown_password(visitor: Visitor, label: str) -> str:
    """Of the dialog that shows it once."""
    card = visitor.page.get_by_role("dialog").locator(".card").filter(has_text=label)
    return card.locator(".mono").inner_text()


# -- coming in


def test_an_empty_tenant_becomes_one_with_a_registered_phone(visitor: Visitor, provider: Provider) -> None:
    tenant = a_bare_tenant(provider, "empty")
    tess = enter(visitor, an_admin(tenant, name="Emma"))
    expect(tess.page.locator("li.step.done")).to_have_count(0)
    tess.look("tenant-home-empty", schemes=("light",))

    tess.go("Security groups")
    tess.look("tenant-groups-empty", schemes=("light",))
    tess.page.get_by_role("button", name="Add security group").first.click()
    tess.type("Name", "Domestic")
    add_country(tess, "United States")
    add_country(tess, "Jamaica")
    tess.sees("359 prefixes")
    expect(tess.drawer.locator("li", has_text="Jamaica").get_by_text("often used for fraud")).to_be_visible()
    tess.type("May this number be called?", "+1 209 555-0100")
    tess.sees("By +1209, which belongs to United States.")
    tess.look("tenant-group-form")
    tess.press("Remove Jamaica")
    tess.type("May this number be called?", "+18765550100")
    tess.sees("No country and no prefix of this group begins this number.")
    tess.saves()
    tess.look("tenant-groups", schemes=("light",))

    tess.go("Subscribers")
    tess.look("tenant-subscribers-empty", schemes=("light",))
    tess.page.get_by_role("button", name="Add subscriber").first.click()
    tess.type("Username", "alice")
    tess.type("Extension", "1001")
    tess.type("Name", "Alice Adams")
    tess.type("E-mail", "alice@customer.example")
    tess.choose("Security group", "Domestic")
    tess.look("tenant-subscriber-form", schemes=("light",))
    tess.press("Create", within=tess.drawer)
    tess.sees("They are shown this once.")
    password = shown_password(tess, "SIP password")
    assert len(shown_password(tess, "Softphone password")) == 16
    tess.look("tenant-passwords")
    tess.press("I have them")

    provider.wait_in_force()
    alice = Phone(provider.sip, user="alice", domain=tenant.domain, password=password)
    provider.phones.append(alice)
    assert alice.register().status == 200
    tess.page.get_by_role("navigation").get_by_role("link", name="Home").click()
    expect(tess.page.locator("li.step.done")).to_have_count(4, timeout=30_000)
    tess.look("tenant-home")


def test_an_admin_of_several_tenants_chooses_by_name_and_changes_over(visitor: Visitor, provider: Provider) -> None:
    first, second = a_bare_tenant(provider, "north"), a_bare_tenant(provider, "south")
    tenant_steps.log_in(visitor, an_admin(first, second, name="Multi"))
    visitor.sees("Choose a tenant")
    visitor.look("tenant-choose", schemes=("light",))

    link(visitor.page, "Tenant south")
    expect(visitor.page).to_have_url(re.compile(f"/console/{second.id}/?$"))
    visitor.field("Tenant").select_option(label="Tenant north")

    expect(visitor.page).to_have_url(re.compile(f"/console/{first.id}/?$"))
    expect(visitor.page.get_by_role("heading", level=1, name="Home")).to_be_visible()
    visitor.look("tenant-of-several", schemes=("light",))


def test_a_link_leads_to_its_page_after_the_login_and_a_reload_stays_there(visitor: Visitor, admin: Admin) -> None:
    visitor.console = f"/console/{admin.tenants[0].id}"
    visitor.open("/hours")
    expect(visitor.page.get_by_role("heading", level=1, name="Log in")).to_be_visible()

    tenant_steps.log_in(visitor, admin)
    expect(visitor.page.get_by_role("heading", level=1, name="Business hours")).to_be_visible()
    visitor.page.reload()

    expect(visitor.page.get_by_role("heading", level=1, name="Business hours")).to_be_visible()
    kept = visitor.page.evaluate("JSON.stringify([localStorage, sessionStorage, document.cookie])")
    assert "eyJ" not in kept  # how a JWT begins


def test_an_isps_admin_looks_at_a_tenant_from_a_fresh_tab_and_goes_back(
    visitor: Visitor, provider: Provider, tenant: Tenant
) -> None:
    isp_steps.log_in(visitor, provider.namespace)
    expect(visitor.page.get_by_role("heading", level=1, name="Your first call")).to_be_visible()
    tab = Visitor(visitor.page.context.new_page(), visitor.system, console=f"/console/view/{tenant.id}")
    tab.open("/subscribers")

    tab.sees("You look at office as Ann Admin of " + provider.namespace)
    tab.look("tenant-view")
    tab.page.reload()
    tab.sees("You look at office as Ann Admin")
    assert any(one["action"] == "tenant.view" for one in provider.api.pages("/audit"))

    link(tab.page, "Back to the ISP console")
    expect(tab.page.get_by_role("heading", level=1, name="Tenants")).to_be_visible()
    visitor.faults += tab.faults


def test_a_tenants_admin_reaches_neither_the_isps_pages_nor_other_tenants(tess: Visitor, provider: Provider) -> None:
    other = a_bare_tenant(provider, "other")
    asked: list[tuple[str, int]] = []
    tess.page.on("response", lambda answer: asked.append((answer.url, answer.status)))

    for path in ("/isp/", "/isp/carriers", "/isp/calls"):
        tess.page.goto(path)
        expect(tess.page.get_by_role("heading", level=1, name="Log in")).to_be_visible()
    tess.page.goto(f"/console/{other.id}/subscribers")
    tess.sees("The tenant of this address isn't one of yours, or it was removed.")
    tess.look("tenant-not-yours", schemes=("light",))
    tess.page.goto(f"/console/view/{other.id}/")
    expect(tess.page.get_by_role("heading", level=1, name="Log in")).to_be_visible()

    token = tess.page.request.post(
        "/v1/auth/refresh", headers={"X-Session-Cookie": "console", "Content-Type": "application/json"}, data="{}"
    ).json()["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    for path, status in (
        ("/carriers", 403), ("/customers", 403), ("/calls", 403), ("/users", 403), (f"/tenants/{other.id}", 404),
        (f"/tenants/{other.id}/subscribers", 404), (f"/tenants/{other.id}/live", 404),
    ):  # fmt: skip
        assert tess.page.request.get(f"/v1{path}", headers=bearer).status == status, path
    assert not [url for url, status in asked if other.id in url and "/v1/" in url and status == 200]


# -- what is in it


def test_a_subscriber_is_changed_removed_and_brought_back(tess: Visitor, tenant: Tenant) -> None:
    tenant.subscriber("carol", alias="1003")
    tess.go("Subscribers")
    tess.press("carol")
    tess.drawer.get_by_text("Forwards and ringing time").click()
    tess.type("Forward when busy", "not allowed!", within=tess.drawer)
    tess.field("Forward when busy", within=tess.drawer).blur()
    tess.sees("This doesn't have the right form")
    tess.type("Forward when busy", "alice", within=tess.drawer)
    tess.drawer.get_by_text("Voicemail and language").click()
    tess.choose("Language of announcements", "Brazilian Portuguese")
    tess.look("tenant-subscriber-change")
    tess.saves("Save")
    stored = tenant.provider.api.get(tenant.person("carol"))
    assert (stored["forward_busy"], stored["language"]) == ("alice", "pt-BR")

    tess.press("carol")
    tess.press("Delete", within=tess.drawer)
    expect(tess.page.get_by_role("button", name="carol")).to_be_hidden()
    tess.press("Undo")
    expect(tess.page.get_by_role("button", name="carol")).to_be_visible()


def test_a_new_password_is_shown_once_and_ends_the_old_one(tess: Visitor, tenant: Tenant, provider: Provider) -> None:
    made = tenant.subscriber("dora")
    tess.open(f"/subscribers?open={made['id']}")
    tess.press("New SIP password", within=tess.drawer)
    tess.sees("Phones that use the present one are logged out within seconds")
    tess.press("Make a new one")
    tess.sees("They are shown this once.")
    password = shown_password(tess, "SIP password")
    tess.press("I have them")
    expect(tess.page.get_by_text(password)).to_be_hidden()

    provider.wait_in_force()
    phone = tenant.phone("dora", register=False)
    assert phone.register().status == 401
    phone.password = password
    assert phone.register().status == 200


def test_who_saves_second_sees_both_versions_of_a_subscriber(tess: Visitor, tenant: Tenant) -> None:
    made = tenant.subscriber("raced")
    tess.open(f"/subscribers?open={made['id']}")
    tess.type("Name", "Mine", within=tess.drawer)
    tenant.change("raced", name="Theirs", security_group_id="")

    tess.press("Save", within=tess.drawer)
    expect(tess.drawer.get_by_role("cell", name="Theirs")).to_be_in_viewport()
    expect(tess.drawer.get_by_role("cell", name="USA")).to_be_visible()  # not its id
    tess.look("tenant-conflict", schemes=("light",))
    tess.press("Save mine", within=tess.drawer)

    tess.sees("Saved.")
    expect(tess.drawer).to_be_hidden()
    wait_for(lambda: tenant.provider.api.get(tenant.person("raced"))["name"] == "Mine")


def test_markup_in_a_name_is_shown_as_text_wherever_the_name_stands(tess: Visitor, tenant: Tenant) -> None:
    asked: list[str] = []
    tess.page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    made = tenant.subscriber("mallory", name=EVIL)
    tenant.did("+12095550180", "mallory")

    tess.go("Subscribers")
    expect(tess.page.get_by_role("cell", name=EVIL)).to_be_visible()
    tess.go("Phone numbers")
    expect(tess.page.get_by_role("cell", name=EVIL)).to_be_visible()
    tess.open(f"/subscribers/setup?subscriber={made['id']}")
    expect(tess.page.get_by_role("heading", level=1, name=f"Set up a phone for {EVIL}")).to_be_visible()

    assert tess.page.locator("img[src=x]").count() == 0
    assert asked == []


def test_the_set_up_page_has_this_subscribers_own_values(tess: Visitor, tenant: Tenant, system: System) -> None:
    made = tenant.subscriber("paula", name="Paula Page")
    tess.open(f"/subscribers?open={made['id']}")
    link(tess.page, "Set up a phone")
    expect(tess.page.get_by_role("heading", level=1, name="Set up a phone for Paula Page")).to_be_visible()
    proxy = f"{system.settings.sip_host}:{system.settings.sip_port}"

    for text in ("paula", tenant.domain, proxy, "UDP, TCP"):
        expect(tess.page.locator(".card .mono", has_text=re.compile(f"^{re.escape(text)}$"))).to_be_visible()
    expect(tess.page.get_by_role("img", name="QR code that opens the phone in a browser")).to_be_visible()
    tess.look("tenant-setup")
    for phone, label, value in (
        ("Yealink", "Outbound Proxy Server 1", system.settings.sip_host),
        ("Grandstream", "Outbound Proxy", proxy),
        ("Linphone", "SIP Proxy address", f"sip:{proxy};transport=udp"),
    ):
        tess.page.get_by_role("tab", name=phone).click()
        row = tess.page.get_by_role("table", name=phone).get_by_role("row").filter(has_text=label)
        expect(row.last).to_contain_text(value)
    tess.page.get_by_text("Grandstream Wave", exact=True).click()
    expect(tess.page.get_by_role("img", name="QR code for the app Grandstream Wave")).to_be_visible()
    tess.look("tenant-setup-wave", schemes=("light",))


def test_a_number_is_taken_given_to_somebody_and_freed(tess: Visitor, tenant: Tenant, provider: Provider) -> None:
    tenant.subscriber("nina", name="Nina Number", alias="1050")
    tenant.subscriber("otto", name="Otto Other")
    provider.api.post("/dids", {"first": "+12095550160", "last": "+12095550163"})
    tess.go("Phone numbers")
    tess.page.get_by_role("button", name="Take a number").first.click()
    tess.type("Free numbers", "+1209555016", within=tess.drawer)
    tess.field("For", within=tess.drawer).fill("umber")
    tess.page.get_by_role("option", name="Nina Number (nina, 1050)").click()
    expect(tess.drawer.get_by_text("+12095550161")).to_be_visible()
    tess.look("tenant-number-take")
    tess.press("Take: +12095550161")
    tess.sees("+12095550161 rings Nina Number.")
    expect(tess.drawer.get_by_text("+12095550161")).to_be_hidden()
    tess.press("Close")

    tess.press("+12095550161")
    tess.field("Rings", within=tess.drawer).fill("otto")
    tess.page.get_by_role("option", name="Otto Other (otto)").click()
    tess.look("tenant-number-give", schemes=("light",))
    tess.press("Save", within=tess.drawer)
    row = tess.page.get_by_role("row").filter(has_text="+12095550161")
    expect(row).to_contain_text("Otto Other")
    tess.look("tenant-numbers", schemes=("light",))

    tess.press("+12095550161")
    tess.press("Give it back", within=tess.drawer)
    expect(row).to_be_hidden()
    tess.press("Undo")
    expect(row).to_contain_text("Otto Other")


def test_hours_are_drawn_and_typed_and_the_api_says_whether_it_is_open(tess: Visitor, tenant: Tenant) -> None:
    tess.go("Business hours")
    tess.look("tenant-hours-empty", schemes=("light",))
    tess.page.get_by_role("button", name="Add hours").first.click()
    tess.type("Name", "Office")
    tess.choose("Time zone", "America/Sao_Paulo")
    tess.press("Begin with Monday to Friday, 9 to 18")
    tess.type("Open at this moment?", "2026-12-24T09:30")
    tess.sees("Open then")

    saturday = tess.page.get_by_role("group", name="Saturday")
    saturday.evaluate("day => day.scrollIntoView({block: 'center'})")  # clear of the buttons below
    bar = saturday.locator(".day-bar").bounding_box()
    assert bar is not None
    middle = bar["y"] + bar["height"] / 2
    tess.page.mouse.move(bar["x"] + bar["width"] * 10.2 / 24, middle)  # 10:00 to 12:30
    tess.page.mouse.down()
    tess.page.mouse.move(bar["x"] + bar["width"] * 12.3 / 24, middle, steps=4)
    tess.page.mouse.up()
    expect(tess.field("Saturday, from")).to_have_value("10:00")
    expect(tess.field("Saturday, to")).to_have_value("12:30")

    monday = tess.page.get_by_role("group", name="Monday")
    tess.type("Monday, to", "12:00")
    monday.get_by_role("button", name="More hours on Monday").focus()
    tess.page.keyboard.press("Enter")
    expect(monday.get_by_label("Monday, from")).to_have_count(2)
    tess.press("Add days")
    tess.type("Date", "2026-12-24")
    tess.press("Add this date")
    tess.sees("Closed then")
    tess.look("tenant-hours-form")
    tess.saves()
    tess.look("tenant-hours", schemes=("light",))

    (stored,) = tenant.provider.api.pages(f"{tenant.path}/date-ranges")
    rules = {
        (tuple(one["weekdays"]), one["start_minute"], one["end_minute"]) for one in stored["rules"] if not one["closed"]
    }
    assert rules == {((1,), 540, 720), ((1,), 780, 960), ((2, 3, 4, 5), 540, 1080), ((6,), 600, 750)}
    assert [one["dates"] for one in stored["rules"] if one["closed"]] == [["2026-12-24"]]
