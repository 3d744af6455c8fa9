"""Signup and onboarding: from an e-mail address to a working ISP."""

from __future__ import annotations

import base64
from typing import Any

from chalice.app import Blueprint

from chalicelib.handlers.http import Call, endpoint
from chalicelib.handlers.session_cookies import hand_out
from chalicelib.handlers.themes import theme_view
from chalicelib.schemas.isps import PublicPlans
from chalicelib.schemas.onboarding import (
    ConfirmBody,
    ConfirmedView,
    OnboardingIsp,
    OnboardingIspBody,
    OnboardingPlanBody,
    OnboardingUser,
    OnboardingUserBody,
    OnboardingView,
    SignupBody,
)
from chalicelib.schemas.sessions import AcceptedView, TokensView
from chalicelib.schemas.themes import ThemeBody, ThemeView
from chalicelib.storage.onboardings import Onboarding, get_open_onboarding
from chalicelib.storage.themes import find_logo, find_theme
from chalicelib.workflows.confirm_signup import confirm_signup
from chalicelib.workflows.finish_onboarding import finish_onboarding
from chalicelib.workflows.save_onboarding import (
    next_step,
    save_onboarding_isp,
    save_onboarding_theme,
    save_onboarding_user,
)
from chalicelib.workflows.show_plans import show_plans
from chalicelib.workflows.start_signup import start_signup

blueprint = Blueprint(__name__)


@endpoint(
    blueprint,
    "POST",
    "/signup",
    roles=(),
    body=SignupBody,
    out=AcceptedView,
    status=202,
    summary="Sign up, or have the link sent again",
)
def sign_up(call: Call[SignupBody]) -> Any:
    start_signup(email=call.body.email, source_ip=call.source_ip, language=call.language)
    return AcceptedView()


@endpoint(
    blueprint,
    "POST",
    "/signup/confirm",
    roles=(),
    body=ConfirmBody,
    out=ConfirmedView,
    summary="Begin or resume onboarding with the link of the signup mail",
)
def confirm_signup_link(call: Call[ConfirmBody]) -> Any:
    confirmed = confirm_signup(token=call.body.token)
    return ConfirmedView(
        access_token=confirmed.access_token,
        expires_in=confirmed.expires_in,
        onboarding=_view(confirmed.onboarding),
    )


@endpoint(
    blueprint, "GET", "/onboarding", roles=("onboarding",), out=OnboardingView, summary="What was answered so far"
)
def get_onboarding(call: Call[Any]) -> Any:
    return _view(get_open_onboarding(call.identity.user_id))


@endpoint(
    blueprint,
    "PUT",
    "/onboarding/user",
    roles=("onboarding",),
    body=OnboardingUserBody,
    out=OnboardingView,
    summary="Step 1: full name and password",
)
def put_onboarding_user(call: Call[OnboardingUserBody]) -> Any:
    return _view(save_onboarding_user(call.identity.user_id, call.body))


@endpoint(
    blueprint,
    "PUT",
    "/onboarding/isp",
    roles=("onboarding",),
    body=OnboardingIspBody,
    out=OnboardingView,
    summary="Step 2: namespace, currency, company, country, time zone",
)
def put_onboarding_isp(call: Call[OnboardingIspBody]) -> Any:
    return _view(save_onboarding_isp(call.identity.user_id, call.body))


@endpoint(
    blueprint,
    "PUT",
    "/onboarding/theme",
    roles=("onboarding",),
    body=ThemeBody,
    out=OnboardingView,
    summary="Step 3: colours and logo",
)
def put_onboarding_theme(call: Call[ThemeBody]) -> Any:
    return _view(save_onboarding_theme(call.identity.user_id, call.body))


@endpoint(
    blueprint,
    "PUT",
    "/onboarding/plan",
    roles=("onboarding",),
    body=OnboardingPlanBody,
    out=TokensView,
    summary="Step 4: the plan; finishes onboarding and logs in",
)
def put_onboarding_plan(call: Call[OnboardingPlanBody]) -> Any:
    tokens = finish_onboarding(call.identity.user_id, platform_plan_id=call.body.platform_plan_id)
    return hand_out(call, tokens)


@endpoint(blueprint, "GET", "/platform-plans", roles=(), out=PublicPlans, summary="The plans an ISP can choose from")
def list_public_plans(call: Call[Any]) -> Any:
    return PublicPlans(items=show_plans(call.language))


def _view(onboarding: Onboarding) -> OnboardingView:
    isp = {name: getattr(onboarding, name) for name in OnboardingIsp.model_fields}
    return OnboardingView.model_validate(
        {
            "onboarding_id": onboarding.id,
            "email": onboarding.email,
            "step": next_step(onboarding),
            "user": OnboardingUser(full_name=onboarding.full_name) if onboarding.full_name else None,
            "isp": OnboardingIsp(**isp) if onboarding.namespace else None,
            "theme": _theme(onboarding) if onboarding.theme_version else None,
        }
    )


def _theme(onboarding: Onboarding) -> ThemeView:
    """The logo comes inside the URL: it isn't public before onboarding is finished."""
    view = theme_view(find_theme(str(onboarding.pk)), onboarding.namespace)
    logo = find_logo(str(onboarding.pk)) if view.logo_url else None
    url = f"data:{logo.media_type};base64,{base64.b64encode(logo.data).decode()}" if logo else None
    return view.model_copy(update={"logo_url": url})
