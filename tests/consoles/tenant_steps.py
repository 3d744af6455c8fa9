"""A tenant, its admin, and how that admin comes in."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import expect

from local.demo.api import Api
from tests.consoles.visitor import PASSWORD, Visitor
from tests.system.provider import Provider, Tenant, mailed_tokens


@dataclass
class Admin:
    """Of one or several tenants, with a password of their own."""

    tenants: list[Tenant]
    email: str

    @property
    def namespace(self) -> str:
        return self.tenants[0].provider.namespace


def an_admin(*tenants: Tenant, name: str = "Tess") -> Admin:
    """Invited by the ISP; the password is chosen by the link of the mail."""
    provider = tenants[0].provider
    email = f"{name.lower()}@{provider.namespace}.example"
    body = {"email": email, "full_name": name, "role": "tenant_admin", "tenant_ids": [one.id for one in tenants]}
    provider.api.post("/users", body)
    public = Api(provider.system.settings.http_url)
    chosen = {"token": mailed_tokens(public, email)[0], "password": PASSWORD}
    assert public.request("POST", "/auth/password-reset/confirm", chosen).status == 204
    return Admin(list(tenants), email)


def a_bare_tenant(provider: Provider, label: str) -> Tenant:
    """As the ISP makes it: nothing is in it."""
    body = {"name": f"Tenant {label}", "domain": label, "customer_id": provider.customer_id, "sbc_id": provider.sbc_id}
    made = provider.api.post("/tenants", body)
    return Tenant(provider, made["id"], made["domain"], "")


def log_in(visitor: Visitor, admin: Admin, *, password: str = PASSWORD) -> None:
    """At /console, unless the visitor stands at a login already."""
    visitor.console = "/console"
    if "/login" not in visitor.page.url:
        visitor.open("/login")
    visitor.type("Namespace", admin.namespace)
    visitor.type("E-mail", admin.email)
    visitor.type("Password", password)
    visitor.press("Log in")


def enter(visitor: Visitor, admin: Admin) -> Visitor:
    """Logged in and at the home of the only tenant."""
    log_in(visitor, admin)
    expect(visitor.page.get_by_role("heading", level=1, name="Home")).to_be_visible()
    visitor.console = f"/console/{admin.tenants[0].id}"
    return visitor
