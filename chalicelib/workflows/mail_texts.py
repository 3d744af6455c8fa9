"""What the platform writes to people. Everything that came from somebody is escaped in the HTML."""

from __future__ import annotations

from html import escape

from chalicelib.clients.mail import Mail


def signup_mail(*, to: str, link: str, hours: int) -> Mail:
    return _mail(
        to,
        "Confirm your e-mail address",
        ["You (or somebody who typed your address) signed up for Patchbay. Open this link to set up your service:"],
        link,
        [f"It works once, within {hours} hours. If it wasn't you, ignore this mail: nothing has been set up."],
    )


def password_reset_mail(*, to: str, full_name: str, namespace: str, link: str, hours: int) -> Mail:
    return _mail(
        to,
        "Choose a new password",
        [f"Hello {full_name},", f"a new password was asked for in the namespace {namespace}. Choose it here:"],
        link,
        [f"The link works once, within {hours} hours. If you didn't ask for it, your password stays as it is."],
    )


def invitation_mail(*, to: str, full_name: str, company: str, namespace: str, link: str, days: int) -> Mail:
    return _mail(
        to,
        f"Your login at {company}",
        [
            f"Hello {full_name},",
            f"{company} has made a login for you. Choose a password here:",
        ],
        link,
        [
            f"The link works once, within {days} days.",
            f"From then on you log in with the namespace {namespace}, your e-mail address and your password.",
        ],
    )


def _mail(to: str, subject: str, before: list[str], link: str, after: list[str]) -> Mail:
    text = "\n\n".join([*before, link, *after]) + "\n"
    shown_link = f'<p><a href="{escape(link)}">{escape(link)}</a></p>'
    html = "".join([*map(_paragraph, before), shown_link, *map(_paragraph, after)])
    return Mail(to=to, subject=subject, text=text, html=f"<!doctype html><html><body>{html}</body></html>")


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>"
