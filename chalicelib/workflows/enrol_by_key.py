"""A machine that boots with a one-time key becomes the node that the key was made for."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass

from chalicelib.clients.node_queues import NodeQueues, NoQueues
from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.tokens import token_hash
from chalicelib.settings import settings
from chalicelib.storage.attempts import Limit, give_back, take_attempt
from chalicelib.storage.enrolments import EnrolmentKey, find_enrolment_key, use_enrolment
from chalicelib.storage.sbcs import Sbc, find_node, find_sbc
from chalicelib.storage.transaction import Actor, Transaction
from chalicelib.workflows.enrol_node import KEY_BYTES, EnrolledNode, enrol_node


@dataclass(frozen=True, slots=True)
class NewcomersNode:
    """What a node has to know to begin."""

    node: EnrolledNode
    sbc: Sbc


def enrol_by_key(
    key: str,
    *,
    node_key: str = "",
    with_queue: bool = True,
    source_ip: str,
    now_ms: int | None = None,
    queues: NodeQueues | None = None,
) -> NewcomersNode:
    """``node_key``: one that the node has made up. With it, the same request may be repeated when its answer got lost.
    ``with_queue``: False for a node that can't sign requests to AWS, and asks the API what has changed.
    A wrong, used, revoked or expired key is ``enrolment_invalid`` alike."""
    limits = [Limit(f"enrol-source:{source_ip}", settings().source_attempts)]
    take_attempt(limits)
    found = find_enrolment_key(key, now_ms=now_ms if now_ms is not None else time.time_ns() // 1_000_000)
    sbc = None if found is None else find_sbc(found.sbc_id)
    if found is None or sbc is None:
        raise PatchbayError("enrolment_invalid")
    wanted = node_key or secrets.token_urlsafe(KEY_BYTES)
    tx = Transaction()
    give_back(tx, limits)
    if found.used_by:
        _check_same_node(found, wanted)
        tx.commit()
        tx = Transaction()
    else:
        use_enrolment(tx, found, node_key_hash=token_hash(wanted))
    actor = Actor(found.enrolment_id, found.name)
    node = enrol_node(
        found.sbc_id,
        found.name,
        node_key=wanted,
        replace=bool(found.replace),
        actor=actor,
        transaction=tx,
        queues=queues if with_queue else NoQueues(),
    )
    return NewcomersNode(node, sbc)


def _check_same_node(found: EnrolmentKey, node_key: str) -> None:
    """Whoever it was used by, and still is that node."""
    node = find_node(found.sbc_id, found.name)
    held = token_hash(node_key)
    if found.used_by != held or node is None or node.key_hash != held:
        raise PatchbayError("enrolment_invalid")
