"""A rotation of the master key, long enough ago that everybody knows it and it is in use."""

from __future__ import annotations

import time

from chalicelib.clients.secrets import FileSecrets
from chalicelib.domain.key_ring import KeyRing
from chalicelib.settings import settings
from chalicelib.storage.transaction import SYSTEM
from chalicelib.workflows.add_master_key import add_master_key
from chalicelib.workflows.run_migrations import run_migrations

LONG_AGO_S = 3 * 86400
SLICES = 200


def store() -> FileSecrets:
    return FileSecrets(settings().secrets_dir)


def rotate(*, ago_s: float = LONG_AGO_S) -> KeyRing:
    """The ring; that everything is sealed anew is ordered."""
    return add_master_key(store(), actor=SYSTEM, now_ms=int((time.time() - ago_s) * 1000))


def seal_anew() -> None:
    for _ in range(SLICES):
        if run_migrations():
            return
    raise AssertionError("the migrations don't come to their end")
