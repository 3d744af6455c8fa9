"""What every change inside a tenant does to its snapshot parts."""

from __future__ import annotations

from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.parts import core_key
from chalicelib.domain.sentences import say
from chalicelib.storage import keys
from chalicelib.storage.items import Record
from chalicelib.storage.scope import TenantScope
from chalicelib.storage.transaction import Transaction


def bump_tenant_part(tx: Transaction, scope: TenantScope, part_key: str) -> None:
    """A part of the tenant has changed, on the SBC that serves it. Had it moved to another since the scope was read,
    that one would never hear of the change: then nothing is written."""
    tx.check_once(
        keys.tenant(scope.tenant_id),
        keys.META,
        condition="sbc_id = :served_by",
        on_conflict=PatchbayError("try_again", say("tenant_moving")),
        served_by=scope.sbc_id,
    )
    tx.bump(part_key, [scope.sbc_id])


def core_effects(scope: TenantScope, tx: Transaction, *_: Record | None) -> None:
    """For records that stand in the tenant's core part."""
    bump_tenant_part(tx, scope, core_key(scope.tenant_id))


def subscriber_count_key(scope: TenantScope) -> tuple[str, str]:
    return scope.pk, "COUNT#SUBSCRIBERS"
