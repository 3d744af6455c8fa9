"""A link to choose a new password, if there is such a login. The answer doesn't tell, nor does its time."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable

from chalicelib.clients.mail import Mailer, MailError
from chalicelib.domain.language import Language
from chalicelib.settings import settings
from chalicelib.storage.attempts import Limit, take_attempt
from chalicelib.storage.links import put_link
from chalicelib.storage.transaction import Transaction
from chalicelib.storage.users import User, find_login, find_user
from chalicelib.workflows.mail_texts import password_reset_mail
from chalicelib.workflows.send_mail import send_mail


def request_password_reset(
    *,
    namespace: str,
    email: str,
    source_ip: str,
    language: Language,
    mail: Mailer | None = None,
    pause: Callable[[float], None] = time.sleep,
) -> None:
    config = settings()
    answer_at = time.monotonic() + config.uniform_answer_ms / 1000
    take_attempt(
        [
            Limit(f"reset:{namespace}:{email}", config.mails_per_address),
            Limit(f"reset-source:{source_ip}", config.source_attempts),
        ]
    )
    login = find_login(namespace, email)
    user = find_user(login.isp_id, login.user_id) if login else None
    if user is not None:
        _send_link(user, language, mail)
    pause(max(0.0, answer_at - time.monotonic()))


def _send_link(user: User, language: Language, mail: Mailer | None) -> None:
    config = settings()
    tx = Transaction()
    token = put_link(
        tx, purpose="password", lifetime_s=config.link_s, email=user.email, isp_id=user.isp_id, user_id=user.id
    )
    tx.commit()
    with contextlib.suppress(MailError):  # told to nobody, or it would tell that the login exists
        send_mail(
            password_reset_mail(
                to=user.email,
                full_name=user.full_name,
                namespace=user.namespace,
                link=password_link(token, user.role),
                hours=config.link_s // 3600,
                language=language,
            ),
            by=mail,
        )


def password_link(token: str, role: str) -> str:
    """In the console that this role logs in to."""
    console = "console" if role == "tenant_admin" else "isp"
    return f"{settings().public_url}/{console}/password?token={token}"
