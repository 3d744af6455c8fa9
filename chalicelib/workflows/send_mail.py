"""Hands a mail over; one that fails is counted and logged, whatever its sender makes of that."""

from __future__ import annotations

from chalicelib.clients.mail import Mail, Mailer, MailError, mailer
from chalicelib.observability import emit_counts, logger


def send_mail(mail: Mail, *, by: Mailer | None = None) -> None:
    """Raises ``MailError``."""
    try:
        (by or mailer()).send(mail)
    except MailError:
        emit_counts(MailsFailed=1)
        logger().exception("mail not sent")
        raise
