"""A refresh token for new tokens, if its user or subscriber may still have them."""

from __future__ import annotations

import time

from chalicelib.auth import Identity
from chalicelib.clients.secrets import token_keys
from chalicelib.domain.errors import PatchbayError
from chalicelib.storage.isps import find_isp
from chalicelib.storage.sessions import Session, end_session, get_session, renew_session
from chalicelib.storage.subscriber_logins import SubscriberLogin, find_subscriber
from chalicelib.storage.tenants import find_tenant
from chalicelib.storage.users import User, find_user
from chalicelib.workflows.issue_tokens import Tokens, identity_of, make_tokens
from chalicelib.workflows.log_in_subscriber import (
    check_subscriber_active,
    credential_of,
    is_credential,
    subscriber_identity,
)


def refresh_session(*, refresh_token: str, now_s: int | None = None) -> Tokens:
    now = now_s if now_s is not None else int(time.time())
    session = get_session(refresh_token, now_s=now)
    identity = _subscriber(session) if session.tenant_id else identity_of(_user(session), session.session_id)
    token_keys()  # before the token is used up: without a key to sign by there would be nothing in its place
    return make_tokens(identity, renew_session(session, now_s=now))


def _user(session: Session) -> User:
    user = find_user(session.isp_id, session.user_id)
    if user is None or int(user.sessions_from) > int(session.started_at):
        end_session(session.session_id)
        raise PatchbayError("not_authenticated")
    isp = find_isp(user.isp_id) if user.isp_id else None
    if user.suspended or (isp is not None and isp.suspended):
        raise PatchbayError("suspended")
    return user


def _subscriber(session: Session) -> Identity:
    tenant = find_tenant(session.isp_id, session.tenant_id)
    subscriber = find_subscriber(session.tenant_id, session.user_id)
    if tenant is None or subscriber is None or not is_credential(session.credential, subscriber, tenant.domain):
        end_session(session.session_id)
        raise PatchbayError("not_authenticated")
    session.credential = credential_of(subscriber)  # as it is stored now, perhaps with a newer master key
    login = SubscriberLogin(session.isp_id, tenant, subscriber)
    check_subscriber_active(login)
    return subscriber_identity(login, session.session_id)
