"""A console's refresh token travels in a cookie that scripts can't read (ADR 5).

A request asks for it with ``X-Session-Cookie: <console>``. Each console has a cookie of its own, so that one person may
be in the ISP console and on the phone at once. The header also is the guard against forged requests: another site can't
send it without a preflight, which this API never answers; ``SameSite=Strict`` is the second one.
"""

from __future__ import annotations

from dataclasses import asdict
from http.cookies import CookieError, SimpleCookie
from typing import Any

from chalicelib.domain.errors import field_error
from chalicelib.domain.sentences import say
from chalicelib.handlers.http import Call
from chalicelib.schemas.sessions import TokensView
from chalicelib.settings import settings
from chalicelib.workflows.issue_tokens import Tokens

HEADER = "X-Session-Cookie"
CONSOLES = ("isp", "console", "phone")
PATH = "/v1/auth"


def hand_out(call: Call[Any], tokens: Tokens) -> TokensView:
    """The tokens as the answer, the refresh token in the cookie if the caller asked for that."""
    view = TokensView(**asdict(tokens))
    console = _console(call)
    if not console:
        return view
    call.response_headers["Set-Cookie"] = _cookie(console, tokens.refresh_token, settings().refresh_token_s)
    return view.model_copy(update={"refresh_token": ""})


def take_back(call: Call[Any]) -> None:
    console = _console(call)
    if console:
        call.response_headers["Set-Cookie"] = _cookie(console, "", 0)


def refresh_token_of(call: Call[Any]) -> str:
    """From the body, else from the cookie of the console that asks; empty if there is none."""
    console = _console(call)
    if call.body.refresh_token or not console:
        return str(call.body.refresh_token)
    try:
        cookies = SimpleCookie(call.headers.get("cookie", ""))
    except CookieError:
        return ""
    found = cookies.get(_name(console))
    return found.value if found else ""


def _console(call: Call[Any]) -> str:
    console = call.headers.get(HEADER.lower(), "")
    if console and console not in CONSOLES:
        raise field_error(HEADER, say("one_of", choices=", ".join(CONSOLES)))
    return console


def _name(console: str) -> str:
    return f"patchbay_{console}"


def _cookie(console: str, value: str, max_age_s: int) -> str:
    secure = "; Secure" if settings().public_url.startswith("https:") else ""
    return f"{_name(console)}={value}; Path={PATH}; Max-Age={max_age_s}; HttpOnly; SameSite=Strict{secure}"
