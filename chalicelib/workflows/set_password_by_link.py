"""A new password by a link of a mail: after a reset or an invitation. All sessions and other such links end."""

from __future__ import annotations

from chalicelib.domain.errors import PatchbayError
from chalicelib.storage.attempts import clear_attempts
from chalicelib.storage.links import get_link, use_link
from chalicelib.storage.transaction import Actor, Transaction
from chalicelib.storage.users import find_user, set_password
from chalicelib.workflows.check_password import check_password
from chalicelib.workflows.log_in import login_limit


def set_password_by_link(*, token: str, password: str) -> None:
    """A password that breaks the rules leaves the link good for another try."""
    tx = Transaction()
    link = get_link(token, "password", now_s=tx.now_ms // 1000)
    user = find_user(link.isp_id, link.user_id)
    if user is None or int(user.sessions_from) > int(link.issued_at) or user.email != link.email:
        raise PatchbayError("link_invalid")
    password_hash = check_password(password, email=user.email, namespace=user.namespace)
    use_link(tx, link)
    set_password(tx, user, password_hash)
    clear_attempts(tx, login_limit(user.namespace, user.email))
    tx.audit(user.isp_id, Actor(user.id, user.full_name), "user.set_password", after={"id": user.id})
    tx.commit()
