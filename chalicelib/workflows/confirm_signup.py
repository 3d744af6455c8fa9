"""The link of a signup mail was opened: onboarding begins, or goes on where it was left."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.auth import Identity, issue_access_token
from chalicelib.settings import settings
from chalicelib.storage.links import get_link, use_link
from chalicelib.storage.onboardings import Onboarding, find_onboarding, onboarding_id, start_onboarding
from chalicelib.storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Confirmed:
    onboarding: Onboarding
    access_token: str
    expires_in: int


def confirm_signup(*, token: str) -> Confirmed:
    """The token lives as long as a link does: it opens nothing but this onboarding."""
    tx = Transaction()
    link = get_link(token, "signup", now_s=tx.now_ms // 1000)
    use_link(tx, link)
    onboarding = find_onboarding(onboarding_id(link.email))
    if onboarding is None or onboarding.isp_id:
        onboarding = start_onboarding(tx, link.email)
    tx.commit()
    lifetime_s = settings().link_s
    identity = Identity(role="onboarding", user_id=onboarding.id, name=onboarding.email)
    return Confirmed(onboarding, issue_access_token(identity, lifetime_s=lifetime_s), lifetime_s)
