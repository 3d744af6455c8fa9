"""What a node does about a seal key that is new at the API, before it fetches what is sealed with it."""

from __future__ import annotations

import asyncio
from typing import Protocol

from sbc.hook.feed_client import Versions
from sbc.hook.seal_keys import SealKeyError, SealKeys


class SealKeyApi(Protocol):
    """Of the ``FeedClient``. Both raise ``FeedError``."""

    async def seal_keys(self) -> tuple[tuple[str, str], ...]: ...

    async def take_seal_key(self, key_id: str) -> None: ...


async def take_seal_key(api: SealKeyApi, keys: SealKeys, versions: Versions, *, sbc_id: str, now_ms: int) -> None:
    """The newest key is on this node's disk before the API hears so: it seals with it from then on. Raises
    ``FeedError`` or ``SealKeyError``; nothing is taken then."""
    if not keys.has(versions.seal_keys):
        shown = await api.seal_keys()
        await asyncio.to_thread(keys.learn, shown, sbc_id=sbc_id, now_ms=now_ms)
        if not keys.has(versions.seal_keys):
            raise SealKeyError("an instance of the API doesn't know all keys yet")
    if versions.seal_key != versions.seal_keys[0]:
        await api.take_seal_key(versions.seal_keys[0])
