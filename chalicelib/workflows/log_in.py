"""Logging in with namespace, e-mail and password. Whichever of them is wrong, the answer and its time are the same."""

from __future__ import annotations

from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.passwords import verify_password
from chalicelib.settings import settings
from chalicelib.storage.attempts import Limit, give_back, take_attempt
from chalicelib.storage.isps import Isp, find_isp
from chalicelib.storage.transaction import Transaction
from chalicelib.storage.users import User, find_login, find_user, note_login
from chalicelib.workflows.issue_tokens import Tokens, issue_tokens

NOBODY = "nobody"


def log_in(*, namespace: str, email: str, password: str, source_ip: str) -> Tokens:
    limits = [
        login_limit(namespace, email),
        Limit(f"login-source:{source_ip}", settings().source_attempts),
    ]
    take_attempt(limits)
    user, isp = _find(namespace, email)
    if not verify_password(password, user.password_hash if user else "") or user is None:
        raise PatchbayError("wrong_credentials")
    tx = Transaction()
    give_back(tx, limits)
    if user.suspended or (isp is not None and isp.suspended):
        tx.commit()
        raise PatchbayError("suspended")
    note_login(tx, user)
    tokens = issue_tokens(tx, user)
    tx.commit()
    return tokens


def login_limit(namespace: str, email: str) -> Limit:
    return Limit(f"login:{namespace}:{email}", settings().login_attempts)


def _find(namespace: str, email: str) -> tuple[User | None, Isp | None]:
    """Three reads for a login that doesn't exist too."""
    login = find_login(namespace, email)
    isp_id, user_id = (login.isp_id, login.user_id) if login else (NOBODY, NOBODY)
    return find_user(isp_id, user_id), find_isp(isp_id or NOBODY)
