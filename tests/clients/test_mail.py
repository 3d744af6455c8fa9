"""The three ways a mail leaves, held to one contract: what was sent is what arrives, and a failure is a MailError."""

from __future__ import annotations

import email
import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Self

import boto3
import pytest
from moto import mock_aws

from chalicelib.clients.mail import Mail, MailboxMailer, Mailer, MailError, SesMailer, SmtpMailer
from chalicelib.workflows.mail_texts import invitation_mail, password_reset_mail, signup_mail

MAIL = Mail("ann@example.com", "Grüezi", "Öffne:\nhttps://x.example/?token=a_b-c\n", "<p>Öffne</p>")
SENDER = "Patchbay <noreply@example.com>"


@dataclass(frozen=True)
class Harness:
    mailer: Mailer
    received: Callable[[], list[Mail]]


@pytest.fixture
def mailbox(tmp_path: Path) -> Harness:
    def received() -> list[Mail]:
        found = [json.loads(path.read_text()) for path in sorted((tmp_path / "mail").iterdir())]
        assert all(mail.pop("sent_at").endswith("Z") for mail in found)
        return [Mail(**mail) for mail in found]

    return Harness(MailboxMailer(str(tmp_path / "mail")), received)


@pytest.fixture
def ses(monkeypatch: pytest.MonkeyPatch) -> Iterator[Harness]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        from moto.core import DEFAULT_ACCOUNT_ID
        from moto.ses.models import ses_backends

        client = boto3.client("sesv2", region_name="us-east-1")
        client.create_email_identity(EmailIdentity="noreply@example.com")

        def received() -> list[Mail]:
            sent = ses_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].sent_messages
            return [Mail(m.destinations["ToAddresses"][0], m.subject, MAIL.text, m.body) for m in sent]

        yield Harness(SesMailer(client, sender=SENDER), received)


@pytest.fixture
def smtp() -> Iterator[Harness]:
    with SmtpSink() as sink:
        yield Harness(SmtpMailer(f"smtp://127.0.0.1:{sink.port}", sender=SENDER), lambda: sink.mails)


class SmtpSink:
    """Speaks just enough SMTP to take mail in (RFC 5321)."""

    def __enter__(self) -> Self:
        self.mails: list[Mail] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb", buffering=0) as stream:
                self._talk(stream)

    def _talk(self, stream: socket.SocketIO) -> None:
        stream.write(b"220 sink\r\n")
        while line := stream.readline():
            verb = line.strip().upper()
            if verb == b"DATA":
                stream.write(b"354 go on\r\n")
                self._take(b"".join(iter(stream.readline, b".\r\n")))
            stream.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n")
            if verb == b"QUIT":
                return

    def _take(self, raw: bytes) -> None:
        message = email.message_from_bytes(raw, policy=default)
        assert isinstance(message, EmailMessage)
        text, html = message.get_body(("plain",)), message.get_body(("html",))
        assert text is not None
        assert html is not None
        self.mails.append(Mail(message["To"], message["Subject"], text.get_content(), html.get_content().strip()))


@pytest.mark.parametrize("adapter", ["mailbox", "ses", "smtp"])
def test_what_was_sent_arrives(adapter: str, request: pytest.FixtureRequest) -> None:
    harness: Harness = request.getfixturevalue(adapter)

    harness.mailer.send(MAIL)

    (mail,) = harness.received()
    assert (mail.to, mail.subject) == (MAIL.to, MAIL.subject)
    assert mail.text.replace("\r\n", "\n") == MAIL.text
    assert mail.html in (MAIL.html, MAIL.text)  # moto's SES keeps the text only


def test_an_unreachable_server_is_a_mail_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    with pytest.raises(MailError):
        SmtpMailer(f"smtp://127.0.0.1:{port}", sender=SENDER).send(MAIL)


def test_a_refused_mail_is_a_mail_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        client = boto3.client("sesv2", region_name="us-east-1")  # without the sender's identity

        with pytest.raises(MailError):
            SesMailer(client, sender=SENDER).send(MAIL)


def test_a_mailbox_that_is_no_directory_is_a_mail_error(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file")

    with pytest.raises(MailError):
        MailboxMailer(str(tmp_path / "mail")).send(MAIL)


def test_names_and_links_are_escaped_in_html_and_plain_in_text() -> None:
    name, link = '<script>"Bob"&', "https://x.example/?a=1&token=t"

    invitation = invitation_mail(
        to="b@x.example", full_name=name, company=name, namespace="acme", link=link, days=7, language="en"
    )
    reset = password_reset_mail(to="b@x.example", full_name=name, namespace="acme", link=link, hours=24, language="en")
    signup = signup_mail(to="b@x.example", link=link, hours=24, language="en")

    for mail in (invitation, reset, signup):
        assert "<script>" not in mail.html
        assert 'href="https://x.example/?a=1&amp;token=t"' in mail.html
        assert link in mail.text
    assert name in reset.text
