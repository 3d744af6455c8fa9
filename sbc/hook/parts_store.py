"""The parts in memory and on disk, fetched once however many calls miss them.

A part that doesn't validate never takes the place of a good one. Decoding runs in one thread, so that a large tenant
competes with the calls of the others for a fraction of a core and no more.
"""

from __future__ import annotations

import asyncio
import logging
import zlib
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from chalicelib.domain.fields import FieldError
from chalicelib.domain.part_reader import parse_part
from chalicelib.domain.parts import Part, PartError
from sbc.hook.jsonio import load_large_object
from sbc.hook.metrics import Metrics
from sbc.hook.part_source import Fetched, PartGoneError, PartSource, SourceError
from sbc.hook.parts_disk import PartsDisk

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PartChange:
    """A part that was replaced (``old`` and ``new``), came (no ``old``) or went (no ``new``)."""

    key: str
    old: Part | None
    new: Part | None


def decode_part(key: str, document: bytes) -> Part:
    """The part ``key`` in its JSON document. Raises ``PartError``."""
    try:
        part = parse_part(load_large_object(document))
    except FieldError as error:
        raise PartError(f"{key}: {error}") from error
    if part.key != key:
        raise PartError(f"{key}: the document is of {part.key}")
    return part


def _unpack(key: str, fetched: Fetched) -> Part:
    try:
        document = zlib.decompress(fetched.packed, wbits=31)
    except zlib.error as error:
        raise PartError(f"{key}: {error}") from error
    return decode_part(key, document)


class PartsStore:
    """``parts`` is live: a routing decision, which never waits, reads it directly."""

    def __init__(
        self,
        *,
        source: PartSource,
        disk: PartsDisk,
        metrics: Metrics,
        negative_ttl_s: float,
        clock: Callable[[], float],
    ) -> None:
        self.parts: dict[str, Part] = {}
        self._source = source
        self._disk = disk
        self._metrics = metrics
        self._negative_ttl_s = negative_ttl_s
        self._clock = clock
        self._gone_until: dict[str, float] = {}
        self._in_flight: dict[str, asyncio.Task[PartChange | None]] = {}
        self._reloaded: set[str] = set()
        self._decoder = ThreadPoolExecutor(1, thread_name_prefix="decode")
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="parts-disk")
        self._untold: set[str] = set()
        self.unwritten = 0  # parts whose newest version isn't on disk yet

    def load_disk(self) -> None:
        """Take what an earlier run left; called before the first request."""
        for key, document in self._disk.read_all():
            try:
                self.parts[key] = decode_part(key, document)
            except PartError as error:
                self._reject(key, error)

    def untold_changes(self) -> list[PartChange]:
        """What changed before Kamailio could be told of it, when an earlier run ended; after ``load_disk``."""
        changes = []
        for key, document in self._disk.read_untold():
            self._untold.add(key)
            try:
                old = decode_part(key, document)
            except PartError as error:
                log.error("part before its change can't be read", extra={"key": key, "error": str(error)})  # noqa: TRY400
            else:
                changes.append(PartChange(key, old, self.parts.get(key)))
        return changes

    def mark_told(self) -> None:
        """Kamailio has been told of all changes so far."""
        if self._untold:
            self._write(self._disk.forget_untold, tuple(self._untold))
            self._untold.clear()

    async def close(self) -> None:
        tasks = list(self._in_flight.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.to_thread(self._decoder.shutdown)
        await asyncio.to_thread(self._writer.shutdown)

    async def load_missing(self, keys: Iterable[str]) -> None:
        """Fetch those that aren't held. Raises ``SourceError`` or ``PartGoneError`` for the first that can't be had."""
        wanted = [key for key in keys if key not in self.parts]
        for key in wanted:
            if self._gone_until.get(key, 0.0) > self._clock():
                raise PartGoneError(key)
        await asyncio.gather(*(self.refresh(key) for key in wanted))

    async def refresh(self, key: str) -> PartChange | None:
        """Ask the source; None when nothing changed. One request per key is in flight at a time, shared by all who
        wait. Raises ``SourceError``, also for a part that was rejected: what is held isn't the newest;
        ``PartGoneError`` when the part is gone and wasn't held."""
        task = self._in_flight.get(key)
        if task is None:
            task = asyncio.get_running_loop().create_task(self._fetch(key))
            self._in_flight[key] = task
            task.add_done_callback(lambda _: self._in_flight.pop(key, None))
            task.add_done_callback(_retrieve)
        return await asyncio.shield(task)

    async def reload(self, key: str) -> PartChange | None:
        """As ``refresh``, but what is held is replaced though its version is the newest: sealed with another key."""
        while key in self._in_flight:
            await asyncio.wait([self._in_flight[key]])
        self._reloaded.add(key)
        return await self.refresh(key)

    def forget_gone(self, key: str) -> None:
        """The feed names the part: it may exist by now."""
        self._gone_until.pop(key, None)

    async def _fetch(self, key: str) -> PartChange | None:
        old = self.parts.get(key)
        again = key in self._reloaded
        self._reloaded.discard(key)
        self._metrics.count("part_fetches")
        try:
            fetched = await self._source.fetch(key, held_version=None if old is None or again else old.version)
        except PartGoneError:
            return await self._drop(key)
        if fetched is None:
            return None
        loop = asyncio.get_running_loop()
        try:
            new = await loop.run_in_executor(self._decoder, _unpack, key, fetched)
        except PartError as error:
            self._reject(key, error)
            raise SourceError(str(error)) from error
        return self._replace(key, new, fetched, again=again)

    def _replace(self, key: str, new: Part, fetched: Fetched, *, again: bool) -> PartChange | None:
        old = self.parts.get(key)
        if old is not None and new.version < old.version:
            error = PartError(f"{key}: version {new.version} is older than {old.version}")
            self._reject(key, error)
            raise SourceError(str(error)) from error
        if old is not None and new.version == old.version and not again:
            return None
        self.parts[key] = new
        self._gone_until.pop(key, None)
        self._untold.add(key)
        self._write(self._disk.write, key, fetched.packed)
        return PartChange(key, old, new)

    async def _drop(self, key: str) -> PartChange | None:
        self._gone_until[key] = self._clock() + self._negative_ttl_s
        self._limit_gone()
        old = self.parts.pop(key, None)
        if old is None:
            raise PartGoneError(key)
        self._untold.add(key)
        self._write(self._disk.delete, key)
        return PartChange(key, old, None)

    def _limit_gone(self) -> None:
        if len(self._gone_until) > 10_000:  # somebody is guessing: keep only what is still true
            now = self._clock()
            self._gone_until = {key: until for key, until in self._gone_until.items() if until > now}

    def _write(self, write: Callable[..., None], *args: str | bytes | tuple[str, ...]) -> None:
        """The disk may be slow or full: calls go on from memory, and the next start fetches again."""
        self.unwritten += 1
        future = asyncio.get_running_loop().run_in_executor(self._writer, write, *args)

        def done(future: asyncio.Future[None]) -> None:
            self.unwritten -= 1
            if not future.cancelled() and future.exception() is not None:
                self._metrics.count("part_write_failures")
                log.error("part not written to disk", extra={"key": args[0], "error": str(future.exception())})

        future.add_done_callback(done)

    def _reject(self, key: str, error: PartError) -> None:
        self._metrics.count("rejected_parts")
        log.error("part rejected, the last good one stays", extra={"key": key, "error": str(error)})


def _retrieve(task: asyncio.Task[PartChange | None]) -> None:
    """Mark the exception as seen: whoever waited got it, and nobody may be waiting any more."""
    if not task.cancelled():
        task.exception()
