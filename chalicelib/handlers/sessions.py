"""Logging in, staying logged in, passwords. With ``X-Session-Cookie`` the refresh token is a cookie."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint

from chalicelib.handlers.http import Call, endpoint
from chalicelib.handlers.session_cookies import hand_out, refresh_token_of, take_back
from chalicelib.schemas.sessions import (
    AcceptedView,
    AccessView,
    LoginBody,
    PasswordChangeBody,
    PasswordConfirmBody,
    PasswordResetBody,
    RefreshBody,
    SubscriberLoginBody,
    TokensView,
)
from chalicelib.settings import settings
from chalicelib.workflows.change_password import change_password
from chalicelib.workflows.log_in import log_in
from chalicelib.workflows.log_in_subscriber import log_in_subscriber
from chalicelib.workflows.log_out import log_out
from chalicelib.workflows.refresh_session import refresh_session
from chalicelib.workflows.request_password_reset import request_password_reset
from chalicelib.workflows.set_password_by_link import set_password_by_link
from chalicelib.workflows.view_tenant import view_tenant

blueprint = Blueprint(__name__)


@endpoint(
    blueprint,
    "POST",
    "/auth/login",
    roles=(),
    body=LoginBody,
    out=TokensView,
    summary="Log in; platform admins in the namespace platform",
)
def login(call: Call[LoginBody]) -> Any:
    body = call.body
    tokens = log_in(namespace=body.namespace, email=body.email, password=body.password, source_ip=call.source_ip)
    return hand_out(call, tokens)


@endpoint(
    blueprint,
    "POST",
    "/auth/subscriber-login",
    roles=(),
    body=SubscriberLoginBody,
    out=TokensView,
    summary="Log in to the phone console",
)
def subscriber_login(call: Call[SubscriberLoginBody]) -> Any:
    username, _, domain = call.body.address.partition("@")
    tokens = log_in_subscriber(username=username, domain=domain, password=call.body.password, source_ip=call.source_ip)
    return hand_out(call, tokens)


@endpoint(blueprint, "POST", "/auth/refresh", roles=(), body=RefreshBody, out=TokensView, summary="New tokens")
def refresh(call: Call[RefreshBody]) -> Any:
    return hand_out(call, refresh_session(refresh_token=refresh_token_of(call)))


@endpoint(
    blueprint,
    "POST",
    "/auth/logout",
    roles=(),
    body=RefreshBody,
    status=204,
    summary="End the session; access tokens already issued last up to 15 minutes more",
)
def logout(call: Call[RefreshBody]) -> None:
    log_out(refresh_token=refresh_token_of(call))
    take_back(call)


@endpoint(
    blueprint,
    "POST",
    "/auth/password-reset",
    roles=(),
    body=PasswordResetBody,
    out=AcceptedView,
    status=202,
    summary="Have a link to a new password mailed, if there is such a login",
)
def reset_password(call: Call[PasswordResetBody]) -> Any:
    request_password_reset(
        namespace=call.body.namespace, email=call.body.email, source_ip=call.source_ip, language=call.language
    )
    return AcceptedView()


@endpoint(
    blueprint,
    "POST",
    "/auth/password-reset/confirm",
    roles=(),
    body=PasswordConfirmBody,
    status=204,
    summary="Set a password with the link of a reset or invitation mail; ends all sessions",
)
def confirm_password_reset(call: Call[PasswordConfirmBody]) -> None:
    set_password_by_link(token=call.body.token, password=call.body.password)


@endpoint(
    blueprint,
    "PUT",
    "/me/password",
    roles=("platform_admin", "isp_admin", "tenant_admin"),
    body=PasswordChangeBody,
    out=TokensView,
    summary="Change our password; ends all other sessions",
)
def put_password(call: Call[PasswordChangeBody]) -> Any:
    tokens = change_password(
        call.identity, current_password=call.body.current_password, new_password=call.body.new_password
    )
    return hand_out(call, tokens)


@endpoint(
    blueprint,
    "POST",
    "/tenants/{tenant_id}/view",
    roles=("isp_admin",),
    out=AccessView,
    summary="Look at a tenant in its own console",
)
def view(call: Call[Any]) -> Any:
    return AccessView(
        access_token=view_tenant(call.identity, call.tenant),
        expires_in=settings().access_token_s,
        role="tenant_admin",
    )
