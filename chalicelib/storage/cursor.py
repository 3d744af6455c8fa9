"""Page cursors: a raw key would let a caller read from another partition, so it is signed with what it was made for."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterable
from typing import Any

from chalicelib.domain.errors import PatchbayError


def seal(last_key: dict[str, Any] | None, *, secret: bytes, purpose: str) -> str | None:
    """The opaque cursor for ``last_key``; ``purpose`` is the partition it belongs to."""
    if last_key is None:
        return None
    body = json.dumps(last_key, separators=(",", ":"), sort_keys=True).encode()
    return base64.urlsafe_b64encode(_tag(body, secret, purpose) + body).decode().rstrip("=")


def open_cursor(
    cursor: str | None, *, secrets: Callable[[bool], Iterable[bytes]], purpose: str
) -> dict[str, Any] | None:
    """``secrets(again)``: any of which may have signed it; ``again``: if none of them did, are there newer ones?"""
    if not cursor:
        return None
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except ValueError as error:
        raise PatchbayError("invalid_cursor") from error
    tag, body = raw[:16], raw[16:]
    if not any(
        hmac.compare_digest(tag, _tag(body, secret, purpose)) for again in (False, True) for secret in secrets(again)
    ):
        raise PatchbayError("invalid_cursor")
    found: dict[str, Any] = json.loads(body)
    return found


def _tag(body: bytes, secret: bytes, purpose: str) -> bytes:
    return hmac.new(secret, purpose.encode() + b"\0" + body, hashlib.sha256).digest()[:16]
