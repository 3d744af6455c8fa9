"""What this node says of its own counts: what changed, and everything again and again. No I/O."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence

from sbc.hook.count_table import CountRange, CountTable
from sbc.hook.peer_epoch import OwnEpoch
from sbc.hook.peer_messages import PeerMessage

KEYS_BYTES = 800  # of the keys in a message: with the rest it fits an Ethernet frame
CHANGES = 16  # keys in a message of changes


class CountTeller:
    """Counts are told as they are, never as differences: a message that is lost or comes twice leaves no error that the
    next one about the same key, a second later at most, wouldn't mend."""

    def __init__(self, *, node: str, epoch: OwnEpoch, heard: Callable[[], Mapping[str, int]]) -> None:
        self._node = node
        self._epoch = epoch
        self._heard = heard
        self._sequence = itertools.count(1)
        self._table = CountTable()
        self._changed: set[str] = set()

    def note(self, key: str, count: int) -> None:
        self._table.put(key, count)
        self._changed.add(key)

    def take_changes(self) -> list[str]:
        """The keys that were noted since the last time."""
        changed, self._changed = sorted(self._changed), set()
        return changed

    def tell(self, keys: Sequence[str]) -> Iterator[PeerMessage]:
        for start in range(0, len(keys), CHANGES):
            yield self._message({key: self._table.get(key) for key in keys[start : start + CHANGES]})

    def everything(self) -> Iterator[PeerMessage]:
        """Made one at a time, so that what changes meanwhile is told as it is then; at least one message."""
        return map(self._message, self._table.ranges(KEYS_BYTES))

    def _message(self, counts: CountRange | Mapping[str, int]) -> PeerMessage:
        return PeerMessage(self._node, self._epoch.value, next(self._sequence), self._heard(), counts)
