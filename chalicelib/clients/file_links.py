"""Links to single files of the embedded system: for one method, key and size, until an instant, signed.

They are paths without a host, so that they hold at whatever address the front is reached; what S3's presigned URLs are
to the deployed system.
"""

from __future__ import annotations

import hmac
import json
import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl, quote, unquote, urlencode

PREFIX = "/files/"
_KEY = re.compile(r"[a-z]+(/[A-Za-z0-9_-]{1,64}){1,4}(\.[a-z]{1,8})?")
_FIELDS = ("expires", "name", "signature", "size", "type")

Method = Literal["GET", "PUT"]


@dataclass(frozen=True, slots=True)
class FileLink:
    """``size``: of the file that is uploaded, in bytes, exactly; 0 for a download. ``filename``: what a browser saves
    it as. ``expires_at``: seconds."""

    method: str
    key: str
    expires_at: int
    size: int = 0
    media_type: str = ""
    filename: str = ""


def check_key(key: str) -> str:
    """The key, if it is one: names without dots between slashes, so none leads elsewhere. Raises ValueError."""
    if _KEY.fullmatch(key) is None:
        raise ValueError(f"{key!r} is no key of a file")
    return key


def sign_link(link: FileLink, *, secret: bytes) -> str:
    """The path with its query."""
    query = {
        "expires": str(link.expires_at),
        "name": link.filename,
        "signature": _signature(link, secret),
        "size": str(link.size),
        "type": link.media_type,
    }
    return f"{PREFIX}{quote(check_key(link.key))}?{urlencode(query)}"


def open_link(method: str, path: str, query: str, *, secret: bytes, now_s: float) -> FileLink | None:
    """None unless the link was signed for this method and path, nothing was changed, and it hasn't expired.

    ``path`` and ``query`` as they were sent.
    """
    values = dict(parse_qsl(query, keep_blank_values=True))
    key = unquote(path.removeprefix(PREFIX))
    numbers = (values.get("expires", ""), values.get("size", ""))
    if sorted(values) != list(_FIELDS) or _KEY.fullmatch(key) is None:
        return None
    if not all(re.fullmatch(r"[0-9]{1,15}", number) for number in numbers):
        return None
    link = FileLink(method, key, int(values["expires"]), int(values["size"]), values["type"], values["name"])
    signed = hmac.compare_digest(values["signature"].encode(), _signature(link, secret).encode())
    return link if signed and now_s < link.expires_at else None


def _signature(link: FileLink, secret: bytes) -> str:
    text = json.dumps([link.method, link.key, link.expires_at, link.size, link.media_type, link.filename])
    return hmac.digest(secret, text.encode(), "sha256").hex()
