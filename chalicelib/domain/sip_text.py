"""Text from people and carriers made safe inside SIP messages: nothing passed here can end a line or a URI early."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

ANONYMOUS_URI = "sip:anonymous@anonymous.invalid"  # RFC 3261 8.1.1.3, RFC 3323 4.1.1.3
ANONYMOUS_DISPLAY = '"Anonymous"'
MAX_DISPLAY = 80

# RFC 3261 25.1: user = 1*( unreserved / escaped / user-unreserved ). ";" and "?" are allowed there but begin
# parameters for many parsers, so they are escaped too.
_USER_SAFE = "-_.!~*'()&=+$,/"
_PLAIN_USER = re.compile(r"[A-Za-z0-9+._\-]+")
_PLAIN_HOST = re.compile(r"[A-Za-z0-9._\-]+")
_NOT_HOST = re.compile(r"[^A-Za-z0-9.:_\-\[\]]")


def quoted_display(name: str) -> str:
    """A display name as a quoted string (RFC 3261 25.1), or "" when nothing printable is left of it."""
    text = printable(name)[:MAX_DISPLAY].strip()
    if not text:
        return ""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def printable(text: str) -> str:
    """Without control characters, line separators and lone surrogates, whatever their encoding calls them."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(char for char in text if unicodedata.category(char) not in _DROPPED)


_DROPPED = frozenset({"Cc", "Cs", "Cn", "Zl", "Zp"})


def escaped_user(user: str) -> str:
    """The user part of a SIP URI: everything outside RFC 3261's set as %XX of its UTF-8."""
    if _PLAIN_USER.fullmatch(user):
        return user
    return quote(printable(user), safe=_USER_SAFE)


def host_text(host: str) -> str:
    """A host name or address; an IPv6 address gets its brackets (RFC 3261 25.1, IPv6reference)."""
    if _PLAIN_HOST.fullmatch(host):
        return host
    clean = _NOT_HOST.sub("", host)
    return f"[{clean}]" if ":" in clean and not clean.startswith("[") else clean


def sip_uri(user: str, host: str, port: int | None = None) -> str:
    authority = host_text(host) if port is None else f"{host_text(host)}:{port}"
    escaped = escaped_user(user)
    return f"sip:{escaped}@{authority}" if escaped else f"sip:{authority}"


def name_addr(display: str, uri: str) -> str:
    """``display`` as ``quoted_display`` returns it."""
    return f"{display} <{uri}>" if display else f"<{uri}>"


def header(name: str, value: str) -> str:
    """One header line without its line end."""
    return f"{name}: {printable(value)}"
