"""Ends a session. Tokens that are void already are no error: the caller has what it wanted."""

from __future__ import annotations

import time

from chalicelib.domain.errors import PatchbayError
from chalicelib.storage.sessions import end_session, get_session


def log_out(*, refresh_token: str) -> None:
    try:
        session = get_session(refresh_token, now_s=int(time.time()))
    except PatchbayError:
        return
    end_session(session.session_id)
