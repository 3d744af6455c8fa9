"""Opening the sealed HA1s of a part (docs/interfaces.md), with a bounded memory of opened ones."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12


class Ha1Opener:
    """``keys``: the newest first; a part may still be sealed with an older one."""

    def __init__(self, *keys: bytes, remembered: int = 50_000) -> None:
        self._ciphers = [AESGCM(key) for key in keys]
        self._remembered = lru_cache(remembered)(self._open)

    def use(self, keys: Iterable[bytes]) -> None:
        self._ciphers = [AESGCM(key) for key in keys]
        self._remembered.cache_clear()

    def open(self, sealed: str, username: str, domain: str) -> str | None:
        """The HA1 as 32 hexadecimal characters; None when there is none, or it wasn't sealed for this SBC and user."""
        return self._remembered(sealed, username, domain)

    def _open(self, sealed: str, username: str, domain: str) -> str | None:
        bound_to = f"{username}@{domain}".lower().encode()
        for cipher in self._ciphers if sealed else ():
            try:
                raw = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
                return cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], bound_to).decode()
            except (InvalidTag, binascii.Error, UnicodeDecodeError, ValueError):
                continue
        return None


def seal_ha1(ha1: str, *, key: bytes, username: str, domain: str, nonce: bytes) -> str:
    """The counterpart, as the API writes it; ``nonce`` is 12 fresh random bytes."""
    sealed = AESGCM(key).encrypt(nonce, ha1.encode(), f"{username}@{domain}".lower().encode())
    return base64.urlsafe_b64encode(nonce + sealed).decode().rstrip("=")
