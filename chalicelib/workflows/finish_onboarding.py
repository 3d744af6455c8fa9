"""The last step of onboarding: with the plan, the ISP and its first admin come into being, all or nothing."""

from __future__ import annotations

from chalicelib.domain.errors import PatchbayError, field_error
from chalicelib.domain.sentences import say
from chalicelib.settings import settings
from chalicelib.storage import keys, themes
from chalicelib.storage.isps import Isp, public, put_new_isp, take_namespace
from chalicelib.storage.onboardings import Onboarding, get_open_onboarding, save_onboarding
from chalicelib.storage.platform_plans import PLATFORM_PLAN
from chalicelib.storage.records import create_record
from chalicelib.storage.scope import IspScope
from chalicelib.storage.transaction import Actor, Transaction
from chalicelib.storage.users import USER, User
from chalicelib.workflows.issue_tokens import Tokens, issue_tokens
from chalicelib.workflows.save_onboarding import next_step


def finish_onboarding(onboarding_id: str, *, platform_plan_id: str) -> Tokens:
    """Logs the new admin in."""
    onboarding = get_open_onboarding(onboarding_id)
    step = next_step(onboarding)
    if step != "plan":
        raise PatchbayError("onboarding_incomplete", say("step_first", step=say(f"step_{step}")), step=step)
    tx = Transaction()
    tx.check(
        keys.PLATFORM,
        PLATFORM_PLAN.sk(platform_plan_id),
        on_conflict=field_error("platform_plan_id", say("no_such_plan"), code="reference_not_found"),
    )
    isp = _new_isp(tx, onboarding, platform_plan_id)
    take_namespace(tx, isp.namespace, onboarding.id, isp.id)
    _move_theme(tx, onboarding)
    user = _new_admin(tx, onboarding, isp)
    onboarding.isp_id = isp.id
    onboarding.password_hash = ""
    save_onboarding(tx, onboarding)
    tokens = issue_tokens(tx, user)
    tx.commit()
    return tokens


def _new_isp(tx: Transaction, onboarding: Onboarding, platform_plan_id: str) -> Isp:
    isp = Isp(
        id=tx.new_id("isp"),
        version=1,
        created_at=tx.now_ms,
        updated_at=tx.now_ms,
        name=onboarding.company,
        namespace=onboarding.namespace,
        currency=onboarding.currency,
        country=onboarding.country,
        time_zone=onboarding.time_zone,
        platform_plan_id=platform_plan_id,
        cdr_retention_days=settings().cdr_retention_days,
    )
    put_new_isp(tx, isp)
    tx.audit(isp.id, Actor(onboarding.id, onboarding.full_name), "isp.create", after=public(isp))
    return isp


def _new_admin(tx: Transaction, onboarding: Onboarding, isp: Isp) -> User:
    values = {
        "isp_id": isp.id,
        "namespace": isp.namespace,
        "email": onboarding.email,
        "full_name": onboarding.full_name,
        "role": "isp_admin",
        "password_hash": onboarding.password_hash,
        "last_login_at": tx.now_ms,  # the answer logs in
    }
    actor = Actor(onboarding.id, onboarding.full_name)
    return create_record(IspScope(isp.id), USER, values, actor=actor, transaction=tx)


def _move_theme(tx: Transaction, onboarding: Onboarding) -> None:
    source, destination = str(onboarding.pk), keys.namespace(onboarding.namespace)
    theme = themes.find_theme(source)
    if theme is None:
        raise PatchbayError("onboarding_incomplete", say("step_first", step=say("step_theme")), step="theme")
    values = {name: getattr(theme, name) for name in ("primary_color", "accent_color", "logo_hash")}
    themes.put_theme(tx, destination, values, expected_version=0)
    logo = themes.find_logo(source)
    if logo is not None:
        themes.put_logo(tx, destination, logo)
    themes.delete_theme(tx, source)
