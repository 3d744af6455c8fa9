"""What a new installation starts with: the platform's admin and a plan. Called by a command on the machine."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.namespaces import PLATFORM_NAMESPACE
from chalicelib.domain.sentences import say
from chalicelib.storage.platform_plans import PLATFORM_PLAN, platform_plans
from chalicelib.storage.records import create_record
from chalicelib.storage.scope import PlatformScope
from chalicelib.storage.transaction import SYSTEM
from chalicelib.storage.users import USER, find_login
from chalicelib.workflows.check_password import check_password
from chalicelib.workflows.run_migrations import skip_migrations

SELF_HOSTED = say("self_hosted_name")
ABOUT_SELF_HOSTED = say("self_hosted_about")


@dataclass(frozen=True, slots=True)
class Bootstrapped:
    """``admin_password`` is None if the admin was there before: what is stored can't be told."""

    admin_user_id: str
    admin_password: str | None
    platform_plan_id: str


def bootstrap_platform(*, admin_email: str, admin_password: str | None = None) -> Bootstrapped:
    """Makes what is missing and changes nothing else. Without a password one is made up and returned."""
    user_id, password = _admin(admin_email.lower(), admin_password)
    return Bootstrapped(user_id, password, _plan())


def _admin(email: str, password: str | None) -> tuple[str, str | None]:
    known = find_login(PLATFORM_NAMESPACE, email)
    if known is not None:
        return known.user_id, None
    skip_migrations()  # first: who comes after a crash in between finds a platform without an admin again
    chosen = password or secrets.token_urlsafe(18)
    values = {
        "namespace": PLATFORM_NAMESPACE,
        "email": email,
        "full_name": "Platform admin",
        "role": "platform_admin",
        "password_hash": check_password(chosen, email=email, namespace=PLATFORM_NAMESPACE),
    }
    try:
        return create_record(PlatformScope(), USER, values, actor=SYSTEM).id, chosen
    except PatchbayError as error:
        other = find_login(PLATFORM_NAMESPACE, email)
        if error.code != "name_taken" or other is None:
            raise
        return other.user_id, None  # another process was first


def _plan() -> str:
    for plan in platform_plans():
        if plan.name == SELF_HOSTED.into("en"):
            return plan.id
    values = {"name": SELF_HOSTED.into("en"), "description": ABOUT_SELF_HOSTED.into("en"), "price_micros": 0}
    return create_record(PlatformScope(), PLATFORM_PLAN, values, actor=SYSTEM).id
