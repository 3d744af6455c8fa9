"""New items of change feeds, sent to the queue of every node of their SBC."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from chalicelib.clients.node_queues import Message, NodeQueueError, NodeQueueGoneError, NodeQueues, node_queues
from chalicelib.observability import emit_counts, logger
from chalicelib.storage.sbcs import nodes_of_sbc

NODES_KNOWN_S = 5.0


@dataclass(frozen=True, slots=True)
class FeedItem:
    sbc_id: str
    change_id: str
    key: str


class NodeDirectory:
    """The queues of an SBC's nodes, read at most every ``NODES_KNOWN_S``: a node that was just enrolled may miss what
    changes meanwhile, and compares versions once more for that."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: dict[str, tuple[float, list[str]]] = {}

    def queue_urls(self, sbc_id: str) -> list[str]:
        """Of those that have one."""
        until, urls = self._known.get(sbc_id, (0.0, []))
        if self._clock() >= until:
            urls = [node.queue_url for node in nodes_of_sbc(sbc_id) if node.queue_url]
            self._known[sbc_id] = (self._clock() + NODES_KNOWN_S, urls)
        return urls


_DIRECTORY = NodeDirectory()


def publish_changes(
    items: Sequence[FeedItem], *, queues: NodeQueues | None = None, directory: NodeDirectory = _DIRECTORY
) -> set[str]:
    """The SBCs whose changes have to be published again, because a queue refused them; for the nodes that got them,
    the second time changes nothing. A queue that is no more is passed over."""
    queues = queues or node_queues()
    failed: set[str] = set()
    sent = missing = failures = 0
    for sbc_id, messages in _by_sbc(items).items():
        for url in directory.queue_urls(sbc_id):
            try:
                queues.send(url, messages)
                sent += len(messages)
            except NodeQueueGoneError:
                missing += 1
                logger().warning("a node's queue is gone", extra={"sbc_id": sbc_id, "queue_url": url})
            except NodeQueueError:
                failures += 1
                failed.add(sbc_id)
                logger().exception("changes not published", extra={"sbc_id": sbc_id, "queue_url": url})
    emit_counts(ChangesPublished=sent, NodeQueuesMissing=missing, NodeQueueFailures=failures)
    return failed


def _by_sbc(items: Iterable[FeedItem]) -> dict[str, list[Message]]:
    """In the order of the items."""
    found: dict[str, list[Message]] = {}
    for item in items:
        found.setdefault(item.sbc_id, []).append((item.change_id, item.key))
    return found
