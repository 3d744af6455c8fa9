"""The seal keys of this node: one, and several while the platform's master key is rotated (docs/interfaces.md).

The key of the enrolment is in a file of its own. Others come from the API, sealed with one that the node has, and are
kept with the node's data, so that it starts with all of them however long the API is out of reach.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from chalicelib.domain import fields
from sbc.files import replace_secret
from sbc.hook.ha1 import NONCE_BYTES
from sbc.hook.jsonio import load_object
from sbc.hook.settings import read_seal_key

log = logging.getLogger(__name__)

RING = "seal-keys.json"
SETTLE_MS = 15 * 60_000  # in which every node that runs has asked for the keys, which it does every five minutes


class SealKeyError(ValueError):
    """A key can't be taken; the message says why."""


@dataclass(frozen=True, slots=True)
class SealKey:
    """``held_since``: milliseconds; 0: since the enrolment."""

    id: str
    key: bytes = field(repr=False)
    held_since: int = 0


class SealKeys:
    """``keys``: newest first. ``in_force``: the id of the one that all parts held here are sealed with."""

    def __init__(self, file: Path, data_dir: Path) -> None:
        """Raises ``SettingsError`` if the key of the enrolment can't be read."""
        self._file = file
        self._ring_file = data_dir / RING
        enrolled = read_seal_key(file)
        self._enrolled = _digest(enrolled)
        self.keys: tuple[SealKey, ...] = (SealKey("", enrolled),)
        self.in_force = ""
        self._users: list[Callable[[Sequence[SealKey]], None]] = []
        self._take_up(enrolled)

    def tell(self, user: Callable[[Sequence[SealKey]], None]) -> None:
        """``user`` is called with the keys, now and whenever there are others."""
        self._users.append(user)
        user(self.keys)

    def is_up_to_date(self, listed: Sequence[str], *, used: str) -> bool:
        """``listed``: the ids that the API knows, newest first; none: an API of before there were any. ``used``: the
        one that it seals this node's parts with, which may be a former one again after a table was restored. A list
        without that, or without the key in force here, comes from an instance that hasn't heard of it: nothing to go
        by."""
        if not listed or used not in listed or (self.in_force and self.in_force not in listed):
            return True
        return [key.id for key in self.keys] == list(listed) and self.in_force == listed[0] == used

    def has(self, listed: Iterable[str]) -> bool:
        return {key.id for key in self.keys} >= set(listed)

    def learn(self, shown: Iterable[tuple[str, str]], *, sbc_id: str, now_ms: int) -> None:
        """``shown``: all keys of the API, newest first, by id and as it seals them. Those that it doesn't have any more
        are kept. Raises ``SealKeyError``, and then changes nothing."""
        listed = [(key_id, self._unsealed(key_id, sealed, sbc_id)) for key_id, sealed in shown]
        held_since = {(key.id, key.key): key.held_since for key in self.keys}
        found = [SealKey(key_id, key, held_since.get((key_id, key), now_ms)) for key_id, key in listed]
        others = [key for key in self.keys if key.key not in {one.key for one in found}]
        self._store((*found, *others), self.in_force)

    def finish(self, listed: Sequence[str]) -> None:
        """All parts held here are sealed with the first of ``listed``, all of which the node has. What isn't in it is
        forgotten."""
        held = {key.id: key for key in self.keys}
        self._store(tuple(held[key_id] for key_id in listed), listed[0])
        try:
            replace_secret(self._file, f"{_text(self.keys[0].key)}\n".encode())
        except OSError as error:  # not ours to write: the ring counts
            log.info("seal key file stays as it was made", extra={"error": str(error)})

    def _unsealed(self, key_id: str, sealed: str, sbc_id: str) -> bytes:
        """By whichever key that the node has."""
        raw = _bytes(sealed)
        for held in self.keys:
            try:
                found = AESGCM(held.key).decrypt(
                    raw[:NONCE_BYTES], raw[NONCE_BYTES:], f"seal key {key_id} of {sbc_id}".encode()
                )
            except (InvalidTag, ValueError):
                continue
            if len(found) == len(held.key):
                return found
        raise SealKeyError(f"seal key {key_id!r} isn't sealed with one of this node's: enrol it anew")

    def _take_up(self, enrolled: bytes) -> None:
        """What an earlier run learned, unless the node was enrolled anew since."""
        try:
            ring = load_object(self._ring_file.read_bytes())
            keys = fields.items(ring, "keys", _read_key)
            known, in_force = fields.text(ring, "enrolled"), fields.text(ring, "in_force")
        except FileNotFoundError:
            return
        except (OSError, fields.FieldError, SealKeyError) as error:
            log.warning("seal keys of an earlier run can't be read", extra={"error": str(error)})
            return
        if keys and (known == self._enrolled or enrolled in {key.key for key in keys}):
            self.keys, self.in_force = keys, in_force

    def _store(self, keys: tuple[SealKey, ...], in_force: str) -> None:
        shown = [{"id": key.id, "key": _text(key.key), "held_since": key.held_since} for key in keys]
        ring = {"enrolled": self._enrolled, "in_force": in_force, "keys": shown}
        replace_secret(self._ring_file, json.dumps(ring, indent=1).encode())
        self.keys, self.in_force = keys, in_force
        for user in self._users:
            user(keys)


class Held(Protocol):
    @property
    def held_since(self) -> int: ...


HeldT = TypeVar("HeldT", bound=Held)


def signing_key(keys: Sequence[HeldT], *, now_ms: int) -> HeldT:
    """The newest that the other nodes of the SBC have by now too; else the oldest."""
    return next((key for key in keys if key.held_since + SETTLE_MS <= now_ms), keys[-1])


def _read_key(shown: fields.JsonObject) -> SealKey:
    key = _bytes(fields.text(shown, "key"))
    if len(key) != 32:
        raise SealKeyError("a seal key has 32 bytes")
    return SealKey(fields.text(shown, "id"), key, fields.integer(shown, "held_since"))


def _digest(key: bytes) -> str:
    return hashlib.sha256(key).hexdigest()


def _text(key: bytes) -> str:
    return base64.urlsafe_b64encode(key).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError) as error:
        raise SealKeyError(f"no base64url: {error}") from error
