"""The nodes of one SBC tell each other how many calls they count, so that a limit holds for all of them together.

By datagrams, each of which stands alone: nothing waits for one that was lost (a kept connection would for its
retransmission, and for minutes on a split), none has to arrive or to come in order, since counts are told as they are,
at each change and every second anew; there is no connection to make, to keep or to fill up for whoever isn't a peer.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sbc.hook.count_teller import CHANGES, CountTeller
from sbc.hook.metrics import Metrics
from sbc.hook.peer_counts import PeerCounts
from sbc.hook.peer_epoch import OwnEpoch, kept_epoch
from sbc.hook.peer_messages import LARGEST, PeerMessage, PeerMessageError, open_by_any, peer_key, seal_message
from sbc.hook.seal_keys import SealKey, SealKeys, signing_key
from sbc.hook.settings import Address, Settings, SettingsError, read_address

log = logging.getLogger(__name__)

GAP_S = 0.02  # between two tellings of changes: those of a busy node travel together
BURST = 32  # datagrams at once: a receive buffer of Linux's default size takes them
BURST_PAUSE_S = 0.01
MOST_CHANGES = BURST * CHANGES  # of more, everything is told
RECEIVE_BUFFER = 1024 * 1024


def make_peers(settings: Settings, *, seal_keys: SealKeys, metrics: Metrics, now_ms: int) -> Peers | None:
    """None for the only node of its SBC."""
    if not settings.peers:
        return None
    peers = Peers(
        node=settings.node,
        epoch=kept_epoch(settings.data_dir / "peer-epoch", now_ms=now_ms),
        listen=read_address("peer_listen", settings.peer_listen),
        peers=settings.peer_addresses,
        key=peer_key(seal_keys.keys[0].key),
        hold_s=settings.peer_hold_s,
        metrics=metrics,
    )
    seal_keys.tell(peers.use)
    return peers


@dataclass(frozen=True, slots=True)
class PeerKey:
    """As the ``SealKey`` that it comes from."""

    key: bytes = field(repr=False)
    held_since: int = 0


class Peers:
    """``peers``: where the others listen, from where they send too. ``key``: of ``peer_key``."""

    def __init__(
        self,
        *,
        node: str,
        epoch: OwnEpoch,
        listen: Address,
        peers: Sequence[Address],
        key: bytes,
        hold_s: float,
        metrics: Metrics,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        self.counts = PeerCounts(node=node, epoch=epoch, hold_s=hold_s, clock=clock)
        self._teller = CountTeller(node=node, epoch=epoch, heard=self.counts.heard)
        self._listen = listen
        self._peers = frozenset(peers)
        self._keys: tuple[PeerKey, ...] = (PeerKey(key),)
        self._wall_clock = wall_clock
        self._metrics = metrics
        self._socket: socket.socket | None = None
        self._changes_due: asyncio.TimerHandle | None = None
        self._told_at = float("-inf")
        self._asked = asyncio.Event()
        self._met = asyncio.Event()
        self._reachable: set[str] = set()
        self._clock = clock
        self._heard_at: dict[str, float] = {}  # by address

    def use(self, keys: Sequence[SealKey]) -> None:
        """Messages are signed with one of these, newest first, and taken if signed with any."""
        self._keys = tuple(PeerKey(peer_key(key.key), key.held_since) for key in keys)

    def __len__(self) -> int:
        """How many are configured."""
        return len(self._peers)

    def silent(self) -> int:
        """How many haven't been heard of for a while."""
        return max(0, len(self) - len(self.counts.reachable()))

    def silent_s(self, address: str) -> float:
        """How long nothing was taken from a peer; endless if nothing ever was."""
        return self._clock() - self._heard_at.get(address, float("-inf"))

    def note(self, key: str, count: int) -> None:
        """This node's own count of a key is now so much: told at once, or with others a moment later."""
        self._teller.note(key, count)
        if self._socket is not None and self._changes_due is None:
            loop = asyncio.get_running_loop()
            self._changes_due = loop.call_at(max(loop.time(), self._told_at + GAP_S), self._tell_changes)

    def open(self) -> None:
        """Raises ``SettingsError`` when the address isn't this machine's, or in use."""
        family = socket.AF_INET6 if ":" in self._listen[0] else socket.AF_INET
        opened = socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        try:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
            opened.bind(self._listen)
        except OSError as error:
            opened.close()
            raise SettingsError(f"peer_listen: {error}") from error
        asyncio.get_running_loop().add_reader(opened.fileno(), self._receive, opened)
        self._socket = opened
        self._teller.take_changes()  # all is told when work begins

    def close(self) -> None:
        if self._changes_due is not None:
            self._changes_due.cancel()
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket.fileno())
            self._socket.close()
            self._socket = None

    async def run(self, interval_s: float) -> None:
        """Tells everything at each interval, and when a peer asks."""
        while True:
            self._asked.clear()
            for number, message in enumerate(self._teller.everything(), start=1):
                self._send((message,))
                if number % BURST == 0:
                    await asyncio.sleep(BURST_PAUSE_S)
            self._log_changes()
            await asyncio.sleep(GAP_S)
            try:
                async with asyncio.timeout(interval_s - GAP_S):
                    await self._asked.wait()
            except TimeoutError:
                continue

    async def meet(self, patience_s: float) -> None:
        """Until all peers have told their counts; not for long, since some may be down."""
        try:
            async with asyncio.timeout(patience_s):
                await self._met.wait()
        except TimeoutError:
            log.warning("not all peers answer", extra={"reachable": sorted(self.counts.reachable())})

    def _tell_changes(self) -> None:
        self._changes_due = None
        self._told_at = asyncio.get_running_loop().time()
        keys = self._teller.take_changes()
        if len(keys) <= MOST_CHANGES:
            self._send(self._teller.tell(keys))
        else:  # many calls were closed together
            self._asked.set()

    def _send(self, messages: Iterable[PeerMessage]) -> None:
        for message in messages:
            datagram = seal_message(message, signing_key(self._keys, now_ms=self._wall_clock()).key)
            for peer in self._peers:
                self._send_to(datagram, peer)

    def _send_to(self, datagram: bytes, peer: Address) -> None:
        if self._socket is None:
            return
        try:
            self._socket.sendto(datagram, peer)
        except OSError as error:  # its buffer is full, or there is no way: told again in a second
            self._metrics.count("peer_send_failures")
            log.debug("not sent to peer", extra={"peer": peer[0], "error": str(error)})
        else:
            self._metrics.count("peer_messages_sent")

    def _receive(self, opened: socket.socket) -> None:
        for _ in range(BURST):
            try:
                datagram, source = opened.recvfrom(LARGEST + 1)
            except OSError:
                return
            self._accept(datagram, source)

    def _accept(self, datagram: bytes, source: Any) -> None:
        try:
            answer_due = self.counts.take(self._opened(datagram, source))
        except PeerMessageError as error:
            self._metrics.count("peer_messages_dropped", "reason", error.reason)
            log.debug("message of a peer dropped", extra={"source": source[0], "error": str(error)})
            return
        self._metrics.count("peer_messages_taken")
        self._heard_at[source[0]] = self._clock()
        if answer_due:
            self._asked.set()
            if len(self.counts.reachable()) >= len(self._peers):
                self._met.set()

    def _opened(self, datagram: bytes, source: Any) -> PeerMessage:
        if tuple(source[:2]) not in self._peers:
            raise PeerMessageError("foreign", f"from {source[0]}, which is no peer's address")
        return open_by_any(datagram, [key.key for key in self._keys])

    def _log_changes(self) -> None:
        reachable = self.counts.reachable()
        for node in reachable - self._reachable:
            log.info("peer tells its counts", extra={"peer": node})
        for node in self._reachable - reachable:
            log.warning("peer is silent: its calls count no more", extra={"peer": node})
        self._reachable = reachable
