"""Watches of tenants and what the nodes report meanwhile: items that expire by themselves, beside the tenant."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.live import RENEW_MS, WATCH_MS, Json, Report, hang_up_key, shorten, watch_key
from chalicelib.storage import keys
from chalicelib.storage.database import database
from chalicelib.storage.items import Item
from chalicelib.storage.scope import TenantScope
from chalicelib.storage.transaction import Actor, Transaction

MAX_BYTES = 300_000  # of a stored report; DynamoDB takes 400 KB
KEPT_S = 600
NODE = "NODE#"


class Watch(Item, discriminator="Watch"):
    """``since``: when it began; renewals move ``renewed_at`` alone."""

    sbc_id = UnicodeAttribute()
    since = NumberAttribute()
    renewed_at = NumberAttribute()


class LiveReport(Item, discriminator="LiveReport"):
    sbc_id = UnicodeAttribute()
    received_at = NumberAttribute()
    body = BinaryAttribute(legacy_encoding=False)  # JSON, gzip


@dataclass(frozen=True, slots=True)
class Watched:
    """``watch`` is None if nobody is looking."""

    watch: Watch | None
    reports: list[Report]


def find_live(scope: TenantScope) -> Watched:
    """One query. Without what another SBC said before the tenant moved."""
    watch: Watch | None = None
    reports: list[Report] = []
    for item in database().all(Item, keys.live(scope.tenant_id)):
        if isinstance(item, Watch) and item.sbc_id == scope.sbc_id:
            watch = item
        elif isinstance(item, LiveReport) and item.sbc_id == scope.sbc_id:
            reports.append(Report(int(item.received_at), json.loads(gzip.decompress(item.body))))
    return Watched(watch, reports)


def put_watch(scope: TenantScope, before: Watch | None, *, now_ms: int) -> None:
    """Begins or renews the watch and tells the nodes. ``already_exists`` when another look has just done so."""
    tx = Transaction(now_ms=now_ms)
    watch = Watch(
        pk=keys.live(scope.tenant_id),
        sk=keys.WATCH,
        sbc_id=scope.sbc_id,
        since=now_ms if before is None else before.since,
        renewed_at=now_ms,
        ttl=(now_ms + WATCH_MS) // 1000,
    )
    tx.put(
        watch,
        condition="attribute_not_exists(PK) OR renewed_at <= :due OR sbc_id <> :sbc_id",
        on_conflict=PatchbayError("already_exists"),
        due=now_ms - RENEW_MS,
        sbc_id=scope.sbc_id,
    )
    tx.order(watch_key(scope.tenant_id), scope.sbc_id)
    tx.commit()


def put_report(tenant_id: str, sbc_id: str, node: str, body: Json, *, now_ms: int) -> None:
    """Replaces the node's last one. Alone and without a transaction, which would cost twice: nothing depends on it."""
    packed = _pack(body)
    while len(packed) > MAX_BYTES:
        body = shorten(body)
        packed = _pack(body)
    item = LiveReport(
        pk=keys.live(tenant_id),
        sk=f"{NODE}{sbc_id}#{node}",
        sbc_id=sbc_id,
        received_at=now_ms,
        body=packed,
        ttl=now_ms // 1000 + KEPT_S,
    )
    database().put_many([item])


def order_hang_up(scope: TenantScope, call: Json, *, actor: Actor) -> None:
    """``call``: as reported; the trail says whose it was."""
    tx = Transaction()
    tx.order(hang_up_key(scope.tenant_id, call["call_id"]), scope.sbc_id)
    told = {"tenant_id": scope.tenant_id} | {name: call[name] for name in ("call_id", "direction", "caller", "called")}
    tx.audit(scope.isp_id, actor, "call.hang_up", after=told)
    tx.commit()


def _pack(body: Json) -> bytes:
    return gzip.compress(json.dumps(body, separators=(",", ":")).encode(), compresslevel=6, mtime=0)
