"""The master keys of an installation, oldest first, and how a sealed value names the one that it is sealed with.

A value of the first key bears no name, as all did before keys could be rotated: ``<sealed>``; one of a later key is
``<key id>.<sealed>``. A new key is known before it is used: whoever seals takes the newest whose ``use_from`` is over,
so that by then every process, also one whose clock is some minutes behind, has read the ring that holds it.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass, field, replace

FIRST = ""  # the id of the key that there was before any was named
SECRET_BYTES = 32
READY_MS = 10 * 60_000  # from when a key is known to when it is used; processes read the ring every five minutes
_ID = re.compile(r"[a-z0-9]{1,16}")


class RingError(ValueError):
    """The ring can't be read, or a key can't be added or dropped; the message says why."""


@dataclass(frozen=True, slots=True)
class MasterKey:
    """``use_from``: milliseconds, since when values are sealed with it."""

    id: str
    secret: bytes = field(repr=False)
    use_from: int = 0


@dataclass(frozen=True, slots=True)
class KeyRing:
    """``keys``: at least one, oldest first."""

    keys: tuple[MasterKey, ...]

    @property
    def newest(self) -> MasterKey:
        return self.keys[-1]

    def find(self, key_id: str) -> MasterKey | None:
        return next((key for key in self.keys if key.id == key_id), None)

    def current(self, now_ms: int) -> MasterKey:
        """What new values are sealed with."""
        return next((key for key in reversed(self.keys) if key.use_from <= now_ms), self.keys[0])

    def former(self) -> tuple[MasterKey, ...]:
        return self.keys[:-1]

    def add(self, key_id: str, secret: bytes, *, now_ms: int) -> KeyRing:
        """Raises ``RingError`` while the newest isn't in use yet."""
        if self.newest.use_from > now_ms:
            raise RingError("the newest key isn't in use yet")
        if not _ID.fullmatch(key_id) or self.find(key_id) is not None or len(secret) != SECRET_BYTES:
            raise RingError("a key has an id of its own, of letters and digits, and 32 bytes")
        return replace(self, keys=(*self.keys, MasterKey(key_id, secret, now_ms + READY_MS)))

    def drop(self, key_id: str) -> KeyRing:
        """Raises ``RingError`` for the newest, and for one that there isn't."""
        if self.find(key_id) is None:
            raise RingError("there is no such key")
        if self.newest.id == key_id:
            raise RingError("new values are sealed with this key")
        return replace(self, keys=tuple(key for key in self.keys if key.id != key_id))


def read_ring(stored: bytes) -> KeyRing:
    """From the secret's value: 32 bytes are the first key alone, else JSON as of ``write_ring``."""
    if len(stored) == SECRET_BYTES:
        return KeyRing((MasterKey(FIRST, stored),))
    try:
        found = [
            MasterKey(str(key["id"]), base64.b64decode(key["key"], validate=True), int(key["use_from"]))
            for key in json.loads(stored)["keys"]
        ]
    except (ValueError, KeyError, TypeError, binascii.Error) as error:
        raise RingError("the secret holds neither 32 bytes nor a ring of keys") from error
    ids = {key.id for key in found}
    if not found or len(ids) != len(found) or any(len(key.secret) != SECRET_BYTES for key in found):
        raise RingError("a ring has keys of 32 bytes, each with an id of its own")
    return KeyRing(tuple(found))


def write_ring(ring: KeyRing) -> bytes:
    """The first key alone stays the 32 bytes that releases before rings can read too."""
    if ring.keys == (MasterKey(FIRST, ring.newest.secret),):
        return ring.newest.secret
    shown = [
        {"id": key.id, "key": base64.b64encode(key.secret).decode(), "use_from": key.use_from} for key in ring.keys
    ]
    return json.dumps({"keys": shown}, indent=1).encode()


def name_key(key_id: str, sealed: str) -> str:
    return f"{key_id}.{sealed}" if key_id else sealed


def named_key(text: str) -> tuple[str, str]:
    """The id of the key, and what is sealed with it."""
    key_id, point, sealed = text.partition(".")
    return (key_id, sealed) if point and _ID.fullmatch(key_id) else (FIRST, text)
