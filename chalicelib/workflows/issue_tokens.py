"""The tokens of somebody who has just proven to be a user."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from chalicelib.auth import Identity, Role, issue_access_token
from chalicelib.settings import settings
from chalicelib.storage.sessions import start_session
from chalicelib.storage.transaction import Transaction
from chalicelib.storage.users import User


@dataclass(frozen=True, slots=True)
class Tokens:
    """An access token can't be taken back: it is short-lived (``access_token_s``), and with every refresh the user,
    the role and suspensions are looked at again."""

    access_token: str
    expires_in: int
    refresh_token: str
    role: str


def identity_of(user: User, session_id: str) -> Identity:
    return Identity(
        role=cast("Role", user.role),
        user_id=user.id,
        name=user.full_name,
        isp_id=user.isp_id,
        tenant_ids=tuple(user.tenant_ids),
        session_id=session_id,
    )


def issue_tokens(tx: Transaction, user: User) -> Tokens:
    """Starts a session within the transaction."""
    session_id, refresh_token = start_session(tx, isp_id=user.isp_id, user_id=user.id)
    return make_tokens(identity_of(user, session_id), refresh_token)


def make_tokens(identity: Identity, refresh_token: str) -> Tokens:
    return Tokens(issue_access_token(identity), settings().access_token_s, refresh_token, identity.role)
