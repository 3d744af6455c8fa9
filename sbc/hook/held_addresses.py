"""Tells Kamailio which service addresses this node has: it sends from them itself, the other nodes through it.

A service address moves to another node when the cloud, or a script, gives it to that machine: the only sign of it that
is the same everywhere is that the machine has the address. Looking costs some microseconds, so it is looked often; an
address that is here is told anew from time to time, because Kamailio forgets it in a restart, and so that a node which
missed it hears of it. Kamailio's table ``holder`` is shared between the nodes: whoever got the address last says so
last. ``here`` is this node's alone and counts for more, since a message of another may be late; it is forgotten when
nobody tells it any more.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from sbc.addresses import is_held
from sbc.hook.kamailio_rpc import KamailioRpc, RpcError, RpcRefusedError

log = logging.getLogger(__name__)

LOOK_S = 0.2
TELL_S = 2.0


@dataclass(slots=True)
class HeldAddresses:
    """``own``: this node's private address, by which the others reach it."""

    rpc: KamailioRpc
    addresses: tuple[str, ...]
    own: str
    clock: Callable[[], float]
    table: str = "holder"
    own_table: str = "here"
    look: Callable[[str], bool] = is_held
    _held: set[str] = field(default_factory=set)
    _told_at: float = float("-inf")

    async def run(self) -> None:
        while True:
            await self.tell()
            await asyncio.sleep(LOOK_S)

    async def tell(self) -> None:
        held = {address for address in self.addresses if self.look(address)}
        new = held - self._held
        for address in sorted(new):
            log.info("service address is here", extra={"address": address})
        for address in sorted(self._held - held):
            log.info("service address is gone", extra={"address": address})
            await self._forget(address)
        self._held = held
        if not new and self.clock() - self._told_at < TELL_S:
            return
        try:
            for address in sorted(held):
                await self.rpc.call("htable.sets", self.own_table, address, self.own)
                await self.rpc.call("htable.sets", self.table, address, self.own)
        except (RpcError, RpcRefusedError) as error:  # Kamailio is being started: told again at the next look
            log.debug("service addresses not told", extra={"error": str(error)})
            return
        self._told_at = self.clock()

    async def _forget(self, address: str) -> None:
        try:
            await self.rpc.call("htable.delete", self.own_table, address)
        except (RpcError, RpcRefusedError) as error:  # it isn't there, or ends by itself in some seconds
            log.debug("service address not forgotten", extra={"address": address, "error": str(error)})
