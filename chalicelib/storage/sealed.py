"""What the table keeps sealed with the master key for good: the HA1s of subscribers, also of deleted ones and of
those of deleted tenants, which can be restored for 30 days. Walked page by page, ISP by ISP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chalicelib.domain.errors import PatchbayError
from chalicelib.storage import keys
from chalicelib.storage.database import Key, Page, database
from chalicelib.storage.isps import page_of_isps
from chalicelib.storage.scope import TenantScope
from chalicelib.storage.subscribers import SECRETS, SUBSCRIBER, Subscriber
from chalicelib.storage.tenants import Tenant, scope_of
from chalicelib.storage.transaction import EXISTS, Transaction

TENANTS = (keys.tenant_sk(""), keys.DELETED + keys.tenant_sk(""))
SUBSCRIBERS = (keys.DELETED + SUBSCRIBER.sk_prefix, SUBSCRIBER.sk_prefix)  # one restored meanwhile is met behind
FIELDS = tuple(sorted(SECRETS))


def next_tenant(isp_id: str, prefix: str, after: Key | None) -> Page[Tenant]:
    """At most one."""
    return database().page(Tenant, keys.isp(isp_id), prefix=prefix, limit=1, after=after)


def find_walked_tenant(isp_id: str, sk: str) -> TenantScope | None:
    """Deleted or not."""
    tenant = database().find(Tenant, keys.isp(isp_id), sk)
    return None if tenant is None else scope_of(isp_id, tenant)


def page_of_sealed(scope: TenantScope, prefix: str, *, limit: int, after: Key | None) -> Page[Subscriber]:
    return database().page(Subscriber, scope.pk, prefix=prefix, limit=limit, after=after)


def replace_sealed(tx: Transaction, seen: Subscriber, sealed: dict[str, str]) -> None:
    """``sealed``: all of ``FIELDS``, of the same HA1s. The commit raises ``try_again`` if anybody has changed one of
    them since, or moved the record. The record's version stays: nobody sees a difference, or has to edit again."""
    values: dict[str, Any] = sealed | {f"old_{name}": str(getattr(seen, name)) for name in FIELDS}
    tx.update(
        seen.pk,
        seen.sk,
        "SET " + ", ".join(f"{name} = :{name}" for name in FIELDS),
        condition=" AND ".join([EXISTS, *(f"{name} = :old_{name}" for name in FIELDS)]),
        on_conflict=PatchbayError("try_again"),
        **values,
    )


def all_sealed(*, page_size: int = 500) -> Iterator[tuple[str, Subscriber, str]]:
    """``subscriber`` or ``deleted_subscriber``, the record and its domain; of the whole installation."""
    for isp_id in _isp_ids():
        for tenant in (tenant for prefix in TENANTS for tenant in _tenants(isp_id, prefix)):
            scope = scope_of(isp_id, tenant)
            for prefix in SUBSCRIBERS:
                kind = "subscriber" if prefix == SUBSCRIBER.sk_prefix else "deleted_subscriber"
                yield from ((kind, found, scope.domain) for found in _records(scope, prefix, page_size))


def _isp_ids() -> Iterator[str]:
    after: Key | None = None
    while True:
        page = page_of_isps(limit=100, after=after)
        yield from (str(isp.id) for isp in page.items)
        after = page.last_key
        if after is None:
            return


def _tenants(isp_id: str, prefix: str) -> Iterator[Tenant]:
    after: Key | None = None
    while True:
        page = database().page(Tenant, keys.isp(isp_id), prefix=prefix, limit=100, after=after)
        yield from page.items
        after = page.last_key
        if after is None:
            return


def _records(scope: TenantScope, prefix: str, page_size: int) -> Iterator[Subscriber]:
    after: Key | None = None
    while True:
        page = page_of_sealed(scope, prefix, limit=page_size, after=after)
        yield from page.items
        after = page.last_key
        if after is None:
            return
