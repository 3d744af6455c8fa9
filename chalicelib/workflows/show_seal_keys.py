"""The seal keys of an SBC for a node that has one of them: there are several while the master key is rotated."""

from __future__ import annotations

import base64
import os

from chalicelib.clients.master_keys import master_keys
from chalicelib.clients.seal import NONCE_BYTES, UnknownKeyError, seal_key
from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.sentences import say


def show_seal_keys(sbc_id: str, *, held: str) -> list[tuple[str, str]]:
    """Id and sealed key of each, newest first. Sealed with the one that the node has, so that whoever has a node's key
    to the API, but not the node's disk, learns none. Raises ``not_allowed`` if that one has been dropped."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    cipher = AESGCM(seal_key_of(sbc_id, held))
    shown = []
    for key in reversed(master_keys().ring().keys):
        nonce = os.urandom(NONCE_BYTES)
        sealed = cipher.encrypt(nonce, seal_key(sbc_id, key.id), f"seal key {key.id} of {sbc_id}".encode())
        shown.append((key.id, base64.urlsafe_b64encode(nonce + sealed).decode().rstrip("=")))
    return shown


def seal_key_of(sbc_id: str, key_id: str) -> bytes:
    """Raises ``not_allowed`` for one that has been dropped: the node has to be enrolled anew. (Not ``not_found``: of a
    part that is gone, a node forgets what it has.)"""
    try:
        return seal_key(sbc_id, key_id)
    except UnknownKeyError as error:
        raise PatchbayError("not_allowed", say("no_such_seal_key")) from error
