"""What an ISP does from day to day in its console, and what goes wrong meanwhile."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Route, expect

from tests.consoles import isp_steps as steps
from tests.consoles.visitor import PASSWORD, Visitor
from tests.local.processes import wait_for
from tests.local.systems import System
from tests.system.provider import Provider, a_provider

pytestmark = pytest.mark.browser
NEW_PASSWORD = "a much better password"


@pytest.fixture(scope="module")
def provider(system: System) -> Provider:
    return a_provider(system)


@pytest.fixture
def clerk(visitor: Visitor, provider: Provider) -> Visitor:
    """Logged in."""
    steps.log_in(visitor, provider.namespace)
    expect(visitor.page.get_by_role("heading", level=1, name="Your first call")).to_be_visible()
    return visitor


def test_a_range_of_numbers_is_added_and_one_removed_and_brought_back(clerk: Visitor) -> None:
    clerk.go("Numbers")
    clerk.look("numbers-empty")
    clerk.page.get_by_role("button", name="Add numbers").first.click()
    clerk.page.get_by_text("A range", exact=True).click()
    clerk.type("First number", "+12095550100")
    clerk.type("Last number", "+12095550104")
    clerk.press("Add numbers", within=clerk.drawer)
    clerk.sees("5 added.")
    clerk.look("numbers-form")
    clerk.press("Close")

    clerk.press("Delete: +12095550102")
    expect(clerk.page.get_by_role("cell", name="+12095550102", exact=True)).to_be_hidden()
    clerk.press("Undo")

    expect(clerk.page.get_by_role("cell", name="+12095550102", exact=True)).to_be_visible()
    clerk.look("numbers")


def test_a_domain_is_verified_by_itself_once_its_record_is_there(clerk: Visitor, provider: Provider) -> None:
    name = f"pbx.{provider.namespace}.example"
    clerk.go("Domains")
    clerk.look("domains-empty")
    clerk.page.get_by_role("button", name="Add domain").first.click()
    clerk.type("Domain", name)
    clerk.press("Create", within=clerk.drawer)
    clerk.sees("Not found yet.")
    clerk.look("domain-txt")

    record = next(iter(provider.api.pages("/domains")))["txt_record"]
    clerk.system.paths.dns.write_text(json.dumps({record["name"]: [record["value"]]}))
    clerk.press("Look now")

    clerk.sees("Verified")
    clerk.press("Close")
    clerk.look("domains")


def test_a_deleted_carrier_comes_back_by_undo(clerk: Visitor, provider: Provider) -> None:
    provider.api.post("/carriers", {"name": "Spare"})
    clerk.go("Carriers")
    clerk.press("Spare")

    clerk.press("Delete", within=clerk.drawer)
    expect(clerk.page.get_by_role("button", name="Spare")).to_be_hidden()
    clerk.press("Undo")

    expect(clerk.page.get_by_role("button", name="Spare")).to_be_visible()


def test_who_saves_second_sees_both_versions(clerk: Visitor, provider: Provider) -> None:
    made = provider.api.post("/carriers", {"name": "Raced"})
    clerk.open(f"/carriers?open={made['id']}")
    clerk.type("Name", "Mine", within=clerk.drawer)
    provider.api.change(f"/carriers/{made['id']}", name="Theirs")

    clerk.press("Save", within=clerk.drawer)
    expect(clerk.drawer.get_by_role("cell", name="Mine")).to_be_visible()
    expect(clerk.drawer.get_by_role("cell", name="Theirs")).to_be_visible()
    clerk.look("conflict")
    clerk.press("Save mine", within=clerk.drawer)

    clerk.sees("Saved.")
    expect(clerk.drawer).to_be_hidden()
    wait_for(lambda: provider.api.get(f"/carriers/{made['id']}")["name"] == "Mine")


def test_what_is_wrong_is_said_at_the_field(clerk: Visitor) -> None:
    clerk.open("/carriers?open=new")
    clerk.press("Add gateway")
    gateway = clerk.page.get_by_role("group", name="Gateway 1")

    clerk.type("Port", "99999", within=gateway)
    clerk.field("Port", within=gateway).blur()
    expect(gateway.get_by_text("At most 65535")).to_be_visible()
    clerk.press("Create", within=clerk.drawer)

    expect(gateway.get_by_text("Needed")).to_have_count(2)
    clerk.look("field-errors")


def test_a_lost_connection_shows_and_nothing_typed_is_lost(clerk: Visitor) -> None:
    def refuse(route: Route) -> None:
        route.abort("connectionrefused")

    clerk.open("/customers?open=new")
    clerk.type("Name", "Half typed", within=clerk.drawer)
    clerk.page.route("**/v1/**", refuse)
    clerk.choose("Service plan", "Default")
    clerk.press("Create", within=clerk.drawer)
    clerk.sees("The connection is lost.")
    expect(clerk.field("Name", within=clerk.drawer)).to_have_value("Half typed")
    clerk.look("connection-lost")

    clerk.page.unroute("**/v1/**", refuse)
    expect(clerk.page.get_by_text("The connection is lost.")).to_be_hidden()
    clerk.saves()

    expect(clerk.page.get_by_role("button", name="Half typed")).to_be_visible()


def test_a_balance_is_corrected_with_a_reason(clerk: Visitor) -> None:
    clerk.go("Customers")
    clerk.press("Customer")
    clerk.drawer.get_by_text("Correct the balance").click()
    clerk.type("Amount", "12.5", within=clerk.drawer)
    clerk.type("Reason", "Goodwill", within=clerk.drawer)

    clerk.press("Book", within=clerk.drawer)

    expect(clerk.drawer.get_by_role("cell", name="Goodwill")).to_be_visible()
    clerk.look("customer-balance")


def test_a_user_is_invited_and_the_theme_is_changed(clerk: Visitor, provider: Provider) -> None:
    clerk.go("Users")
    clerk.press("Invite user")
    clerk.type("Full name", "Bea Second")
    clerk.type("E-mail", f"bea@{provider.namespace}.example")
    clerk.choose_listed("Role", "ISP admin")
    clerk.look("user-form")
    clerk.saves()
    clerk.sees("invited")
    clerk.look("users")

    clerk.go("Settings")
    clerk.type("Brand colour", "#facc15")
    clerk.sees("Buttons use a darker shade")
    clerk.look("settings")
    clerk.press("Save", within=clerk.page.locator("section", has_text="Theme"))
    clerk.sees("Saved.")

    assert provider.api.get("/isp/theme")["primary_color"] == "#facc15"


def test_calls_without_any_call_teach(clerk: Visitor) -> None:
    clerk.go("Calls")

    clerk.sees("No call yet")
    clerk.look("calls-empty")


def test_a_session_survives_a_reload_and_ends_with_the_logout(clerk: Visitor) -> None:
    clerk.page.reload()
    expect(clerk.page.get_by_role("heading", level=1, name="Your first call")).to_be_visible()
    kept = clerk.page.evaluate("JSON.stringify([localStorage, sessionStorage, document.cookie])")
    assert "ses_" not in kept
    assert "eyJ" not in kept  # how a JWT begins
    (cookie,) = clerk.page.context.cookies(f"{clerk.system.settings.http_url}/v1/auth/refresh")
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Strict", "/v1/auth")

    clerk.press("Log out")
    expect(clerk.page.get_by_role("heading", level=1, name="Log in")).to_be_visible()

    clerk.open("/carriers")
    expect(clerk.page.get_by_role("heading", level=1, name="Log in")).to_be_visible()
    clerk.look("login")


def test_everything_is_there_in_portuguese_too(clerk: Visitor) -> None:
    clerk.page.get_by_label("Language").locator("visible=true").select_option("pt-BR")
    expect(clerk.page.get_by_role("heading", level=1, name="Sua primeira ligação")).to_be_visible()

    titles = []
    for path in ("", "carriers", "dialplans", "plans", "customers", "numbers", "domains", "sbcs", "tenants", "calls"):
        clerk.open(f"/{path}")
        expect(clerk.page.get_by_role("heading", level=1)).to_be_visible()
        titles.append(clerk.page.get_by_role("heading", level=1).inner_text())
        clerk.look(f"pt-{path or 'home'}", schemes=("light",))

    assert clerk.page.locator("html").get_attribute("lang") == "pt-BR"
    assert not {"Your first call", "Carriers", "Dialplans", "Service plans", "Customers", "Calls"} & set(titles)


def test_a_forgotten_password_is_set_anew_by_mail(system: System, visitor: Visitor) -> None:
    namespace = a_provider(system).namespace
    steps.log_in(visitor, namespace, password="not this one")
    visitor.sees("Namespace, e-mail or password is wrong.")
    visitor.look("login-wrong")
    visitor.page.get_by_role("link", name="Forgotten the password?").click()
    visitor.type("Namespace", namespace)
    visitor.type("E-mail", f"{namespace}@example.com")
    visitor.press("Mail the link")
    visitor.sees("a mail with the link is on its way")
    visitor.look("password-asked")

    visitor.page.goto(visitor.mailed_link(f"{namespace}@example.com"))
    visitor.type("Password", NEW_PASSWORD)
    visitor.look("password-choose")
    visitor.press("Set the password")
    visitor.sees("The password is set.")
    steps.log_in(visitor, namespace, password=NEW_PASSWORD)

    expect(visitor.page.get_by_role("heading", level=1, name="Your first call")).to_be_visible()


def test_a_used_signup_link_offers_a_new_one_that_goes_on(visitor: Visitor, system: System) -> None:
    email = f"{system.settings.http_port}-resumes@example.com"
    first = ask_for_link(visitor, email)
    visitor.page.goto(first)
    visitor.type("Full name", "Ann Admin")
    visitor.type("Password", PASSWORD)
    visitor.press("Continue")
    visitor.sees("Step 2 of 4")

    visitor.page.reload()
    visitor.sees("This link doesn't work any more")
    visitor.look("link-over")
    visitor.page.get_by_role("link", name="Send a new link").click()
    visitor.type("E-mail", email)
    visitor.press("Send the link")
    visitor.sees("Check your mail")
    visitor.page.goto(visitor.mailed_link(email, other_than=first))

    visitor.sees("Step 2 of 4")


def test_what_the_api_writes_changes_with_the_language_at_once(clerk: Visitor) -> None:
    steps.add_dialplan(clerk)
    clerk.type("Dialled", "1")
    clerk.sees("no rule of the dialplan matches")

    clerk.page.locator("select", has_text="English").first.select_option("pt-BR")

    clerk.sees("nenhuma regra do plano de discagem casa")
    clerk.field("Casa com").fill("(9")
    clerk.press("Criar", within=clerk.drawer)
    clerk.sees("falta um parêntese )")


def test_onboarding_goes_on_in_another_browser_and_ends_with_a_login(visitor: Visitor, system: System) -> None:
    namespace = f"r{system.settings.http_port}"
    email = f"{namespace}@example.com"
    first = ask_for_link(visitor, email)
    visitor.page.goto(first)
    visitor.type("Full name", "Ann Admin")
    visitor.type("Password", PASSWORD)
    visitor.press("Continue")
    for label, text in (("Company", "Resumed"), ("Namespace", namespace)):
        visitor.type(label, text)
    visitor.choose("Currency", "BRL - Brazilian Real")
    visitor.choose("Country", "Brazil")
    visitor.press("Continue")
    visitor.sees("Step 3 of 4")
    visitor.page.context.clear_cookies()
    visitor.page.evaluate("localStorage.clear()")

    visitor.page.goto(ask_for_link(visitor, email, other_than=first))
    visitor.sees("Step 3 of 4")
    visitor.press("Continue")
    visitor.page.get_by_role("button", name="Choose").first.click()
    expect(visitor.page.get_by_role("heading", level=1, name="Your first call")).to_be_visible()
    visitor.press("Log out")
    steps.log_in(visitor, namespace)

    expect(visitor.page.get_by_role("heading", level=1, name="Your first call")).to_be_visible()
    visitor.go("Settings")
    visitor.sees(f"Namespace {namespace}, currency BRL")


def ask_for_link(visitor: Visitor, email: str, *, other_than: str = "") -> str:
    visitor.open("/signup")
    visitor.type("E-mail", email)
    visitor.press("Send the link")
    visitor.sees("Check your mail")
    return visitor.mailed_link(email, other_than=other_than)
