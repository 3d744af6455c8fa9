"""One running hook: its parts put together, started in order, stopped in the opposite one."""

from __future__ import annotations

import asyncio
import logging
import os
import random
import time
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Any

from chalicelib.domain.ids import RANDOM_BYTES, new_id
from chalicelib.domain.parts import DID_SHARDS, dids_key, index_key
from chalicelib.domain.routing import plan_route
from sbc.hook.admission import Admission
from sbc.hook.call_control import CallControl
from sbc.hook.cdr import NodeIdentity
from sbc.hook.credentials import Credentials
from sbc.hook.dead_media import DeadMedia
from sbc.hook.decider import Decider
from sbc.hook.feed import Feed
from sbc.hook.feed_client import FeedClient
from sbc.hook.ha1 import Ha1Opener
from sbc.hook.http_client import HttpClient
from sbc.hook.http_server import serve
from sbc.hook.journal import Journal
from sbc.hook.kamailio_caches import KamailioCaches
from sbc.hook.kamailio_rpc import KamailioRpc
from sbc.hook.live_calls import LiveCalls
from sbc.hook.metrics import Metrics
from sbc.hook.part_source import ApiSource, DirectorySource, PartGoneError, SourceError
from sbc.hook.parts_disk import PartsDisk
from sbc.hook.parts_store import PartsStore
from sbc.hook.reconcile import Reconciler
from sbc.hook.routes import Routes
from sbc.hook.settings import Settings, read_node_key, read_seal_key
from sbc.hook.uploader import Uploader

log = logging.getLogger(__name__)


def clock_ms() -> int:
    return time.time_ns() // 1_000_000


def new_call_id(now_ms: int) -> str:
    return new_id("call", now_ms=now_ms, random_bytes=os.urandom(RANDOM_BYTES))


class Node:
    """Use as an asynchronous context: inside it, the hook answers."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._opener = Ha1Opener(read_seal_key(settings.seal_key_file))
        self._metrics = Metrics()
        self._stack = AsyncExitStack()
        self._client = _api_client(settings)

    async def __aenter__(self) -> Node:
        async with AsyncExitStack() as stack:
            await self._start(stack)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def _start(self, stack: AsyncExitStack) -> None:
        settings = self._settings
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        journal = Journal(settings.journal_path)
        stack.push_async_callback(journal.close)
        store = self._store()
        stack.push_async_callback(store.close)
        rpc = KamailioRpc(
            settings.kamailio_socket, own_path=settings.data_dir / "hook.rpc", timeout_s=settings.rpc_timeout_s
        )
        stack.callback(rpc.close)
        uploader = self._uploader(journal)
        control = self._control(journal, store, uploader)
        control.restore(await journal.open_calls())
        tasks = _Tasks()
        stack.push_async_callback(tasks.cancel)
        self._run_background(tasks, store=store, rpc=rpc, uploader=uploader, control=control)
        routes = self._routes(control, store, rpc)
        server = await serve(
            routes.handle, host=settings.listen_host, port=settings.listen_port, body_limit=settings.body_limit
        )
        stack.callback(server.close)
        log.info("hook listens", extra={"port": settings.listen_port, "open_calls": len(control.live)})

    def _run_background(
        self, tasks: _Tasks, *, store: PartsStore, rpc: KamailioRpc, uploader: Uploader, control: CallControl
    ) -> None:
        settings = self._settings
        reconciler = Reconciler(
            control=control, rpc=rpc, clock=clock_ms, grace_s=settings.reconcile_grace_s, max_ring_s=settings.max_ring_s
        )
        tasks.start(reconciler.run(settings.reconcile_interval_s))
        if self._client is None:
            tasks.start(_load_first(store, settings.sbc_id))
            return
        uploader.wake()
        tasks.start(uploader.run())
        feed = self._feed(self._client, store, rpc)
        tasks.start(
            feed.run(poll_interval_s=settings.poll_interval_s, compare_interval_s=settings.compare_interval_s)
        )

    def _store(self) -> PartsStore:
        settings = self._settings
        if settings.parts_dir is not None:
            source: ApiSource | DirectorySource = DirectorySource(settings.parts_dir)
        else:
            assert self._client is not None
            source = ApiSource(self._client)
        store = PartsStore(
            source=source,
            disk=PartsDisk(settings.parts_path),
            metrics=self._metrics,
            negative_ttl_s=settings.negative_ttl_s,
            clock=time.monotonic,
        )
        store.load_disk()
        return store

    def _uploader(self, journal: Journal) -> Uploader:
        return Uploader(
            journal=journal,
            client=self._client,
            metrics=self._metrics,
            clock=clock_ms,
            jitter=random.random,
            interval_s=self._settings.upload_interval_s,
            backoff_s=self._settings.upload_backoff_s,
        )

    def _control(self, journal: Journal, store: PartsStore, uploader: Uploader) -> CallControl:
        settings = self._settings
        return CallControl(
            live=LiveCalls(),
            admission=Admission(),
            journal=journal,
            decider=Decider(
                store, sbc_id=settings.sbc_id, plan_route=plan_route, timeout_s=settings.decision_timeout_s
            ),
            identity=NodeIdentity(settings.sbc_id, settings.node),
            metrics=self._metrics,
            clock=clock_ms,
            new_call_id=new_call_id,
            cdr_queued=uploader.wake,
            max_duration_s=settings.max_duration_s,
        )

    def _feed(self, client: HttpClient, store: PartsStore, rpc: KamailioRpc) -> Feed:
        settings = self._settings
        return Feed(
            client=FeedClient(client, node=settings.node),
            store=store,
            caches=KamailioCaches(
                rpc,
                auth_table=settings.auth_table,
                source_table=settings.source_table,
                location_table=settings.location_table,
            ),
            open_ha1=self._opener.open,
            metrics=self._metrics,
            sbc_id=settings.sbc_id,
            overlap_s=settings.overlap_s,
            clock=time.monotonic,
        )

    def _routes(self, control: CallControl, store: PartsStore, rpc: KamailioRpc) -> Routes:
        settings = self._settings
        return Routes(
            control=control,
            credentials=Credentials(
                decider=control.decider,
                opener=self._opener,
                ttl_s=settings.auth_ttl_s,
                unknown_ttl_s=settings.unknown_ttl_s,
            ),
            dead_media=DeadMedia(
                live=control.live,
                rpc=rpc,
                metrics=self._metrics,
                clock=clock_ms,
                media_timeout_s=settings.media_timeout_s,
            ),
            store=store,
            metrics=self._metrics,
            sbc_id=settings.sbc_id,
            source_ttl_s=settings.source_ttl_s,
        )


class _Tasks:
    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[None]] = []

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        task.add_done_callback(_report_death)
        self._tasks.append(task)

    async def cancel(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def _report_death(task: asyncio.Task[None]) -> None:
    """Background work never ends by itself: better no hook, which is restarted, than one that follows nothing."""
    if not task.cancelled() and task.exception() is not None:
        log.critical("background work died", exc_info=task.exception())
        asyncio.get_running_loop().stop()


def _api_client(settings: Settings) -> HttpClient | None:
    if settings.parts_dir is not None or settings.node_key_file is None:
        return None
    headers = {"Authorization": f"Bearer {read_node_key(settings.node_key_file)}"}
    return HttpClient(settings.api_url, headers=headers, timeout_s=settings.fetch_timeout_s)


async def _load_first(store: PartsStore, sbc_id: str) -> None:
    for key in (index_key(sbc_id), *(dids_key(sbc_id, shard) for shard in range(DID_SHARDS))):
        try:
            await store.refresh(key)
        except (SourceError, PartGoneError) as error:
            log.warning("part not loaded", extra={"key": key, "error": str(error)})
