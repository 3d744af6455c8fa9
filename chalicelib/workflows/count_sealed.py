"""How much is sealed with which master key, by kind: what has to be known before a former key may go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from chalicelib.clients.seal import SealError, open_at_rest
from chalicelib.domain.key_ring import named_key
from chalicelib.storage.jobs import active_jobs
from chalicelib.storage.sbcs import all_nodes
from chalicelib.storage.sealed import FIELDS, all_sealed
from chalicelib.storage.subscribers import Subscriber


@dataclass(slots=True)
class SealedCount:
    """``by_kind``: kind -> key id -> how many. Records are counted once for each key that one of their values names.
    ``unreadable``: kind and id of records with a value that doesn't open."""

    by_kind: dict[str, Counter[str]] = field(default_factory=dict)
    unreadable: list[tuple[str, str]] = field(default_factory=list)

    def add(self, kind: str, key_id: str) -> None:
        self.by_kind.setdefault(kind, Counter())[key_id] += 1

    def of_key(self, key_id: str) -> dict[str, int]:
        """By kind, those that there are."""
        return {kind: counts[key_id] for kind, counts in self.by_kind.items() if counts[key_id]}


def count_sealed() -> SealedCount:
    """Reads all subscribers of the installation, deleted ones too, the imports under way and the nodes, whose parts are
    sealed with the newest seal key that they have; writes nothing."""
    found = SealedCount()
    for kind, subscriber, domain in all_sealed():
        for key_id in {named_key(text)[0] for text in _texts(subscriber)}:
            found.add(kind, key_id)
        if not _opens(subscriber, domain):
            found.unreadable.append((kind, str(subscriber.id)))
    for job in active_jobs():
        if job.seed:
            found.add("import", named_key(job.seed)[0])
    for node in all_nodes():
        found.add("node", str(node.seal_key_id))
    return found


def _texts(subscriber: Subscriber) -> Iterator[str]:
    return (str(getattr(subscriber, name)) for name in FIELDS)


def _opens(subscriber: Subscriber, domain: str) -> bool:
    try:
        for text in _texts(subscriber):
            open_at_rest(text, subscriber.username, domain)
    except SealError:
        return False
    return True
