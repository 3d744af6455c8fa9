"""What every change inside a tenant does to its snapshot parts."""

from __future__ import annotations

from chalicelib.domain.parts import core_key
from chalicelib.storage.items import Record
from chalicelib.storage.scope import TenantScope
from chalicelib.storage.transaction import Transaction


def core_effects(scope: TenantScope, tx: Transaction, *_: Record | None) -> None:
    """For records that stand in the tenant's core part."""
    tx.bump(core_key(scope.tenant_id), [scope.sbc_id])


def subscriber_count_key(scope: TenantScope) -> tuple[str, str]:
    return scope.pk, "COUNT#SUBSCRIBERS"
