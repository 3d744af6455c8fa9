"""Makes Kamailio forget: cached credentials, cached sources, registrations."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from sbc.hook.kamailio_rpc import KamailioRpc, RpcRefusedError
from sbc.hook.revocations import Revocations

MOST_DELETES = 200  # above, emptying the table is cheaper than naming its entries; it fills again by itself


class KamailioCaches:
    def __init__(self, rpc: KamailioRpc, *, auth_table: str, source_table: str, location_table: str) -> None:
        self._rpc = rpc
        self._auth_table = auth_table
        self._source_table = source_table
        self._location_table = location_table

    async def forget(self, revocations: Revocations) -> None:
        """Credentials go first, so that a phone whose contact is removed can't come back on old ones. Raises
        ``RpcError``; may be repeated."""
        if revocations.all_names or len(revocations.names) > MOST_DELETES:
            await self._call("htable.flush", self._auth_table)
        else:
            keys = (key for name in sorted(revocations.names) for key in (name, f"{name};ws"))  # one for WebSockets
            await self._each(("htable.delete", self._auth_table, key) for key in keys)
        if revocations.sources:
            await self._call("htable.flush", self._source_table)
        await self._each(("ul.rm", self._location_table, aor) for aor in sorted(revocations.registrations))

    async def _each(self, calls: Iterable[tuple[str, str, str]]) -> None:
        await asyncio.gather(*(self._call(*call) for call in calls))

    async def _call(self, method: str, *params: str) -> None:
        try:
            await self._rpc.call(method, *params)
        except RpcRefusedError:
            return  # not cached, not registered: as it should be
