"""Whose request it is: the address against which failed attempts are counted."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from chalicelib.clients.secrets import edge_keys

EDGE_HEADER = "x-patchbay-edge"
FORWARDED = "x-forwarded-for"


class Keys(Protocol):
    def __call__(self, *, again: bool = False) -> tuple[bytes, ...]: ...


def find_source(context: Mapping[str, Any], headers: Mapping[str, str], *, keys: Keys = edge_keys) -> str:
    """The caller's address, as text. ``headers`` with names in lower case.

    Anybody can send an ``X-Forwarded-For``. A CDN adds the viewer's address to its end, and the gateway then adds the
    CDN's; so the last but one is true if, and only if, the CDN proves by its key that the request is from it.
    """
    peer = str(context.get("identity", {}).get("sourceIp", ""))
    shown = headers.get(EDGE_HEADER, "").encode()
    if not shown or not (_knows(keys(), shown) or _knows(keys(again=True), shown)):
        return peer
    chain = [address.strip() for address in headers.get(FORWARDED, "").split(",")]
    return chain[-2] if len(chain) >= 2 and chain[-2] else peer


def _knows(keys: Iterable[bytes], shown: bytes) -> bool:
    return any([hmac.compare_digest(shown, key) for key in keys])  # noqa: C419 - all of them, whichever it is
