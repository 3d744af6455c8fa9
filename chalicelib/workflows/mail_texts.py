"""What the platform writes to people. Everything that came from somebody is escaped in the HTML."""

from __future__ import annotations

from html import escape

from chalicelib.clients.mail import Mail
from chalicelib.domain.language import Language
from chalicelib.domain.sentences import Sentence, say


def signup_mail(*, to: str, link: str, hours: int, language: Language) -> Mail:
    before, after = [say("signup_open")], [say("signup_once", hours=hours)]
    return _mail(to, say("signup_subject"), before, link, after, language=language)


def password_reset_mail(*, to: str, full_name: str, namespace: str, link: str, hours: int, language: Language) -> Mail:
    before = [say("mail_hello", full_name=full_name), say("reset_asked", namespace=namespace)]
    return _mail(to, say("reset_subject"), before, link, [say("reset_once", hours=hours)], language=language)


def invitation_mail(
    *, to: str, full_name: str, company: str, namespace: str, link: str, days: int, language: Language
) -> Mail:
    before = [say("mail_hello", full_name=full_name), say("invitation_made", company=company)]
    after = [say("invitation_once", days=days), say("invitation_then", namespace=namespace)]
    return _mail(to, say("invitation_subject", company=company), before, link, after, language=language)


def _mail(
    to: str, subject: Sentence, before: list[Sentence], link: str, after: list[Sentence], *, language: Language
) -> Mail:
    first, last = ([sentence.into(language) for sentence in part] for part in (before, after))
    text = "\n\n".join([*first, link, *last]) + "\n"
    shown_link = f'<p><a href="{escape(link)}">{escape(link)}</a></p>'
    html = "".join([*map(_paragraph, first), shown_link, *map(_paragraph, last)])
    page = f'<!doctype html><html lang="{language}"><body>{html}</body></html>'
    return Mail(to=to, subject=subject.into(language), text=text, html=page)


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>"
