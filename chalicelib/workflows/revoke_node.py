"""A node that is no more: its key opens nothing, and nothing waits for it in a queue."""

from __future__ import annotations

from chalicelib.clients.node_queues import NodeQueueError, NodeQueues, node_queues
from chalicelib.observability import emit_counts, logger
from chalicelib.storage.sbcs import delete_node
from chalicelib.storage.transaction import Actor


def revoke_node(sbc_id: str, name: str, *, actor: Actor, queues: NodeQueues | None = None) -> None:
    """The key first: it may be in wrong hands. A queue that can't be deleted now gets nothing any more, costs nothing,
    and is found by its name if the node is enrolled again."""
    node = delete_node(sbc_id, name, actor=actor)
    if not node.queue_url:
        return
    try:
        (queues or node_queues()).delete(node.queue_url)
    except NodeQueueError:
        logger().exception("queue of a revoked node not deleted", extra={"queue_url": node.queue_url})
        emit_counts(NodeQueuesLeft=1)
