"""Users come by invitation: the ISP's admin makes the login, the user chooses the password."""

from __future__ import annotations

from typing import Any

from chalicelib.clients.mail import Mailer, MailError
from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.language import Language
from chalicelib.domain.sentences import say
from chalicelib.observability import logger
from chalicelib.settings import settings
from chalicelib.storage.attempts import Limit, take_attempt
from chalicelib.storage.isps import Isp, get_isp
from chalicelib.storage.links import put_link
from chalicelib.storage.records import create_record, get_record
from chalicelib.storage.scope import IspScope
from chalicelib.storage.transaction import Actor, Transaction
from chalicelib.storage.users import USER, User
from chalicelib.workflows.mail_texts import invitation_mail
from chalicelib.workflows.prepare_user import prepare_user
from chalicelib.workflows.request_password_reset import password_link
from chalicelib.workflows.send_mail import send_mail

DAY_S = 86400


def invite_user(
    scope: IspScope, values: dict[str, Any], *, language: Language, actor: Actor, mail: Mailer | None = None
) -> User:
    """The new user. A mail that can't be sent is logged only: the user exists, and can be invited again."""
    isp = get_isp(scope.isp_id)
    tx = Transaction()
    known = {"isp_id": scope.isp_id, "namespace": isp.namespace}
    user = create_record(scope, USER, prepare_user(values) | known, actor=actor, transaction=tx)
    token = _put_link(tx, user)
    tx.commit()
    try:
        _send(user, isp, token, language, mail)
    except MailError:
        logger().warning("user not invited", extra={"user_id": user.id})
    return user


def invite_user_again(scope: IspScope, user_id: str, *, language: Language, mail: Mailer | None = None) -> None:
    user = get_record(scope, USER, user_id)
    if user.password_hash:
        raise PatchbayError("already_exists", say("user_has_password"))
    take_attempt([Limit(f"invitation:{user.id}", settings().mails_per_address)])
    tx = Transaction()
    token = _put_link(tx, user)
    tx.commit()
    try:
        _send(user, get_isp(scope.isp_id), token, language, mail)
    except MailError as error:
        raise PatchbayError("try_again", say("mail_not_sent")) from error


def _put_link(tx: Transaction, user: User) -> str:
    return put_link(
        tx,
        purpose="password",
        lifetime_s=settings().invitation_s,
        email=user.email,
        isp_id=user.isp_id,
        user_id=user.id,
    )


def _send(user: User, isp: Isp, token: str, language: Language, mail: Mailer | None) -> None:
    send_mail(
        invitation_mail(
            to=user.email,
            full_name=user.full_name,
            company=isp.name,
            namespace=isp.namespace,
            link=password_link(token, user.role),
            days=settings().invitation_s // DAY_S,
            language=language,
        ),
        by=mail,
    )
