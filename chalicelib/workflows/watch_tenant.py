"""A look at a tenant's phones and calls: what its nodes have reported, and the watch that keeps them reporting."""

from __future__ import annotations

import time

from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.live import RENEW_MS, Live, combine
from chalicelib.storage.live import Watched, find_live, put_watch
from chalicelib.storage.scope import TenantScope


def watch_tenant(scope: TenantScope, *, now_ms: int | None = None) -> Live:
    """One query, and two writes every 20 s."""
    now = now_ms if now_ms is not None else time.time_ns() // 1_000_000
    found = find_live(scope)
    if found.watch is None or now - int(found.watch.renewed_at) >= RENEW_MS:
        _renew(scope, found, now)
    since = now if found.watch is None else int(found.watch.since)
    return combine(found.reports, since=since, now=now)


def _renew(scope: TenantScope, found: Watched, now: int) -> None:
    try:
        put_watch(scope, found.watch, now_ms=now)
    except PatchbayError as error:
        if error.code not in {"already_exists", "try_again"}:  # another look was quicker, or the next one will do
            raise
