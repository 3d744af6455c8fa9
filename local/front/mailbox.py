"""The mailbox on disk: one JSON file per mail, ``{"to","subject","text","html","sent_at"}``, shown at ``/dev/mail``."""

from __future__ import annotations

import html
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from local.front.events import HttpResponse

# A mail's text is a stranger's as far as the browser is concerned: nothing in it may load or run.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
_STYLE = (
    "body{font:16px sans-serif;max-width:50em;margin:2em auto}pre{white-space:pre-wrap;background:#f4f4f4;padding:1em}"
)


@dataclass(frozen=True, slots=True)
class Mail:
    to: str
    subject: str
    text: str
    html: str
    sent_at: str


def read_mailbox(directory: Path) -> list[Mail]:
    """The newest first; file names tell the order among mails of one instant."""
    mails = [_read(path) for path in sorted(directory.glob("*.json"), reverse=True)]
    return sorted(mails, key=lambda mail: mail.sent_at, reverse=True)


def _read(path: Path) -> Mail:
    source = json.loads(path.read_text())
    return Mail(**{name: str(source.get(name) or "") for name in ("to", "subject", "text", "html", "sent_at")})


def render_json(mails: list[Mail]) -> HttpResponse:
    body = json.dumps({"mails": [asdict(mail) for mail in mails]})
    return HttpResponse(200, (("Content-Type", "application/json"), ("Cache-Control", "no-store")), body.encode())


def render_page(mails: list[Mail]) -> HttpResponse:
    shown = "".join(_render(mail) for mail in mails) or "<p>No mail yet.</p>"
    page = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Mailbox</title><style>{_STYLE}</style>'
        f"<h1>Mailbox</h1><p>Mail that this system would have sent.</p>{shown}</html>"
    )
    headers = (
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Security-Policy", _POLICY),
        ("Cache-Control", "no-store"),
    )
    return HttpResponse(200, headers, page.encode())


def _render(mail: Mail) -> str:
    to, subject, sent_at = html.escape(mail.to), html.escape(mail.subject), html.escape(mail.sent_at)
    return f"<h2>{subject}</h2><p>To {to}, {sent_at}</p><pre>{html.escape(mail.text or mail.html)}</pre>"
