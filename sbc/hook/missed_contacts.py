"""Registrations that a peer may have missed, told once it can be told again: after a split, or a time when one of the
two didn't answer. Without knowing what happened before, as at the hook's start, all of them.

Kamailio tells its peers of a registration once, as it comes (dmq_usrloc). A peer that can't be reached then isn't told
later; what it can ask for is everything, at its start, and for a contact that both have changed the one that comes last
would win, not the newest. So each node tells what it has registered itself since the two lost each other, nothing that
it has from others, and who is told takes what is newer than what it has (REFUSE_OUTDATED in
sbc/kamailio/routes/peers.cfg).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sbc.hook.jsonio import dump_text
from sbc.hook.kamailio_rpc import KamailioRpc, RpcError, RpcRefusedError
from sbc.hook.locations import Locations, LocationsError, Position
from sbc.hook.metrics import Metrics

log = logging.getLogger(__name__)

CHECK_S = 1.0
# What Kamailio tells is repeated for 5 s before it is lost, and it takes as long to notice: registrations are told from
# so long before the last moment of being together.
MARGIN_MS = 15_000
# A request to a peer from before its return may still time out for 5 s after it: Kamailio then takes the peer for gone
# until it has greeted it anew, at most 2 s later, and no look need fall into that. Once that is over, what came
# meanwhile is told again.
SETTLED_MS = 8_000
AT_ONCE = 100  # in a check


def read_active(listed: Any) -> set[str]:
    """The hosts that Kamailio tells of registrations, in the result of ``dmq.list_nodes``: a list, or the only one."""
    nodes = listed if isinstance(listed, list) else [listed]
    return {str(node.get("host")) for node in nodes if isinstance(node, dict) and node.get("status") == "active"}


@dataclass(slots=True)
class MissedContacts:
    """``own`` and ``peers``: private addresses. ``silent_s``: how long nothing has been heard from one; after
    ``patience_s`` of it, something may have been lost."""

    rpc: KamailioRpc
    locations: Locations
    own: str
    peers: tuple[str, ...]
    silent_s: Callable[[str], float]
    patience_s: float
    clock: Callable[[], int]  # milliseconds
    metrics: Metrics
    table: str = "missed"
    _together_at: dict[str, int] = field(default_factory=dict)
    _apart_since: dict[str, int] = field(default_factory=dict)
    _back_at: dict[str, int] = field(default_factory=dict)
    _next: Position | None = None  # what is being told
    _end: int = 0

    def __post_init__(self) -> None:
        self._apart_since = dict.fromkeys(self.peers, 0)

    async def run(self) -> None:
        while True:
            try:
                await self.check()
            except (RpcError, RpcRefusedError, LocationsError) as error:  # tried again
                log.debug("peers not told of registrations", extra={"error": str(error)})
            await asyncio.sleep(CHECK_S)

    async def check(self) -> None:
        """Raises ``RpcError``, ``RpcRefusedError``, ``LocationsError``."""
        active = read_active(await self.rpc.call("dmq.list_nodes"))
        now = self.clock()
        for peer in self.peers:
            if peer in active and self.silent_s(peer) <= self.patience_s:
                self._note_together(peer, now)
            else:
                self._apart_since.setdefault(peer, self._together_at.get(peer, 0))
        if self._next is not None:
            await self._tell(self._next)

    def _note_together(self, peer: str, now: int) -> None:
        self._together_at[peer] = now
        since = self._apart_since.pop(peer, None)
        if since is not None:
            log.info("telling a peer of registrations", extra={"peer": peer, "since": since})
            self._back_at[peer] = now
            self._begin(since, now)
        elif now - self._back_at.get(peer, now) >= SETTLED_MS:
            self._begin(self._back_at.pop(peer), now)

    def _begin(self, since: int, now: int) -> None:
        first = Position.at(since - MARGIN_MS)
        self._next = first if self._next is None else min(first, self._next)
        self._end = now

    async def _tell(self, position: Position) -> None:
        """The next of them, as they are now. Those of later than ``_end`` Kamailio has told itself."""
        contacts = await asyncio.to_thread(
            self.locations.registered, self.own,
            after=position, until_ms=self._end + MARGIN_MS, most=AT_ONCE, now_ms=self.clock(),
        )  # fmt: skip
        for contact in contacts:
            await self.rpc.call("htable.sets", self.table, contact.told["ruid"], dump_text(contact.told))
            self.metrics.count("missed_contacts_told")
            self._next = contact.position
        if len(contacts) < AT_ONCE:
            self._next = None
