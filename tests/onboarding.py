"""Shortcuts to people: mail that arrived, an onboarding at some step, an ISP with its admin logged in."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chalicelib.settings import settings
from chalicelib.workflows.bootstrap_platform import Bootstrapped, bootstrap_platform
from local.front.mailbox import Mail, read_mailbox
from tests.api_client import ApiClient

PASSWORD = "correct horse battery"
PLATFORM_EMAIL = "root@example.com"
PLATFORM_PASSWORD = "the platform's own"


def a_name(prefix: str = "n") -> str:
    return f"{prefix}{os.urandom(6).hex()}"


def an_email() -> str:
    return f"{a_name('ann')}@example.com"


def mails_to(email: str) -> list[Mail]:
    """The newest first."""
    return [mail for mail in read_mailbox(Path(settings().mail_dir)) if mail.to == email]


def token_in(mail: Mail) -> str:
    found = re.search(r"\?token=([\w-]+)", mail.text)
    assert found, mail.text
    return found[1]


def the_platform() -> Bootstrapped:
    return bootstrap_platform(admin_email=PLATFORM_EMAIL, admin_password=PLATFORM_PASSWORD)


def as_platform_admin(api: ApiClient) -> ApiClient:
    the_platform()
    body = {"namespace": "platform", "email": PLATFORM_EMAIL, "password": PLATFORM_PASSWORD}
    return api.as_token(api.post("/auth/login", body).expect(200)["access_token"])


def begin_onboarding(api: ApiClient, email: str) -> ApiClient:
    api.post("/signup", {"email": email}).expect(202)
    confirmed = api.post("/signup/confirm", {"token": token_in(mails_to(email)[0])}).expect(200)
    return api.as_token(confirmed["access_token"])


def isp_step(**fields: Any) -> dict[str, Any]:
    return {
        "namespace": a_name(),
        "currency": "CHF",
        "company": "Acme Telecom",
        "country": "CH",
        "time_zone": "Europe/Zurich",
    } | fields


@dataclass(frozen=True)
class World:
    """An ISP and its first admin."""

    api: ApiClient  # logged in
    namespace: str
    email: str
    password: str
    tokens: dict[str, Any]

    def login_body(self, **fields: Any) -> dict[str, Any]:
        return {"namespace": self.namespace, "email": self.email, "password": self.password} | fields


def onboard(api: ApiClient, **isp: Any) -> World:
    email, answers = an_email(), isp_step(**isp)
    newcomer = begin_onboarding(api, email)
    newcomer.put("/onboarding/user", {"full_name": "Ann Admin", "password": PASSWORD}).expect(200)
    newcomer.put("/onboarding/isp", answers).expect(200)
    newcomer.put("/onboarding/theme", {}).expect(200)
    tokens = newcomer.put("/onboarding/plan", {"platform_plan_id": the_platform().platform_plan_id}).expect(200)
    return World(api.as_token(tokens["access_token"]), answers["namespace"], email, PASSWORD, tokens)
