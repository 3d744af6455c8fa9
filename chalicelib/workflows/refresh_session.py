"""A refresh token for new tokens, if its user may still have them."""

from __future__ import annotations

import time

from chalicelib.domain.errors import PatchbayError
from chalicelib.storage.isps import find_isp
from chalicelib.storage.sessions import Session, end_session, get_session, renew_session
from chalicelib.storage.users import User, find_user
from chalicelib.workflows.issue_tokens import Tokens, identity_of, make_tokens


def refresh_session(*, refresh_token: str, now_s: int | None = None) -> Tokens:
    now = now_s if now_s is not None else int(time.time())
    session = get_session(refresh_token, now_s=now)
    user = _user(session)
    return make_tokens(identity_of(user, session.session_id), renew_session(session, now_s=now))


def _user(session: Session) -> User:
    user = find_user(session.isp_id, session.user_id)
    if user is None or int(user.sessions_from) > int(session.started_at):
        end_session(session.session_id)
        raise PatchbayError("not_authenticated")
    isp = find_isp(user.isp_id) if user.isp_id else None
    if user.suspended or (isp is not None and isp.suspended):
        raise PatchbayError("suspended")
    return user
