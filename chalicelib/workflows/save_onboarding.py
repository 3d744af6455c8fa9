"""The steps of onboarding before the last, each saved as soon as it is answered and free to be answered again."""

from __future__ import annotations

from chalicelib.domain.currencies import is_currency
from chalicelib.domain.errors import PatchbayError, field_error
from chalicelib.domain.namespaces import find_namespace_problem
from chalicelib.domain.passwords import verify_password
from chalicelib.domain.sentences import say
from chalicelib.schemas.onboarding import OnboardingIspBody, OnboardingUserBody
from chalicelib.schemas.themes import ThemeBody
from chalicelib.storage.isps import release_namespace, reserve_namespace
from chalicelib.storage.onboardings import Onboarding, get_open_onboarding, kept_until, save_onboarding
from chalicelib.storage.transaction import Transaction
from chalicelib.workflows.check_password import check_password
from chalicelib.workflows.check_place import check_place
from chalicelib.workflows.save_theme import save_theme


def next_step(onboarding: Onboarding) -> str:
    if onboarding.isp_id:
        return "finished"
    if not onboarding.password_hash:
        return "user"
    if not onboarding.namespace:
        return "isp"
    return "plan" if onboarding.theme_version else "theme"


def save_onboarding_user(onboarding_id: str, body: OnboardingUserBody) -> Onboarding:
    onboarding = get_open_onboarding(onboarding_id)
    onboarding.password_hash = check_password(body.password, email=onboarding.email, namespace=onboarding.namespace)
    onboarding.full_name = body.full_name
    tx = Transaction()
    save_onboarding(tx, onboarding)
    tx.commit()
    return onboarding


def save_onboarding_isp(onboarding_id: str, body: OnboardingIspBody) -> Onboarding:
    """Reserves the namespace, and gives back the one chosen before."""
    onboarding = get_open_onboarding(onboarding_id)
    _require(onboarding, done="user")
    _check_isp(onboarding, body)
    tx = Transaction()
    if onboarding.namespace and onboarding.namespace != body.namespace:
        release_namespace(tx, onboarding.namespace, onboarding.id)
    reserve_namespace(tx, body.namespace, onboarding.id, expires_at=kept_until(tx))
    for name, value in body.model_dump().items():
        setattr(onboarding, name, value)
    save_onboarding(tx, onboarding)
    tx.commit()
    return onboarding


def save_onboarding_theme(onboarding_id: str, body: ThemeBody) -> Onboarding:
    onboarding = get_open_onboarding(onboarding_id)
    _require(onboarding, done="isp")
    tx = Transaction()
    theme = save_theme(tx, str(onboarding.pk), body, ttl=kept_until(tx))
    onboarding.theme_version = theme.version
    save_onboarding(tx, onboarding)
    tx.commit()
    return onboarding


def _require(onboarding: Onboarding, *, done: str) -> None:
    order = ("user", "isp", "theme", "plan")
    step = next_step(onboarding)
    if order.index(step) <= order.index(done):
        raise PatchbayError("onboarding_incomplete", say("step_first", step=say(f"step_{step}")), step=step)


def _check_isp(onboarding: Onboarding, body: OnboardingIspBody) -> None:
    found = find_namespace_problem(body.namespace)
    if found is not None:
        raise field_error("namespace", found)
    if not is_currency(body.currency):
        raise field_error("currency", say("no_such_currency"))
    check_place(country=body.country, time_zone=body.time_zone)
    if verify_password(body.namespace, onboarding.password_hash):
        raise field_error("namespace", say("namespace_is_password"))
