"""SBCs, their nodes and what each SBC serves."""

from __future__ import annotations

from pynamodb.attributes import UnicodeAttribute

from chalicelib.storage import keys
from chalicelib.storage.database import database
from chalicelib.storage.items import Item


class NodeKey(Item, discriminator="NodeKey"):
    """The key of one SBC node, found by its hash."""

    sbc_id = UnicodeAttribute()
    node = UnicodeAttribute()


def find_node_key(key_hash: str) -> NodeKey | None:
    return database().find(NodeKey, keys.node_key(key_hash), keys.META)
