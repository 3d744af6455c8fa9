"""Where a node's parts come from, and how it learns of changes: by its queue, by asking the API, or from files once."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from chalicelib.domain.parts import DID_SHARDS, dids_key, index_key
from sbc.hook.background import Background
from sbc.hook.change_queue import ChangeQueue, queue_address
from sbc.hook.clock import clock_ms
from sbc.hook.feed import Feed
from sbc.hook.feed_client import FeedClient
from sbc.hook.http_client import HttpClient
from sbc.hook.kamailio_caches import KamailioCaches
from sbc.hook.kamailio_rpc import KamailioRpc
from sbc.hook.metrics import Metrics
from sbc.hook.part_source import ApiSource, DirectorySource, PartGoneError, PartSource, SourceError
from sbc.hook.parts_store import PartsStore
from sbc.hook.queue_feed import QueueFeed
from sbc.hook.revocations import OpenHa1
from sbc.hook.seal_keys import SealKeys
from sbc.hook.settings import Settings

log = logging.getLogger(__name__)

Obey = Callable[[str, str], None]


def part_source(settings: Settings, client: HttpClient | None) -> PartSource:
    if settings.parts_dir is not None:
        return DirectorySource(settings.parts_dir)
    if client is None:
        raise ValueError("neither parts_dir nor an API")  # settings are checked before
    return ApiSource(client)


def start_feed(
    background: Background,
    settings: Settings,
    *,
    client: HttpClient | None,
    store: PartsStore,
    rpc: KamailioRpc,
    open_ha1: OpenHa1,
    seal_keys: SealKeys,
    metrics: Metrics,
    obey: Obey,
) -> None:
    """``obey`` is called with the orders that come among the changes."""
    if client is None or settings.parts_dir is not None:
        background.start(_load_first(store, settings.sbc_id))
        return
    feed = Feed(
        client=FeedClient(client, node=settings.node),
        store=store,
        caches=_caches(settings, rpc),
        open_ha1=open_ha1,
        seal_keys=seal_keys,
        metrics=metrics,
        sbc_id=settings.sbc_id,
        overlap_s=settings.overlap_s,
        clock=time.monotonic,
        wall_clock=clock_ms,
        cursor_file=settings.data_dir / "feed-cursor",
        obey=obey,
    )
    if settings.queue_url:
        background.start(_queue_feed(settings, feed, metrics).run())
        return
    background.start(feed.run(poll_interval_s=settings.poll_interval_s, compare_interval_s=settings.compare_interval_s))


def _caches(settings: Settings, rpc: KamailioRpc) -> KamailioCaches:
    return KamailioCaches(
        rpc,
        auth_table=settings.auth_table,
        source_table=settings.source_table,
        location_table=settings.location_table,
    )


def _queue_feed(settings: Settings, feed: Feed, metrics: Metrics) -> QueueFeed:
    from sbc.hook.aws_signing import AwsSigner  # a library of C that is of no use without a queue

    address = settings.queue_endpoint or queue_address(settings.queue_url)
    queue = ChangeQueue(
        url=settings.queue_url,
        client=HttpClient(address, headers={}, timeout_s=settings.fetch_timeout_s),
        signer=AwsSigner(endpoint=address, region=settings.queue_region, service="sqs"),
    )
    return QueueFeed(
        feed=feed,
        queue=queue,
        metrics=metrics,
        clock=time.monotonic,
        wall_clock=clock_ms,
        wait_s=settings.queue_wait_s,
        overlap_s=settings.overlap_s,
        compare_interval_s=settings.queue_compare_interval_s,
    )


async def _load_first(store: PartsStore, sbc_id: str) -> None:
    for key in (index_key(sbc_id), *(dids_key(sbc_id, shard) for shard in range(DID_SHARDS))):
        try:
            await store.refresh(key)
        except (SourceError, PartGoneError) as error:
            log.warning("part not loaded", extra={"key": key, "error": str(error)})
