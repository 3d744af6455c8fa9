"""Whose request it is: the address against which failed attempts are counted."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any

from chalicelib.clients.secrets import edge_key

EDGE_HEADER = "x-patchbay-edge"
FORWARDED = "x-forwarded-for"


def find_source(context: Mapping[str, Any], headers: Mapping[str, str]) -> str:
    """The caller's address, as text. ``headers`` with names in lower case.

    Anybody can send an ``X-Forwarded-For``. A CDN adds the viewer's address to its end, and the gateway then adds the
    CDN's; so the last but one is true if, and only if, the CDN proves by its key that the request is from it.
    """
    peer = str(context.get("identity", {}).get("sourceIp", ""))
    shown = headers.get(EDGE_HEADER, "")
    known = edge_key() if shown else None
    if known is None or not hmac.compare_digest(shown.encode(), known):
        return peer
    chain = [address.strip() for address in headers.get(FORWARDED, "").split(",")]
    return chain[-2] if len(chain) >= 2 and chain[-2] else peer
