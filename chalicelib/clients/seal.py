"""HA1s sealed for one SBC (docs/interfaces.md, "Sealed HA1s"): its nodes can open them, nobody else's can."""

from __future__ import annotations

import base64
import os
from functools import cache

from chalicelib.clients.secrets import random_secret

NONCE_BYTES = 12  # of AES-GCM (NIST SP 800-38D 5.2.1.1)


class SealError(ValueError):
    """The text wasn't sealed with this key for this user."""


@cache
def seal_key(sbc_id: str) -> bytes:
    """The 32 bytes that every node of the SBC holds: HKDF-SHA256 (RFC 5869) of the platform's master key."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"sbc:{sbc_id}".encode())
    return derive.derive(random_secret("master-key"))


def seal_ha1(ha1: str, username: str, domain: str, key: bytes) -> str:
    """``ha1``: 32 hexadecimal characters. Another nonce, and so another text, each time."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, ha1.encode(), _owner(username, domain))
    return base64.urlsafe_b64encode(nonce + sealed).decode().rstrip("=")


def open_ha1(sealed: str, username: str, domain: str, key: bytes) -> str:
    """Raises ``SealError``."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        raw = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
        opened = AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], _owner(username, domain))
    except (ValueError, InvalidTag) as error:
        raise SealError(f"no HA1 of {username}@{domain} for this SBC") from error
    return opened.decode()


def _owner(username: str, domain: str) -> bytes:
    return f"{username}@{domain}".lower().encode()
