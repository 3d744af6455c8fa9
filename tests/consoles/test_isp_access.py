"""Who may see the ISP console, what it keeps of them, and how everything in it is found."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Route, expect

from tests.consoles import isp_steps as steps
from tests.consoles.visitor import PASSWORD, Visitor
from tests.local.systems import System
from tests.system.provider import Provider, Tenant, a_provider

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def provider(system: System) -> Provider:
    return a_provider(system)


@pytest.fixture(scope="module")
def tenant(provider: Provider) -> Tenant:
    return provider.tenant()


@pytest.fixture
def clerk(visitor: Visitor, provider: Provider) -> Visitor:
    """Logged in."""
    steps.log_in(visitor, provider.namespace)
    expect(visitor.page.get_by_role("heading", level=1, name="Your first call")).to_be_visible()
    return visitor


def test_view_opens_the_tenant_console_as_that_tenant_and_is_noted(
    clerk: Visitor, provider: Provider, tenant: Tenant
) -> None:
    clerk.go("Tenants")
    with clerk.page.context.expect_page() as opened:
        clerk.page.get_by_role("link", name="View main in the tenant console").click()

    expect(opened.value.get_by_role("link", name="Back to the ISP console")).to_be_visible()
    assert opened.value.url.endswith(f"/console/view/{tenant.id}/")
    opened.value.close()
    clerk.press("main")
    expect(clerk.drawer.get_by_role("link", name="View main in the tenant console")).to_be_visible()
    clerk.look("tenant-record")

    clerk.open("/audit?what=tenant")
    clerk.page.get_by_role("row").filter(has_text="Tenant: viewed").first.get_by_role("button").click()
    clerk.sees("Ann Admin")
    clerk.sees(tenant.id)


def test_the_audit_trail_tells_who_changed_what_from_what(clerk: Visitor, provider: Provider) -> None:
    made = provider.api.post("/carriers", {"name": "Before"})
    provider.api.change(f"/carriers/{made['id']}", name="Afterwards")
    clerk.go("Audit trail")
    clerk.choose("What", "Carrier")
    clerk.page.get_by_role("row").filter(has_text="Carrier: changed").filter(has_text="Afterwards").get_by_role(
        "button"
    ).click()

    expect(clerk.drawer.get_by_role("row", name="Name Before Afterwards")).to_be_visible()
    clerk.look("audit-entry")
    clerk.press("Close")
    expect(clerk.drawer).to_be_hidden()
    clerk.look("audit")
    clerk.choose("Who", "Ann Admin")
    expect(clerk.page.get_by_role("row").filter(has_text="Carrier: made").first).to_be_visible()
    clerk.type("To day", "2020-01-01")
    clerk.sees("Nothing found.")


def test_everything_is_found_from_the_keyboard(clerk: Visitor, provider: Provider, tenant: Tenant) -> None:
    provider.api.post("/dids", {"number": "+12095550177"})
    finder = clerk.page.get_by_role("combobox", name="Find anything")

    clerk.page.keyboard.press("Control+k")
    expect(finder).to_be_focused()
    clerk.look("finder")
    finder.fill("rate")
    expect(clerk.page.get_by_role("option", name="Rate decks Page")).to_have_attribute("aria-selected", "true")
    clerk.page.keyboard.press("Enter")
    expect(clerk.page.get_by_role("heading", level=1, name="Rate decks")).to_be_visible()
    expect(finder).to_be_hidden()

    clerk.page.keyboard.press("Control+k")
    finder.fill("add ten")
    clerk.page.keyboard.press("Enter")
    expect(clerk.drawer.get_by_role("button", name="Create")).to_be_visible()
    clerk.press("Close")

    clerk.page.keyboard.press("Control+k")
    finder.fill("mai")
    expect(clerk.page.get_by_role("listbox", name="Found").get_by_role("option")).to_have_text(["main Tenant"])
    clerk.look("finder-found")
    clerk.page.keyboard.press("Enter")
    expect(clerk.field("Name", within=clerk.drawer)).to_have_value("main")
    clerk.press("Close")

    clerk.page.keyboard.press("Control+k")
    finder.fill("1209555017")
    clerk.page.get_by_role("option", name="+12095550177 Number").click()
    expect(clerk.page.get_by_role("cell", name="+12095550177", exact=True)).to_be_visible()

    clerk.page.keyboard.press("Control+k")
    clerk.page.keyboard.press("Escape")
    expect(finder).to_be_hidden()


def test_a_tenant_admin_is_told_which_console_is_his_and_reaches_no_page_of_the_isp(
    visitor: Visitor, provider: Provider, tenant: Tenant
) -> None:
    email = f"tina@{provider.namespace}.example"
    person = {"full_name": "Tina", "email": email, "role": "tenant_admin", "tenant_ids": [tenant.id]}
    provider.api.post("/users", person)
    visitor.page.goto(visitor.mailed_link(email))
    visitor.type("Password", PASSWORD)
    visitor.press("Set the password")
    visitor.sees("The password is set.")

    visitor.open("/login")
    visitor.type("Namespace", provider.namespace)
    visitor.type("E-mail", email)
    visitor.type("Password", PASSWORD)
    visitor.press("Log in")
    visitor.sees("This login belongs to another console")
    visitor.look("other-console")

    for path in ("", "tenants", "rate-decks", "charges", "audit", "users", "settings"):
        visitor.open(f"/{path}")
        expect(visitor.page.get_by_role("heading", level=1, name="Log in")).to_be_visible()
    refresh = visitor.page.context.request.post("/v1/auth/refresh", headers={"X-Session-Cookie": "isp"}, data={})
    assert refresh.status == 401  # the login has ended on the server too


def test_a_session_that_ends_asks_for_the_password_and_keeps_the_form(clerk: Visitor) -> None:
    def expired(route: Route) -> None:
        problem = {"type": "about:blank", "code": "token_expired", "title": "Expired", "status": 401}
        route.fulfill(status=401, content_type="application/problem+json", body=json.dumps(problem))

    clerk.open("/customers?open=new")
    clerk.type("Name", "Typed before", within=clerk.drawer)
    clerk.choose("Service plan", "Default")
    clerk.page.context.clear_cookies()
    clerk.page.route("**/v1/customers", expired)
    clerk.press("Create", within=clerk.drawer)
    again = clerk.page.get_by_role("dialog", name="Log in again")
    expect(again).to_be_visible()
    clerk.look("log-in-again")
    clerk.page.unroute("**/v1/customers", expired)

    clerk.type("Password", PASSWORD, within=again)
    clerk.press("Log in", within=again)
    expect(again).to_be_hidden()
    expect(clerk.field("Name", within=clerk.drawer)).to_have_value("Typed before")
    clerk.saves()
    expect(clerk.page.get_by_role("button", name="Typed before")).to_be_visible()


def test_the_new_pages_are_there_in_portuguese_too(clerk: Visitor, provider: Provider) -> None:
    deck = next(iter(provider.api.pages("/rate-decks")))
    clerk.page.get_by_label("Language").locator("visible=true").select_option("pt-BR")
    expect(clerk.page.get_by_role("heading", level=1, name="Sua primeira ligação")).to_be_visible()

    titles = []
    pages = ("rate-decks", f"rate-decks/{deck['id']}", "service-decks", "charges", "charges?open=price")
    for path in (*pages, "calls?open=explain", "audit", "users", "settings"):
        clerk.open(f"/{path}")
        expect(clerk.page.get_by_role("heading", level=1)).to_be_visible()
        titles.append(clerk.page.get_by_role("heading", level=1).inner_text())
        clerk.look(
            f"pt-{path.replace(deck['id'], 'rates').replace('?open=', '-').replace('/', '-')}", schemes=("light",)
        )

    assert titles[:4] == ["Tabelas por prefixo", "Tarifas de USA", "Tabelas por serviço", "Cobranças"]
    assert titles[6:] == ["Trilha de auditoria", "Usuários", "Configurações"]
