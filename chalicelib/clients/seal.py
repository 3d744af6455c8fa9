"""What is sealed: HA1s for one SBC (docs/interfaces.md, "Sealed HA1s"), which its nodes can open and nobody else's can;
HA1s at rest and texts that are kept for a while, which name the master key that they are sealed with.
"""

from __future__ import annotations

import base64
import hmac
import os
from functools import lru_cache

from chalicelib.clients.master_keys import master_keys
from chalicelib.domain.key_ring import FIRST, MasterKey, name_key, named_key

NONCE_BYTES = 12  # of AES-GCM (NIST SP 800-38D 5.2.1.1)


class SealError(ValueError):
    """The text wasn't sealed with this key for this user."""


class UnknownKeyError(SealError):
    """The key that the text names isn't in the ring: dropped, or never there."""


def seal_key(sbc_id: str, key_id: str = FIRST) -> bytes:
    """The 32 bytes that every node of the SBC holds: HKDF-SHA256 (RFC 5869) of a master key of the platform. Raises
    ``UnknownKeyError``."""
    return _derive(_key(key_id).secret, f"sbc:{sbc_id}")


def seal_at_rest(ha1: str, username: str, domain: str, *, key: MasterKey | None = None) -> str:
    """As the table holds it. ``key``: the one in use, if none is given."""
    chosen = key or master_keys().current()
    return name_key(chosen.id, seal_ha1(ha1, username, domain, _storage_key(chosen)))


def open_at_rest(text: str, username: str, domain: str) -> str:
    """Raises ``SealError``."""
    key_id, sealed = named_key(text)
    return open_ha1(sealed, username, domain, _storage_key(_key(key_id)))


def _key(key_id: str) -> MasterKey:
    found = master_keys().find(key_id)
    if found is None:
        raise UnknownKeyError(f"there is no master key {key_id!r}")
    return found


def _storage_key(key: MasterKey) -> bytes:
    return _derive(key.secret, "storage")


@lru_cache(1024)
def _derive(secret: bytes, purpose: str) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret)


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

    key = master_keys().current()
    nonce = os.urandom(NONCE_BYTES)
    sealed = AESGCM(_texts_key(key)).encrypt(nonce, text.encode(), owner.encode())
    return name_key(key.id, base64.urlsafe_b64encode(nonce + sealed).decode())


def open_text(text: str, *, owner: str) -> str:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    key_id, sealed = named_key(text)
    raw = base64.urlsafe_b64decode(sealed)
    return AESGCM(_texts_key(_key(key_id))).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], owner.encode()).decode()


def _texts_key(key: MasterKey) -> bytes:
    return _derive(key.secret, "texts")


def _owner(username: str, domain: str) -> bytes:
    return f"{username}@{domain}".lower().encode()
