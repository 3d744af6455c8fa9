"""A node of an SBC and its two keys: one to ask the API with, one to open what is sealed for the SBC."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass

from chalicelib.clients.seal import seal_key
from chalicelib.domain.tokens import token_hash
from chalicelib.storage.sbcs import find_node, put_node
from chalicelib.storage.transaction import SYSTEM, Actor

KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class EnrolledNode:
    """``node_key`` can't be had again; ``seal_key`` is base64url without padding."""

    sbc_id: str
    name: str
    node_key: str
    seal_key: str


def enrol_node(
    sbc_id: str, name: str, *, node_key: str = "", replace: bool = False, actor: Actor = SYSTEM
) -> EnrolledNode:
    """``node_key``: the key that the node has already, if any; then nothing changes while it is the right one.
    ``replace``: a node of this name gets a new key instead of being refused."""
    key = node_key or secrets.token_urlsafe(KEY_BYTES)
    found = find_node(sbc_id, name)
    if found is None or found.key_hash != token_hash(key):
        put_node(sbc_id, name, token_hash(key), replaces=found if replace else None, actor=actor)
    return EnrolledNode(sbc_id, name, key, base64.urlsafe_b64encode(seal_key(sbc_id)).decode().rstrip("="))
