"""Somebody gave an e-mail address: a link goes there, whoever that is and however often it was used before."""

from __future__ import annotations

from chalicelib.clients.mail import Mailer, MailError
from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.language import Language
from chalicelib.domain.sentences import say
from chalicelib.settings import settings
from chalicelib.storage.attempts import Limit, take_attempt
from chalicelib.storage.links import put_link
from chalicelib.storage.transaction import Transaction
from chalicelib.workflows.mail_texts import signup_mail
from chalicelib.workflows.send_mail import send_mail


def start_signup(*, email: str, source_ip: str, language: Language, mail: Mailer | None = None) -> None:
    config = settings()
    take_attempt(
        [
            Limit(f"signup:{email}", config.mails_per_address),
            Limit(f"signup-source:{source_ip}", config.source_attempts),
        ]
    )
    tx = Transaction()
    token = put_link(tx, purpose="signup", lifetime_s=config.link_s, email=email)
    tx.commit()
    link = f"{config.public_url}/isp/signup?token={token}"
    try:
        send_mail(signup_mail(to=email, link=link, hours=config.link_s // 3600, language=language), by=mail)
    except MailError as error:
        raise PatchbayError("try_again", say("mail_not_sent")) from error
