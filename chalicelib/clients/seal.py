"""HA1s sealed for one SBC (docs/interfaces.md, "Sealed HA1s"): its nodes can open them, nobody else's can."""

from __future__ import annotations

import base64
import hmac
import os
from functools import cache

from chalicelib.clients.secrets import random_secret

NONCE_BYTES = 12  # of AES-GCM (NIST SP 800-38D 5.2.1.1)


class SealError(ValueError):
    """The text wasn't sealed with this key for this user."""


@cache
def storage_key() -> bytes:
    """The key under which the table holds HA1s."""
    return _derive("storage")


@cache
def seal_key(sbc_id: str) -> bytes:
    """The 32 bytes that every node of the SBC holds: HKDF-SHA256 (RFC 5869) of the platform's master key."""
    return _derive(f"sbc:{sbc_id}")


def _derive(purpose: str) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode())
    return derive.derive(random_secret("master-key"))


def seal_ha1(ha1: str, username: str, domain: str, key: bytes) -> str:
    """``ha1``: 32 hexadecimal characters. The same input gives the same text, so that a node sees what has changed:
    the nonce is derived from what is sealed (a synthetic IV, RFC 5297 1.3.1), never repeated for anything else.
    """
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    owner = _owner(username, domain)
    nonce = hmac.digest(key, owner + b"\0" + ha1.encode(), "sha256")[:NONCE_BYTES]
    sealed = AESGCM(key).encrypt(nonce, ha1.encode(), owner)
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


def seal_text(text: str, *, owner: str) -> str:
    """For what is kept for a while and may hold a secret, such as an answer that shows a new password."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(NONCE_BYTES)
    sealed = AESGCM(_texts_key()).encrypt(nonce, text.encode(), owner.encode())
    return base64.urlsafe_b64encode(nonce + sealed).decode()


def open_text(sealed: str, *, owner: str) -> str:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    raw = base64.urlsafe_b64decode(sealed)
    return AESGCM(_texts_key()).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], owner.encode()).decode()


@cache
def _texts_key() -> bytes:
    return _derive("texts")


def _owner(username: str, domain: str) -> bytes:
    return f"{username}@{domain}".lower().encode()
