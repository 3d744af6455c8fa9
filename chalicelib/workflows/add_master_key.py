"""A new master key, known to all processes before it is used, and the order to seal everything with it anew."""

from __future__ import annotations

import os

from chalicelib.clients.master_keys import NAME, master_keys
from chalicelib.clients.secrets import ChangeableSecrets
from chalicelib.domain.key_ring import SECRET_BYTES, KeyRing, read_ring, write_ring
from chalicelib.migrations.m0003_master_key import MIGRATION
from chalicelib.storage.migrations import begin_migrations
from chalicelib.storage.transaction import Actor
from chalicelib.workflows.run_migration_again import run_migration_again

ID_BYTES = 4


def add_master_key(store: ChangeableSecrets, *, actor: Actor, now_ms: int) -> KeyRing:
    """The ring with it. If it is done again after it died halfway, it goes on with the key that isn't in use yet.
    Raises ``SecretMovedError``."""
    stored = store.find(NAME) or store.put_new(NAME, os.urandom(SECRET_BYTES))
    ring = read_ring(stored)
    if ring.newest.use_from <= now_ms:
        ring = ring.add(os.urandom(ID_BYTES).hex(), os.urandom(SECRET_BYTES), now_ms=now_ms)
        store.replace(NAME, stored, write_ring(ring))
    master_keys().read_now()
    begin_migrations([(MIGRATION.number, MIGRATION.name)])
    run_migration_again(MIGRATION.number, actor=actor)
    return ring
