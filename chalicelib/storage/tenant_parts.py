"""What every change inside a tenant does to its snapshot parts."""

from __future__ import annotations

from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.parts import core_key
from chalicelib.storage.items import Record
from chalicelib.storage.scope import TenantScope
from chalicelib.storage.transaction import Transaction


def core_effects(scope: TenantScope, tx: Transaction, *_: Record | None) -> None:
    """For records that stand in the tenant's core part."""
    tx.bump(core_key(scope.tenant_id), [scope.sbc_id])


def count_use(tx: Transaction, scope: TenantScope, record_sk: str, change: int) -> None:
    """One more (+1) or less (-1) subscriber refers to a record of this tenant, which then can't be deleted."""
    tx.update(
        scope.pk,
        f"USES#{record_sk}",
        "ADD uses :change",
        change=change,
    )


def refuse_if_used(tx: Transaction, scope: TenantScope, record_sk: str, what: str) -> None:
    tx.check(
        scope.pk,
        f"USES#{record_sk}",
        condition="attribute_not_exists(uses) OR uses <= :none",
        on_conflict=PatchbayError("in_use", f"Subscribers still use this {what}; give them another first"),
        none=0,
    )


def subscriber_count_key(scope: TenantScope) -> tuple[str, str]:
    return scope.pk, "COUNT#SUBSCRIBERS"
