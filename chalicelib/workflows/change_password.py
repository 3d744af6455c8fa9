"""A user chooses another password, proving the present one. All other sessions end; new tokens are the answer."""

from __future__ import annotations

from chalicelib.auth import Identity
from chalicelib.domain.errors import PatchbayError, field_error
from chalicelib.domain.passwords import verify_password
from chalicelib.domain.sentences import say
from chalicelib.storage.attempts import give_back, take_attempt
from chalicelib.storage.transaction import Transaction
from chalicelib.storage.users import find_user, set_password
from chalicelib.workflows.check_password import check_password
from chalicelib.workflows.issue_tokens import Tokens, issue_tokens
from chalicelib.workflows.log_in import login_limit


def change_password(identity: Identity, *, current_password: str, new_password: str) -> Tokens:
    user = find_user(identity.isp_id, identity.user_id)
    if user is None or identity.acting_for:
        raise PatchbayError("not_allowed")
    password_hash = check_password(new_password, email=user.email, namespace=user.namespace, field="new_password")
    limits = [login_limit(user.namespace, user.email)]
    take_attempt(limits)
    if not verify_password(current_password, user.password_hash):
        raise field_error("current_password", say("not_your_password"))
    tx = Transaction()
    give_back(tx, limits)
    set_password(tx, user, password_hash)
    tokens = issue_tokens(tx, user)
    tx.audit(user.isp_id, identity.actor(), "user.set_password", after={"id": user.id})
    tx.commit()
    return tokens
