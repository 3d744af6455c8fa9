"""A tenant's numbers with the names of those they ring."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.schemas.dids import TenantDidView
from chalicelib.storage.scope import TenantScope
from chalicelib.storage.subscribers import subscriber_names
from chalicelib.storage.tenants import TenantDid


def show_dids(scope: TenantScope, dids: Sequence[TenantDid]) -> list[TenantDidView]:
    names = subscriber_names(scope, {did.subscriber_id for did in dids if did.subscriber_id})
    return [
        TenantDidView(
            number=did.number, subscriber_id=did.subscriber_id, subscriber_name=names.get(did.subscriber_id, "")
        )
        for did in dids
    ]
