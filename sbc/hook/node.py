"""One running hook: its parts put together, started in order, stopped in the opposite one."""

from __future__ import annotations

import logging
import os
import random
import sys
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Self

from chalicelib.domain.ids import RANDOM_BYTES, new_id
from chalicelib.domain.routing import plan_route
from sbc.hook.admission import Admission
from sbc.hook.background import Background
from sbc.hook.call_control import CallControl
from sbc.hook.cdr import NodeIdentity
from sbc.hook.clock import clock_ms
from sbc.hook.credentials import Credentials
from sbc.hook.dead_media import DeadMedia
from sbc.hook.decider import Decider
from sbc.hook.feed_start import Obey, part_source, start_feed
from sbc.hook.ha1 import Ha1Opener
from sbc.hook.held_addresses import HeldAddresses
from sbc.hook.http_client import HttpClient
from sbc.hook.http_server import HttpServer
from sbc.hook.journal import Journal
from sbc.hook.kamailio_rpc import KamailioRpc
from sbc.hook.live_calls import LiveCalls
from sbc.hook.live_watch import LiveWatch
from sbc.hook.locations import Locations
from sbc.hook.media_watch import MediaWatch, Rtpengine
from sbc.hook.metric_report import MetricReport
from sbc.hook.metrics import Metrics
from sbc.hook.missed_contacts import MissedContacts
from sbc.hook.orders import Orders
from sbc.hook.parts_disk import PartsDisk
from sbc.hook.parts_store import PartsStore
from sbc.hook.peers import Peers, make_peers
from sbc.hook.reconcile import Reconciler
from sbc.hook.routes import Routes
from sbc.hook.seal_keys import SealKeys
from sbc.hook.settings import Settings, read_address, read_node_key
from sbc.hook.uploader import Uploader

log = logging.getLogger(__name__)


def new_call_id(now_ms: int) -> str:
    return new_id("call", now_ms=now_ms, random_bytes=os.urandom(RANDOM_BYTES))


class Node:
    """Use as an asynchronous context: inside it, the hook answers. ``on_death``: see ``Background``."""

    def __init__(self, settings: Settings, *, on_death: Callable[[], None]) -> None:
        self._settings = settings
        self._on_death = on_death
        self._seal_keys = SealKeys(settings.seal_key_file, settings.data_dir)
        self._opener = Ha1Opener()
        self._seal_keys.tell(lambda keys: self._opener.use(key.key for key in keys))
        self._client = _api_client(settings)
        self._metrics = Metrics()
        self._peers = make_peers(settings, seal_keys=self._seal_keys, metrics=self._metrics, now_ms=clock_ms())
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            await self._start(stack)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def _start(self, stack: AsyncExitStack) -> None:
        settings = self._settings
        journal = Journal(settings.journal_path)
        stack.push_async_callback(journal.close)
        store = self._store()
        stack.push_async_callback(store.close)
        rpc = KamailioRpc(
            settings.kamailio_socket, own_path=settings.data_dir / "hook.rpc", timeout_s=settings.rpc_timeout_s
        )
        stack.callback(rpc.close)
        background = Background(on_death=self._on_death)
        stack.push_async_callback(background.cancel)
        uploaded = self._start_uploader(background, journal)
        control = self._control(journal, store, uploaded)
        control.restore(await journal.open_calls())
        await self._start_peers(stack, background)
        self._start_held_addresses(background, rpc)
        self._start_missed_contacts(background, rpc)
        self._start_reconciler(background, control, rpc)
        self._start_media_watch(background, control, rpc)
        self._start_metric_report(background, control)
        watch = self._start_live_watch(background, control)
        obey = self._start_orders(stack, control, rpc, watch)
        start_feed(
            background, settings, client=self._client, store=store, rpc=rpc, open_ha1=self._opener.open,
            seal_keys=self._seal_keys, metrics=self._metrics, obey=obey,
        )  # fmt: skip
        server = HttpServer(self._routes(control, store, rpc, watch).handle, body_limit=settings.body_limit)
        await server.listen(settings.listen_host, settings.listen_port)
        stack.push_async_callback(server.close)
        log.info("hook listens", extra={"port": server.port, "open_calls": len(control.live)})

    def _store(self) -> PartsStore:
        store = PartsStore(
            source=part_source(self._settings, self._client),
            disk=PartsDisk(self._settings.parts_path),
            metrics=self._metrics,
            negative_ttl_s=self._settings.negative_ttl_s,
            clock=time.monotonic,
        )
        store.load_disk()
        return store

    def _start_uploader(self, background: Background, journal: Journal) -> Callable[[], None]:
        """What to call when a record is queued. Without an API, records stay in the journal."""
        if self._client is None:
            return lambda: None
        uploader = Uploader(
            journal=journal,
            client=self._client,
            metrics=self._metrics,
            clock=clock_ms,
            jitter=random.random,
            interval_s=self._settings.upload_interval_s,
            backoff_s=self._settings.upload_backoff_s,
        )
        background.start(uploader.run())
        return uploader.wake

    async def _start_peers(self, stack: AsyncExitStack, background: Background) -> None:
        """Before the first call, so that none is admitted without knowing theirs."""
        if self._peers is None:
            return
        self._peers.open()
        stack.callback(self._peers.close)
        background.start(self._peers.run(self._settings.peer_interval_s))
        await self._peers.meet(self._settings.peer_wait_s)

    def _start_held_addresses(self, background: Background, rpc: KamailioRpc) -> None:
        settings = self._settings
        if not settings.service_addresses:
            return
        own, _ = read_address("peer_listen", settings.peer_listen)
        held = HeldAddresses(rpc=rpc, addresses=settings.service_addresses, own=own, clock=time.monotonic)
        background.start(held.run())

    def _start_missed_contacts(self, background: Background, rpc: KamailioRpc) -> None:
        settings = self._settings
        locations = self._locations()
        if self._peers is None or locations is None:
            return
        own, _ = read_address("peer_listen", settings.peer_listen)
        missed = MissedContacts(
            rpc=rpc, locations=locations, own=own, peers=tuple(host for host, _ in settings.peer_addresses),
            silent_s=self._peers.silent_s, patience_s=2.5 * settings.peer_interval_s, clock=clock_ms,
            metrics=self._metrics,
        )  # fmt: skip
        background.start(missed.run())

    def _start_reconciler(self, background: Background, control: CallControl, rpc: KamailioRpc) -> None:
        settings = self._settings
        reconciler = Reconciler(
            control=control, rpc=rpc, clock=clock_ms, grace_s=settings.reconcile_grace_s, max_ring_s=settings.max_ring_s
        )
        background.start(reconciler.run(settings.reconcile_interval_s))

    def _start_media_watch(self, background: Background, control: CallControl, rpc: KamailioRpc) -> None:
        settings = self._settings
        if not settings.rtpengine_ng_port:
            return
        watch = MediaWatch(
            control=control,
            rpc=rpc,
            metrics=self._metrics,
            clock=clock_ms,
            engine=Rtpengine(settings.rtpengine_ng_port, settings.rpc_timeout_s),
        )
        background.start(watch.run(settings.media_check_interval_s))

    def _start_metric_report(self, background: Background, control: CallControl) -> None:
        settings = self._settings
        if settings.emf_interval_s <= 0:
            return
        report = MetricReport(
            metrics=self._metrics,
            live=control.live,
            journal=control.journal,
            locations=self._locations(),
            silent_peers=lambda: 0 if self._peers is None else self._peers.silent(),
            dimensions={"stage": settings.stage, "sbc": settings.sbc_id, "node": settings.node},
            clock=clock_ms,
            write=_write_line,
        )
        background.start(report.run(settings.emf_interval_s))

    def _locations(self) -> Locations | None:
        return None if self._settings.location_db is None else Locations(self._settings.location_db)

    def _start_live_watch(self, background: Background, control: CallControl) -> LiveWatch | None:
        """None without an API."""
        settings = self._settings
        if self._client is None:
            return None
        watch = LiveWatch(
            client=self._client,
            decider=control.decider,
            live=control.live,
            locations=self._locations(),
            metrics=self._metrics,
            clock=time.monotonic,
            wall_clock=clock_ms,
            refresh_s=settings.live_refresh_s,
        )
        background.start(watch.run(settings.live_interval_s))
        return watch

    def _start_orders(
        self, stack: AsyncExitStack, control: CallControl, rpc: KamailioRpc, watch: LiveWatch | None
    ) -> Obey:
        """What to call with an order of the feed."""
        if watch is None:
            return lambda _id, _key: None
        orders = Orders(control=control, rpc=rpc, watch=watch, clock=clock_ms)
        stack.push_async_callback(orders.close)
        return orders.obey

    def _control(self, journal: Journal, store: PartsStore, cdr_queued: Callable[[], None]) -> CallControl:
        settings = self._settings
        return CallControl(
            live=LiveCalls(),
            admission=_admission(self._peers),
            journal=journal,
            decider=Decider(
                store, sbc_id=settings.sbc_id, plan_route=plan_route, timeout_s=settings.decision_timeout_s
            ),
            identity=NodeIdentity(settings.sbc_id, settings.node),
            metrics=self._metrics,
            clock=clock_ms,
            new_call_id=new_call_id,
            cdr_queued=cdr_queued,
            max_duration_s=settings.max_duration_s,
        )

    def _routes(self, control: CallControl, store: PartsStore, rpc: KamailioRpc, watch: LiveWatch | None) -> Routes:
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
            watched_tenants=lambda: 0 if watch is None else len(watch),
            peers=self._peers,
        )


def _write_line(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _admission(peers: Peers | None) -> Admission:
    return Admission() if peers is None else Admission(elsewhere=peers.counts.in_use, changed=peers.note)


def _api_client(settings: Settings) -> HttpClient | None:
    if settings.node_key_file is None:
        return None
    headers = {"Authorization": f"Bearer {read_node_key(settings.node_key_file)}"}
    return HttpClient(settings.api_url, headers=headers, timeout_s=settings.fetch_timeout_s)
