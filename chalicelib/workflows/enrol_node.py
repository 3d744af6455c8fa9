"""A node of an SBC and its two keys: one to ask the API with, one to open what is sealed for the SBC."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass

from chalicelib.clients.master_keys import master_keys
from chalicelib.clients.node_queues import NodeQueueBusyError, NodeQueueError, NodeQueues, node_queues
from chalicelib.clients.seal import seal_key
from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.sentences import say
from chalicelib.domain.tokens import token_hash
from chalicelib.storage.sbcs import find_node, put_node
from chalicelib.storage.transaction import SYSTEM, Actor, Transaction

KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class EnrolledNode:
    """``node_key`` can't be had again; ``seal_key`` is base64url without padding; ``queue_url`` is empty where nodes
    ask the API what has changed."""

    sbc_id: str
    name: str
    node_key: str
    seal_key: str
    queue_url: str = ""


def enrol_node(
    sbc_id: str,
    name: str,
    *,
    node_key: str = "",
    replace: bool = False,
    actor: Actor = SYSTEM,
    transaction: Transaction | None = None,
    queues: NodeQueues | None = None,
) -> EnrolledNode:
    """``node_key``: the key that the node has already, if any; then the node stays as it is if that is its own.
    ``replace``: a node of this name gets a new key instead of being refused. Committed here, with the rest of
    ``transaction`` if one is passed."""
    key = node_key or secrets.token_urlsafe(KEY_BYTES)
    found = find_node(sbc_id, name)
    if found is not None and found.key_hash == token_hash(key):
        if transaction:  # what allowed this is used up all the same
            transaction.commit()
        return EnrolledNode(sbc_id, name, key, shown_seal_key(sbc_id, found.seal_key_id), found.queue_url)
    tx, replaced = transaction if transaction is not None else Transaction(), found if replace else None
    url = _make_queue(queues or node_queues(), sbc_id, name)  # before the node: it has to know its address
    newest = master_keys().ring().newest.id
    put_node(
        sbc_id, name, token_hash(key), queue_url=url, seal_key_id=newest, replaces=replaced, actor=actor, transaction=tx
    )
    tx.commit()
    return EnrolledNode(sbc_id, name, key, shown_seal_key(sbc_id, newest), url)


def shown_seal_key(sbc_id: str, key_id: str) -> str:
    return base64.urlsafe_b64encode(seal_key(sbc_id, key_id)).decode().rstrip("=")


def _make_queue(queues: NodeQueues, sbc_id: str, name: str) -> str:
    try:
        return queues.create(sbc_id, name)
    except NodeQueueBusyError as error:
        raise PatchbayError("try_again", say("queue_deleted_recently")) from error
    except NodeQueueError as error:
        raise PatchbayError("try_again", say("queue_not_made")) from error
