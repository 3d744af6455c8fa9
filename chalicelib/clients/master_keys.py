"""The ring of master keys as this process knows it (``domain/key_ring.py``), read anew every few minutes.

A value that names a key unknown here was sealed by a process that has read a newer ring: it is read at once. How often
that may happen is bounded, so that values of a key that there isn't any more can't make a process ask without end.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from functools import cache

from chalicelib.clients.secrets import READ_AGAIN_S, Secrets, make_random_key, secrets
from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.key_ring import KeyRing, MasterKey, read_ring

NAME = "master-key"
MOST_READINGS = 6  # in ``WINDOW_S``, because of unknown keys
WINDOW_S = 60.0


class MasterKeys:
    """Ages are measured by both clocks: one that stands still while the machine is frozen, and one that may be set."""

    def __init__(
        self,
        store: Secrets,
        *,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._clock = clock
        self._wall_clock = wall_clock
        self._ring: KeyRing | None = None
        self._read_at = (0.0, 0.0)
        self._asked: deque[float] = deque(maxlen=MOST_READINGS)
        self._lock = threading.Lock()

    def ring(self) -> KeyRing:
        """At most five minutes old, while secrets can be read."""
        age_s = max(self._clock() - self._read_at[0], self._wall_clock() - self._read_at[1])
        if self._ring is not None and age_s < READ_AGAIN_S:
            return self._ring
        try:
            return self.read_now()
        except PatchbayError:
            if self._ring is None:
                raise
            self._note(self._ring)  # those that were read before still hold
            return self._ring

    def read_now(self) -> KeyRing:
        """As it is stored at this moment. Raises ``try_again``."""
        stored = self._store.find(NAME)
        return self._note(read_ring(self._store.put_new(NAME, make_random_key()) if stored is None else stored))

    def current(self) -> MasterKey:
        """What new values are sealed with."""
        return self.ring().current(int(self._wall_clock() * 1000))

    def find(self, key_id: str) -> MasterKey | None:
        """One that isn't known here is looked for in the stored ring."""
        found = self.ring().find(key_id)
        if found is None and self._may_ask():
            found = self.read_now().find(key_id)
        return found

    def _may_ask(self) -> bool:
        with self._lock:
            now = self._clock()
            if len(self._asked) == MOST_READINGS and now - self._asked[0] < WINDOW_S:
                return False
            self._asked.append(now)
            return True

    def _note(self, ring: KeyRing) -> KeyRing:
        self._ring, self._read_at = ring, (self._clock(), self._wall_clock())
        return ring


@cache
def master_keys() -> MasterKeys:
    return MasterKeys(secrets())
