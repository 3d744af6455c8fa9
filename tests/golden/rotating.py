"""A rotation of the master key, long enough ago that everybody knows it and it is in use."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chalicelib.clients.secrets import FileSecrets
from chalicelib.domain.key_ring import KeyRing
from chalicelib.settings import settings
from chalicelib.storage.transaction import SYSTEM
from chalicelib.workflows.add_master_key import add_master_key
from chalicelib.workflows.run_migrations import run_migrations, skip_migrations
from tests.api_client import ApiClient
from tests.golden.own_database import own_database
from tests.golden.release import forget_settings
from tests.world import TenantWorld, a_tenant_world

LONG_AGO_S = 3 * 86400
SLICES = 200


@contextmanager
def own_world(directory: Path) -> Iterator[TenantWorld]:
    """On a database and with secrets of its own: other tests keep the key that they have."""
    before = dict(os.environ)
    with own_database(directory) as found:
        os.environ.update(found.environment)
        forget_settings()
        try:
            skip_migrations()
            yield a_tenant_world(ApiClient())
        finally:
            os.environ.clear()
            os.environ.update(before)
            forget_settings()


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
