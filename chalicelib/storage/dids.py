"""The number inventory of an ISP, and the allocation of its numbers to tenants and subscribers."""

from __future__ import annotations

from collections.abc import Sequence

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.parts import core_key, did_shard, dids_key
from chalicelib.domain.sentences import say
from chalicelib.storage import keys
from chalicelib.storage.database import Key, Page, database
from chalicelib.storage.items import Item
from chalicelib.storage.references import change_uses, missing_reference
from chalicelib.storage.sbc_entries import delete_did, put_did
from chalicelib.storage.scope import TenantScope
from chalicelib.storage.subscribers import SUBSCRIBER
from chalicelib.storage.tenant_parts import bump_tenant_part
from chalicelib.storage.tenants import TENANT, TenantDid
from chalicelib.storage.transaction import Actor, Transaction


class Did(Item, discriminator="Did"):
    """A number of the inventory; free while ``tenant_id`` is empty."""

    number = UnicodeAttribute()
    tenant_id = UnicodeAttribute(default="")
    created_at = NumberAttribute()


class DidOwner(Item, discriminator="DidOwner"):
    isp_id = UnicodeAttribute()


def find_did(isp_id: str, number: str) -> Did | None:
    return database().find(Did, keys.isp(isp_id), keys.did_sk(number))


def page_of_dids(isp_id: str, *, limit: int, after: Key | None, search: str) -> Page[Did]:
    return database().page(Did, keys.isp(isp_id), prefix=keys.did_sk(search), limit=limit, after=after)


def page_of_tenant_dids(scope: TenantScope, *, limit: int, after: Key | None, search: str) -> Page[TenantDid]:
    return database().page(TenantDid, scope.pk, prefix=keys.did_sk(search), limit=limit, after=after)


def owners(isp_id: str, numbers: Sequence[str]) -> dict[str, bool]:
    """Of the numbers that somebody has: whether it is this ISP."""
    found = database().get_many(DidOwner, [(keys.did(number), keys.UNIQUE) for number in numbers])
    return {owner.pk.removeprefix("DID#"): owner.isp_id == isp_id for owner in found}


def add_dids(isp_id: str, numbers: Sequence[str], *, actor: Actor) -> None:
    """Up to 45 numbers that nobody has, in one transaction."""
    tx = Transaction()
    for number in numbers:
        tx.put_new(
            DidOwner(pk=keys.did(number), sk=keys.UNIQUE, isp_id=isp_id),
            on_conflict=PatchbayError("did_not_available", say("number_not_free", number=number)),
        )
        tx.put(Did(pk=keys.isp(isp_id), sk=keys.did_sk(number), number=number, created_at=tx.now_ms))
    tx.audit(isp_id, actor, "did.add", after={"numbers": list(numbers)})
    tx.commit()


def remove_did(isp_id: str, number: str, *, actor: Actor) -> None:
    if find_did(isp_id, number) is None:
        raise PatchbayError("not_found", say("number_not_in_inventory"))
    tx = Transaction()
    tx.delete(
        keys.isp(isp_id),
        keys.did_sk(number),
        condition="tenant_id = :nobody",
        on_conflict=PatchbayError("in_use", say("number_allocated", number=number)),
        nobody="",
    )
    tx.delete(keys.did(number), keys.UNIQUE)
    tx.audit(isp_id, actor, "did.remove", before={"number": number})
    tx.commit()


def allocate_did(scope: TenantScope, number: str, subscriber_id: str, *, actor: Actor) -> TenantDid:
    """A free number of the ISP's inventory becomes the tenant's, for a subscriber or (empty) for nobody yet."""
    tx = Transaction()
    tx.update(
        keys.isp(scope.isp_id),
        keys.did_sk(number),
        "SET tenant_id = :tenant_id",
        condition="tenant_id = :nobody",
        on_conflict=PatchbayError("did_not_available", say("number_not_free_in_inventory", number=number)),
        tenant_id=scope.tenant_id,
        nobody="",
    )
    did = TenantDid(pk=scope.pk, sk=keys.did_sk(number), number=number, subscriber_id=subscriber_id)
    tx.put(did)
    _use_subscriber(tx, scope, subscriber_id, +1)
    change_uses(tx, keys.isp(scope.isp_id), TENANT.sk(scope.tenant_id), +1, on_missing=PatchbayError("not_found"))
    put_did(tx, scope.sbc_id, number=number, isp_id=scope.isp_id, tenant_id=scope.tenant_id)
    _bump(tx, scope, number)
    tx.audit(scope.isp_id, actor, "did.allocate", after={"number": number, "subscriber_id": subscriber_id})
    tx.commit()
    return did


def get_tenant_did(scope: TenantScope, number: str) -> TenantDid:
    found = database().find(TenantDid, scope.pk, keys.did_sk(number))
    if found is None:
        raise PatchbayError("not_found", say("number_not_of_tenant"))
    return found


def assign_did(scope: TenantScope, number: str, subscriber_id: str, *, actor: Actor) -> TenantDid:
    """The number rings another subscriber, or (empty) nobody."""
    did = get_tenant_did(scope, number)
    before = did.subscriber_id
    if before == subscriber_id:
        return did
    tx = Transaction()
    did.subscriber_id = subscriber_id
    tx.put(did, condition="subscriber_id = :before", before=before)
    _use_subscriber(tx, scope, before, -1)
    _use_subscriber(tx, scope, subscriber_id, +1)
    bump_tenant_part(tx, scope, core_key(scope.tenant_id))
    tx.audit(scope.isp_id, actor, "did.assign", before={"subscriber_id": before}, after={"number": number,
             "subscriber_id": subscriber_id})  # fmt: skip
    tx.commit()
    return did


def release_did(scope: TenantScope, number: str, *, actor: Actor) -> None:
    """Back to the ISP's inventory."""
    did = get_tenant_did(scope, number)
    tx = Transaction()
    tx.delete(scope.pk, keys.did_sk(number), condition="subscriber_id = :seen", seen=did.subscriber_id)
    tx.update(keys.isp(scope.isp_id), keys.did_sk(number), "SET tenant_id = :nobody", nobody="")
    _use_subscriber(tx, scope, did.subscriber_id, -1)
    change_uses(tx, keys.isp(scope.isp_id), TENANT.sk(scope.tenant_id), -1, on_missing=PatchbayError("not_found"))
    delete_did(tx, scope.sbc_id, number=number, isp_id=scope.isp_id)
    _bump(tx, scope, number)
    tx.audit(scope.isp_id, actor, "did.release", before={"number": number})
    tx.commit()


def _use_subscriber(tx: Transaction, scope: TenantScope, subscriber_id: str, change: int) -> None:
    if subscriber_id:
        missing = missing_reference("subscriber_id", subscriber_id)
        change_uses(tx, scope.pk, SUBSCRIBER.sk(subscriber_id), change, on_missing=missing)


def _bump(tx: Transaction, scope: TenantScope, number: str) -> None:
    bump_tenant_part(tx, scope, core_key(scope.tenant_id))
    bump_tenant_part(tx, scope, dids_key(scope.sbc_id, did_shard(number)))
