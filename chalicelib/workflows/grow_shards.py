"""More subscriber parts for a tenant that has grown, so that each stays small.

The core part says how many there are. A node that sees the new number before the new parts still holds the old, wider
ones, which contain more than they must and never less; the parts that are new to it it fetches.
"""

from __future__ import annotations

from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.parts import core_key, subscribers_key
from chalicelib.storage import keys
from chalicelib.storage.scope import TenantScope
from chalicelib.storage.subscribers import SHARD_FILL, count_subscribers, subscriber_shards
from chalicelib.storage.tenant_parts import bump_tenant_part
from chalicelib.storage.transaction import Transaction

MOST_SHARDS = 256
BUMPS_AT_ONCE = 40  # two operations each


def grow_shards(scope: TenantScope, *, expected: int = 0) -> int:
    """Doubles the shards until each holds ``SHARD_FILL`` on average; the number in force afterwards. ``expected``: how
    many subscribers there will be soon."""
    shards = subscriber_shards(scope)
    while shards < MOST_SHARDS and max(count_subscribers(scope), expected) > shards * SHARD_FILL:
        shards = _double(scope, shards)
    return shards


def _double(scope: TenantScope, shards: int) -> int:
    tx = Transaction()
    tx.update(
        keys.isp(scope.isp_id),
        f"TENANT#{scope.tenant_id}",
        "SET subscriber_shards = :doubled ADD version :one",  # who edits the tenant meanwhile must not undo it
        condition="subscriber_shards = :shards",
        on_conflict=PatchbayError("try_again"),
        doubled=shards * 2,
        shards=shards,
        one=1,
    )
    bump_tenant_part(tx, scope, core_key(scope.tenant_id))
    tx.commit()
    for first in range(0, shards * 2, BUMPS_AT_ONCE):
        tx = Transaction()
        for shard in range(first, min(first + BUMPS_AT_ONCE, shards * 2)):
            bump_tenant_part(tx, scope, subscribers_key(scope.tenant_id, shard))
        tx.commit()
    return shards * 2
