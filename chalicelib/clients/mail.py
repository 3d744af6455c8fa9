"""Mail that the platform sends: by SES, by SMTP, or into a directory that the embedded system shows."""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from chalicelib.clients.patience import short_patience
from chalicelib.settings import settings

TIMEOUT_S = 10


class MailError(RuntimeError):
    """The mail couldn't be handed over; the cause is chained."""


@dataclass(frozen=True, slots=True)
class Mail:
    to: str
    subject: str
    text: str
    html: str


class Mailer(Protocol):
    def send(self, mail: Mail) -> None:
        """Hand the mail over. Raises MailError."""


class MailboxMailer:
    """One JSON file per mail, ``{"to","subject","text","html","sent_at"}``; their names sort by time."""

    def __init__(self, directory: str) -> None:
        self._directory = Path(directory)

    def send(self, mail: Mail) -> None:
        now_ns = time.time_ns()
        sent_at = datetime.fromtimestamp(now_ns / 1e9, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        name = f"{now_ns:020d}-{os.urandom(4).hex()}"
        temporary = self._directory / f".{name}"
        try:
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            temporary.write_text(json.dumps(asdict(mail) | {"sent_at": sent_at}))
            temporary.rename(self._directory / f"{name}.json")
        except OSError as error:
            raise MailError(f"{self._directory}: {error}") from error


class SesMailer:
    """``client``: a boto3 ``sesv2`` client."""

    def __init__(self, client: Any, *, sender: str) -> None:
        self._client = client
        self._sender = sender

    def send(self, mail: Mail) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        content = {
            "Subject": {"Data": mail.subject, "Charset": "UTF-8"},
            "Body": {
                "Text": {"Data": mail.text, "Charset": "UTF-8"},
                "Html": {"Data": mail.html, "Charset": "UTF-8"},
            },
        }
        try:
            self._client.send_email(
                FromEmailAddress=self._sender,
                Destination={"ToAddresses": [mail.to]},
                Content={"Simple": content},
            )
        except (BotoCoreError, ClientError) as error:
            raise MailError("SES refused the mail") from error


class SmtpMailer:
    """``url``: ``smtp://[user:password@]host[:port]`` (STARTTLS when the server offers it) or ``smtps://``."""

    def __init__(self, url: str, *, sender: str) -> None:
        self._url = urlsplit(url)
        self._sender = sender

    def send(self, mail: Mail) -> None:
        import smtplib

        try:
            with self._connection() as server:
                if self._url.scheme == "smtp" and server.has_extn("starttls"):
                    import ssl

                    server.starttls(context=ssl.create_default_context())
                    server.ehlo()
                if self._url.username:
                    server.login(unquote(self._url.username), unquote(self._url.password or ""))
                server.send_message(_message(mail, self._sender))
        except (OSError, smtplib.SMTPException) as error:
            raise MailError("The mail server refused the mail or can't be reached") from error

    def _connection(self) -> Any:
        import smtplib
        import ssl

        host = self._url.hostname or "localhost"
        if self._url.scheme == "smtps":
            context = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, self._url.port or 465, timeout=TIMEOUT_S, context=context)
        else:
            server = smtplib.SMTP(host, self._url.port or 25, timeout=TIMEOUT_S)
        server.ehlo()
        return server


def _message(mail: Mail, sender: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, mail.to, mail.subject
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message


@cache
def mailer() -> Mailer:
    config = settings()
    if config.mail_adapter == "mailbox":
        return MailboxMailer(config.mail_dir)
    if config.mail_adapter == "smtp":
        return SmtpMailer(config.smtp_url or "smtp://localhost", sender=config.mail_from)
    import boto3

    client = boto3.client("sesv2", region_name=config.region, config=short_patience())
    return SesMailer(client, sender=config.mail_from)
