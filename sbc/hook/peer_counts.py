"""What the other nodes of this SBC said of their counts, and how long it holds. No I/O."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sbc.hook.count_table import CountRange, CountTable
from sbc.hook.peer_epoch import OwnEpoch
from sbc.hook.peer_messages import PeerMessage, PeerMessageError

MOST_PEERS = 32  # names, those of nodes that were replaced among them


@dataclass(slots=True)
class _Peer:
    epoch: int = 0
    sequence: int = 0
    heard_at: float | None = None  # when it last said something that is known to be fresh
    knew_us: bool = False  # it has named this life of this node
    table: CountTable = field(default_factory=CountTable)


@dataclass(frozen=True, slots=True)
class PeerState:
    """``silent_s`` is None for a peer that hasn't said anything fresh. Without ``in_force``, ``counts`` is empty."""

    in_force: bool
    silent_s: float | None
    counts: dict[str, int]


class PeerCounts:
    """A peer's counts are in force until it has been silent for ``hold_s``: so long its calls may be up while it
    restarts. Then they count no more; once it is back, they do as it tells them anew."""

    def __init__(self, *, node: str, epoch: OwnEpoch, hold_s: float, clock: Callable[[], float]) -> None:
        self._node = node
        self._epoch = epoch
        self._hold_s = hold_s
        self._clock = clock
        self._peers: dict[str, _Peer] = {}
        self._rose_at = float("-inf")

    def in_use(self, key: str) -> int:
        """Places that calls of other nodes hold."""
        return sum(peer.table.get(key) for peer in self._peers.values() if self._in_force(peer))

    def heard(self) -> dict[str, int]:
        """Of each peer the latest epoch."""
        return {name: peer.epoch for name, peer in self._peers.items()}

    def reachable(self) -> set[str]:
        return {name for name, peer in self._peers.items() if self._in_force(peer)}

    def states(self) -> dict[str, PeerState]:
        return {name: self._state(peer) for name, peer in sorted(self._peers.items())}

    def take(self, message: PeerMessage) -> bool:
        """True if the peer should be told everything at once: it began anew, or one of the two had lost the other.
        Raises ``PeerMessageError``."""
        if message.node == self._node:
            raise PeerMessageError("foreign", "it has this node's own name")
        peer = self._peer(message.node)
        if (message.epoch, message.sequence) <= (peer.epoch, peer.sequence):
            raise PeerMessageError("replayed", f"{message.node}: an earlier one, or one that was overtaken")
        began_anew = message.epoch != peer.epoch
        peer.epoch, peer.sequence = message.epoch, message.sequence
        named = message.heard.get(self._node, 0)
        if named != self._epoch.value:
            if named > self._epoch.value:
                self._rise_above(named, peer)
            return True  # it may be of an earlier life of this node, kept and sent again by somebody
        peer.knew_us = True
        was_lost = not self._in_force(peer)
        if was_lost:
            peer.table.clear()
        peer.heard_at = self._clock()
        _apply(peer.table, message)
        return began_anew or was_lost

    def _rise_above(self, named: int, peer: _Peer) -> None:
        """Whatever was named has been true once, so rising is sound whoever sends it. But a peer that knew this life
        and now names a later one hears another node of the same name: two that outbid each other shall do it slowly."""
        if peer.knew_us and self._clock() - self._rose_at < self._hold_s:
            return
        self._rose_at = self._clock()
        self._epoch.rise_above(named)

    def _peer(self, name: str) -> _Peer:
        known = self._peers.get(name)
        if known is None:
            if len(self._peers) >= MOST_PEERS:
                raise PeerMessageError("foreign", f"{name}: too many names")
            known = self._peers[name] = _Peer()
        return known

    def _in_force(self, peer: _Peer) -> bool:
        return peer.heard_at is not None and self._clock() - peer.heard_at <= self._hold_s

    def _state(self, peer: _Peer) -> PeerState:
        in_force = self._in_force(peer)
        silent_s = None if peer.heard_at is None else round(self._clock() - peer.heard_at, 3)
        return PeerState(in_force, silent_s, peer.table.counts() if in_force else {})


def _apply(table: CountTable, message: PeerMessage) -> None:
    if isinstance(message.counts, CountRange):
        table.replace(message.counts)
        return
    for key, count in message.counts.items():
        table.put(key, count)
