"""Keeps the held parts up to date and Kamailio's caches with them.

Ids made by concurrent writers may commit out of order, so each poll reads some seconds of the past again and skips
what it has handled; a comparison of all versions finds whatever slipped through.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from pathlib import Path

from chalicelib.domain.ids import RANDOM_BYTES, id_time_ms, new_id
from chalicelib.domain.live import is_order
from chalicelib.domain.parts import DID_SHARDS, SubscribersPart, TenantCore, dids_key, index_key, subscribers_key
from sbc.hook.feed_client import Change, FeedClient, FeedError, Versions
from sbc.hook.kamailio_caches import KamailioCaches
from sbc.hook.kamailio_rpc import RpcError
from sbc.hook.metrics import Metrics
from sbc.hook.part_source import PartGoneError, SourceError
from sbc.hook.parts_store import PartChange, PartsStore
from sbc.hook.revocations import OpenHa1, Revocations, find_revocations
from sbc.hook.seal_keys import SealKeyError, SealKeys
from sbc.hook.take_seal_key import take_seal_key

log = logging.getLogger(__name__)

PAGE = 500
CONCURRENT_FETCHES = 8


class Feed:
    def __init__(
        self,
        *,
        client: FeedClient,
        store: PartsStore,
        caches: KamailioCaches,
        open_ha1: OpenHa1,
        seal_keys: SealKeys,
        metrics: Metrics,
        sbc_id: str,
        overlap_s: float,
        clock: Callable[[], float],
        wall_clock: Callable[[], int],
        cursor_file: Path,
        obey: Callable[[str, str], None],
    ) -> None:
        """``obey(change id, key)``: does at once what a feed item orders that names no part."""
        self._client = client
        self._store = store
        self._caches = caches
        self._open_ha1 = open_ha1
        self._seal_keys = seal_keys
        self._sbc_id = sbc_id
        self._wall_clock = wall_clock
        self._metrics = metrics
        self._always = (index_key(sbc_id), *(dids_key(sbc_id, shard) for shard in range(DID_SHARDS)))
        self._overlap_ms = int(overlap_s * 1000)
        self._clock = clock
        self._cursor_file = cursor_file
        self._obey = obey
        self._cursor = _read_cursor(cursor_file)
        self._acknowledged = ""
        self._handled: set[str] = set()
        self._retry: set[str] = set()
        self._pending = Revocations(all_names=True, sources=True)  # an earlier run may have died before telling
        self._fetches = asyncio.Semaphore(CONCURRENT_FETCHES)

    async def run(self, *, poll_interval_s: float, compare_interval_s: float) -> None:
        """Asks the API (``queue_feed.py`` waits at a queue instead)."""
        await self.take_up()
        compare_due = self._clock()
        while True:
            started = self._clock()
            try:
                if started >= compare_due:
                    await self.compare()
                    compare_due = started + compare_interval_s
                await self.poll()
            except (FeedError, RpcError) as error:
                self._metrics.count("feed_failures")
                log.warning("feed not followed", extra={"error": str(error)})
            await asyncio.sleep(max(0.0, started + poll_interval_s - self._clock()))

    async def take_up(self) -> None:
        """What an earlier run fetched, but ended before Kamailio was told: the next poll tells it."""
        changes = await asyncio.to_thread(self._store.untold_changes)
        self._pending.add(await asyncio.to_thread(self._find, changes))

    async def poll(self) -> None:
        """Handle what is new. Raises ``FeedError`` or ``RpcError``; the next poll goes on where this one stopped."""
        try:
            await self._read()
        finally:  # also with the API out of reach: what is known to have changed waits for nothing
            await self._tell_kamailio()
        await self.acknowledge()

    async def take(self, changes: Iterable[Change]) -> None:
        """Handle what a queue brought. It is in force once ``settled``, at the latest by ``settle``. Raises
        ``RpcError``."""
        try:
            await self._handle(tuple(changes))
        finally:
            await self._tell_kamailio()

    async def settle(self) -> None:
        """Try again what failed: to fetch parts, to tell Kamailio. Raises ``RpcError``."""
        try:
            await self._refresh(set(self._retry))
        finally:
            await self._tell_kamailio()

    @property
    def settled(self) -> bool:
        """All changes known are in force here."""
        return not self._retry and not self._pending

    @property
    def acknowledged(self) -> bool:
        """So far as it may be said: not before they are in force."""
        return self._cursor <= self._acknowledged

    def is_new(self, change: Change) -> bool:
        return change.change_id not in self._handled

    async def _read(self) -> None:
        await self._refresh(set(self._retry))
        after = self._overlap_start()
        while True:
            page = await self._client.changes(after)
            await self._handle(page)
            if len(page) < PAGE:
                return
            after = page[-1].change_id

    async def compare(self) -> bool:
        """Fetch parts whose change the feed didn't bring; the next poll tells Kamailio. Whether there were any.
        Raises ``FeedError``."""
        versions = await self._client.versions()
        newest = versions.parts
        held = dict(self._store.parts)
        stale = {key for key, part in held.items() if newest.get(key, part.version + 1) > part.version}
        wanted = stale | ((newest.keys() & set(self._always)) - held.keys())
        await self._refresh(wanted)
        await self._follow_seal_keys(versions)
        return bool(wanted)

    async def _follow_seal_keys(self, versions: Versions) -> None:
        """Keys that are new at the API are taken, and then the parts that hold something sealed. Trouble with that is
        in nobody's way: all goes on with the keys that the node has."""
        keys, listed = self._seal_keys, versions.seal_keys
        if keys.is_up_to_date(listed, used=versions.seal_key):
            return
        try:
            await take_seal_key(self._client, keys, versions, sbc_id=self._sbc_id, now_ms=self._wall_clock())
            await self._reload_sealed()
            await asyncio.to_thread(keys.finish, listed)
        except (FeedError, SealKeyError, SourceError, OSError) as error:
            self._metrics.count("feed_failures")
            log.warning("seal keys not taken", extra={"error": str(error)})
        else:
            log.info("seal key is in force", extra={"key_id": listed[0], "keys": len(listed)})

    async def _reload_sealed(self) -> None:
        """Raises ``SourceError`` if one can't be fetched now."""
        sealed = [key for key, part in self._store.parts.items() if isinstance(part, SubscribersPart)]
        changes = [change for change in await asyncio.gather(*map(self._reload, sealed)) if change is not None]
        self._pending.add(await asyncio.to_thread(self._find, changes))

    async def _reload(self, key: str) -> PartChange | None:
        async with self._fetches:
            try:
                return await self._store.reload(key)
            except PartGoneError:
                return None

    async def _handle(self, page: tuple[Change, ...]) -> None:
        fresh = [change for change in page if self.is_new(change)]
        for change in fresh:
            if is_order(change.key):
                self._obey(change.change_id, change.key)
            else:
                self._store.forget_gone(change.key)
        held = self._store.parts
        await self._refresh({change.key for change in fresh if change.key in held or change.key in self._always})
        self._handled.update(change.change_id for change in fresh)
        self._cursor = max((self._cursor, *(change.change_id for change in page)))

    async def _refresh(self, keys: Iterable[str]) -> None:
        wanted = sorted(keys)
        changes = [change for change in await asyncio.gather(*map(self._fetch, wanted)) if change is not None]
        changes += await self._fetch_new_shards(changes)
        if changes:
            found = await asyncio.to_thread(self._find, changes)
            self._pending.add(found)

    def _find(self, changes: list[PartChange]) -> Revocations:
        return find_revocations(changes, dict(self._store.parts), open_ha1=self._open_ha1)

    async def _fetch_new_shards(self, changes: list[PartChange]) -> list[PartChange]:
        """When a tenant's shards are split, those who left a held shard are looked for in the new ones."""
        missing = [
            key
            for change in changes
            if isinstance(change.new, TenantCore) and isinstance(change.old, TenantCore)
            if change.new.subscriber_shards != change.old.subscriber_shards
            for key in (subscribers_key(change.new.tenant_id, n) for n in range(change.new.subscriber_shards))
            if key not in self._store.parts
        ]
        return [change for change in await asyncio.gather(*map(self._fetch, missing)) if change is not None]

    async def _fetch(self, key: str) -> PartChange | None:
        self._retry.discard(key)
        try:
            async with self._fetches:
                return await self._store.refresh(key)
        except PartGoneError:
            return None
        except SourceError as error:
            log.warning("changed part not fetched", extra={"key": key, "error": str(error)})
            self._retry.add(key)
            return None

    async def _tell_kamailio(self) -> None:
        if self._pending:
            await self._caches.forget(self._pending)
            self._pending = Revocations()
        self._store.mark_told()

    async def acknowledge(self) -> None:
        """What is in force, if that is news. Raises ``FeedError``."""
        if self._cursor > self._acknowledged and not self._retry:
            self._forget_handled()
            await self._client.acknowledge(self._cursor)
            self._acknowledged = self._cursor
            await asyncio.to_thread(self._keep_cursor, self._cursor)

    def _keep_cursor(self, cursor: str) -> None:
        """Not synced: from an older one, a start only reads more. So it does with a disk that is full."""
        draft = self._cursor_file.with_suffix(".new")
        try:
            draft.write_text(cursor)
            draft.replace(self._cursor_file)
        except OSError as error:
            log.warning("cursor not kept", extra={"error": str(error)})

    def _overlap_start(self) -> str:
        """The smallest id of the moment from which changes are read again."""
        return self._smallest_id(self._overlap_ms) if self._cursor else ""

    def _forget_handled(self) -> None:
        """Ids that are older than what is read again, by far."""
        oldest_kept = self._smallest_id(2 * self._overlap_ms)
        self._handled = {change_id for change_id in self._handled if change_id >= oldest_kept}

    def _smallest_id(self, back_ms: int) -> str:
        """Of the moment that long before the newest change."""
        prefix, newest = self._cursor.rpartition("_")[0], id_time_ms(self._cursor)
        return new_id(prefix, now_ms=max(0, newest - back_ms), random_bytes=bytes(RANDOM_BYTES))


def _read_cursor(path: Path) -> str:
    """Where an earlier run stopped; "" for the beginning, also when a crash left half a file."""
    try:
        cursor = path.read_text()
        id_time_ms(cursor)
    except (OSError, ValueError):
        return ""
    return cursor
