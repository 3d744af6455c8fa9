"""A former master key ends, once nothing is sealed with it any more."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.clients.master_keys import NAME, master_keys
from chalicelib.clients.secrets import ChangeableSecrets
from chalicelib.domain.key_ring import KeyRing, RingError, read_ring, write_ring
from chalicelib.migrations.m0003_master_key import SETTLE_MS
from chalicelib.storage.idempotency import KEPT_S
from chalicelib.workflows.count_sealed import SealedCount


@dataclass(frozen=True, slots=True)
class Obstacles:
    """Why a key can't be dropped yet. ``remaining``: by kind, what is sealed with it. ``not_before``: milliseconds,
    when the last answers kept for requests that are sent again have ended, which aren't counted; 0: they have."""

    remaining: dict[str, int]
    not_before: int

    def __bool__(self) -> bool:
        return bool(self.remaining or self.not_before)


class KeyInUseError(Exception):
    def __init__(self, obstacles: Obstacles) -> None:
        super().__init__("the key is still in use")
        self.obstacles = obstacles


def find_obstacles(ring: KeyRing, key_id: str, count: SealedCount, *, now_ms: int) -> Obstacles:
    """Raises ``RingError`` for a key that isn't a former one."""
    ring.drop(key_id)
    place = [key.id for key in ring.keys].index(key_id)
    ended_at = ring.keys[place + 1].use_from + SETTLE_MS + KEPT_S * 1000
    return Obstacles(count.of_key(key_id), ended_at if ended_at > now_ms else 0)


def drop_master_key(store: ChangeableSecrets, key_id: str, count: SealedCount, *, now_ms: int) -> KeyRing:
    """The ring without it. ``count``: made just now. Raises ``KeyInUseError``, ``RingError``, ``SecretMovedError``."""
    stored = store.find(NAME)
    if stored is None:
        raise RingError("there is no master key yet")
    ring = read_ring(stored)
    obstacles = find_obstacles(ring, key_id, count, now_ms=now_ms)
    if obstacles:
        raise KeyInUseError(obstacles)
    store.replace(NAME, stored, write_ring(ring.drop(key_id)))
    return master_keys().read_now()
