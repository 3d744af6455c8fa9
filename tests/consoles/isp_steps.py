"""What an ISP's first admin clicks, from signup to the first tenant."""

from __future__ import annotations

import os

from playwright.sync_api import expect

from tests.consoles.visitor import PASSWORD, Visitor


def sign_up(visitor: Visitor, *, looking: bool = False) -> str:
    """The new ISP's namespace; its admin is logged in."""
    namespace = f"n{os.urandom(4).hex()}"
    email = f"{namespace}@example.com"
    look = visitor.look if looking else lambda _: None
    visitor.open("/signup")
    visitor.type("E-mail", email)
    look("signup")
    visitor.press("Send the link")
    visitor.sees("Check your mail")
    visitor.page.goto(visitor.mailed_link(email))
    _answer(visitor, namespace, look)
    expect(visitor.page.get_by_role("heading", level=1, name="Your first call")).to_be_visible()
    return namespace


def _answer(visitor: Visitor, namespace: str, look: object) -> None:
    assert callable(look)
    visitor.type("Full name", "Ann Admin")
    visitor.type("Password", PASSWORD)
    look("onboarding-user")
    visitor.press("Continue")
    visitor.type("Company", "Acme Telecom")
    visitor.type("Namespace", namespace)
    visitor.choose("Currency", "USD - US Dollar")
    visitor.choose("Country", "United States")
    visitor.choose("Time zone", "America/Los_Angeles")
    look("onboarding-isp")
    visitor.press("Continue")
    visitor.type("Brand colour", "#0f766e")
    visitor.sees("Easy to read")
    look("onboarding-theme")
    visitor.press("Continue")
    visitor.sees("The last step")
    look("onboarding-plan")
    visitor.page.get_by_role("button", name="Choose").first.click()


def log_in(visitor: Visitor, namespace: str, *, password: str = PASSWORD) -> None:
    visitor.open("/login")
    visitor.type("Namespace", namespace)
    visitor.type("E-mail", f"{namespace}@example.com")
    visitor.type("Password", password)
    visitor.press("Log in")


def add_carrier(visitor: Visitor) -> None:
    settings = visitor.system.settings
    visitor.go("Carriers")
    visitor.page.get_by_role("button", name="Add carrier").first.click()
    visitor.type("Name", "Test carrier")
    visitor.press("Add gateway")
    gateway = visitor.page.get_by_role("group", name="Gateway 1")
    visitor.type("Name", "primary", within=gateway)
    visitor.type("Host", settings.gateway_host, within=gateway)
    visitor.type("Port", str(settings.gateway_sip_port), within=gateway)
    gateway.get_by_text("How numbers are rewritten").click()
    visitor.type("Outbound: strip", "1", within=gateway)
    visitor.type("Outbound: prefix", "00", within=gateway)


def add_dialplan(visitor: Visitor) -> None:
    visitor.go("Dialplans")
    visitor.page.get_by_role("button", name="Add dialplan").first.click()
    visitor.choose("Begin with a preset", "United States")
    visitor.type("Dialled", "2095551234")


def add_plan(visitor: Visitor) -> None:
    visitor.go("Service plans")
    visitor.page.get_by_role("button", name="Add service plan").first.click()
    visitor.type("Name", "Default")
    visitor.type("Per subscriber and month", "5")
    visitor.choose("Carrier", "Test carrier")
    visitor.choose("Dialplan", "United States")


def add_customer(visitor: Visitor) -> None:
    visitor.go("Customers")
    visitor.page.get_by_role("button", name="Add customer").first.click()
    visitor.type("Name", "Customer One")
    visitor.choose("Service plan", "Default")


def add_tenant(visitor: Visitor) -> None:
    visitor.go("Tenants")
    visitor.page.get_by_role("button", name="Add tenant").first.click()
    visitor.type("Name", "Customer One")
    visitor.type("Domain", "customer1")
    visitor.choose("Customer", "Customer One")
    visitor.choose("SBC", visitor.system.settings.sbc_name)
