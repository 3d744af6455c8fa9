"""Tenants: one PBX each, reachable by its SIP domain, served by one SBC."""

from __future__ import annotations

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.domain.errors import field_error
from chalicelib.domain.parts import core_key, did_shard, dids_key, index_key, isp_key, subscribers_key
from chalicelib.domain.sentences import say
from chalicelib.storage import keys
from chalicelib.storage.carriers import CARRIER, bring_gateways, remove_gateways
from chalicelib.storage.customer_tenants import delete_link, put_link
from chalicelib.storage.customers import CUSTOMER
from chalicelib.storage.database import database
from chalicelib.storage.dialplans import DIALPLAN
from chalicelib.storage.domains import DOMAIN, check_verified
from chalicelib.storage.isp_sbcs import SbcSet, advance_sbc_set, count_tenant, sbc_set
from chalicelib.storage.items import Item, Record
from chalicelib.storage.records import Noun
from chalicelib.storage.references import Reference, check_unchanged, find_uses
from chalicelib.storage.sbc_entries import delete_did, delete_domain, put_did, put_domain
from chalicelib.storage.sbcs import leave_sbc, use_sbc
from chalicelib.storage.scope import IspScope, TenantScope
from chalicelib.storage.transaction import Transaction


class Tenant(Record, discriminator="Tenant"):
    """Stored below the ISP, so that an ISP lists its own; what is inside it lives in ``TENANT#<id>``."""

    name = UnicodeAttribute()
    domain = UnicodeAttribute()
    own_domain_id = UnicodeAttribute(default="")  # of the customer's own domain; empty: a subdomain of the platform's
    customer_id = UnicodeAttribute()
    carrier_id = UnicodeAttribute(default="")
    dialplan_id = UnicodeAttribute(default="")
    sbc_id = UnicodeAttribute()
    country_code = UnicodeAttribute(default="")
    main_number = UnicodeAttribute(default="")
    caller_ids = JSONAttribute(default=list)
    emergency_caller_id = UnicodeAttribute(default="")
    emergency_address = UnicodeAttribute(default="")
    max_calls = NumberAttribute(default=0)
    subscriber_shards = NumberAttribute(default=1)
    suspended = BooleanAttribute(default=False)


class TenantPointer(Item, discriminator="TenantPointer"):
    """Leads from a tenant id to its ISP; also the proof that the tenant exists and which SBC serves it."""

    isp_id = UnicodeAttribute()
    sbc_id = UnicodeAttribute()


class DomainOwner(Item, discriminator="DomainOwner"):
    """A SIP domain in use: one tenant on the whole platform."""

    tenant_id = UnicodeAttribute()


class TenantPast(Item, discriminator="TenantPast"):
    """An SBC that has served the tenant, or a customer it has belonged to: records of calls made then are still to
    come after a change. Never deleted: it stays true."""


class TenantDid(Item, discriminator="TenantDid"):
    """A number that was allocated to a tenant, and the subscriber it rings (empty: nobody yet)."""

    number = UnicodeAttribute()
    subscriber_id = UnicodeAttribute(default="")


def find_tenant(isp_id: str, tenant_id: str) -> Tenant | None:
    return database().find(Tenant, keys.isp(isp_id), keys.tenant_sk(tenant_id))


def find_tenant_scope(isp_id: str, tenant_id: str) -> TenantScope | None:
    found = find_tenant(isp_id, tenant_id)
    return None if found is None else scope_of(isp_id, found)


def scope_of(isp_id: str, tenant: Tenant) -> TenantScope:
    return TenantScope(isp_id=isp_id, tenant_id=tenant.id, sbc_id=tenant.sbc_id, domain=tenant.domain)


def find_tenant_pointer(tenant_id: str) -> TenantPointer | None:
    return database().find(TenantPointer, keys.tenant(tenant_id), keys.META)


def belonged_to(tenant_id: str, owner_id: str) -> bool:
    """Whether this SBC serves or served the tenant, or it is or was this customer's."""
    return database().find(TenantPast, keys.tenant(tenant_id), keys.past_sk(owner_id)) is not None


def tenant_dids(tenant_id: str) -> list[TenantDid]:
    return database().all(TenantDid, keys.tenant(tenant_id), prefix="DID#")


def _effects(scope: IspScope, tx: Transaction, before: Tenant | None, after: Tenant | None) -> None:
    if before is None or after is None or before.sbc_id != after.sbc_id:
        _move(scope, tx, before, after)
    if after is not None:
        tx.bump(core_key(after.id), [after.sbc_id])
    _follow_customer(tx, before, after)


def _move(scope: IspScope, tx: Transaction, before: Tenant | None, after: Tenant | None) -> None:
    """From nowhere, to nowhere, or from one SBC to another. The set of SBCs is read first and proven last: no carrier
    can be changed in between; nor can a number be allocated while the tenant is on its way."""
    seen = sbc_set(scope.isp_id)
    if before is not None and after is not None:
        check_unchanged(tx, scope.pk, TENANT.sk(after.id), find_uses(scope.pk, TENANT.sk(after.id)))
    crosses = False
    if before is not None:
        crosses = _leave(scope, tx, before, stays=after is not None, seen=seen)
    if after is not None:
        crosses = _arrive(scope, tx, after, arrives=before is None, seen=seen) or crosses
    if crosses:
        advance_sbc_set(tx, scope.isp_id, seen)


def _arrive(scope: IspScope, tx: Transaction, tenant: Tenant, *, arrives: bool, seen: SbcSet) -> bool:
    """The tenant's entries on its SBC, and the ISP's too if this is its first tenant there (True)."""
    sbc_id, isp_id = tenant.sbc_id, scope.isp_id
    if arrives:
        tx.put_new(
            DomainOwner(pk=keys.sip_domain(tenant.domain), sk=keys.UNIQUE, tenant_id=tenant.id),
            on_conflict=field_error("domain", say("name_in_use", name=tenant.domain), code="name_taken"),
        )
    if tenant.own_domain_id:
        check_verified(tx, isp_id, tenant.domain)
    tx.put(TenantPointer(pk=keys.tenant(tenant.id), sk=keys.META, isp_id=isp_id, sbc_id=sbc_id))
    tx.put(TenantPast(pk=keys.tenant(tenant.id), sk=keys.past_sk(sbc_id)))
    put_domain(tx, sbc_id, domain=tenant.domain, isp_id=isp_id, tenant_id=tenant.id)
    for did in tenant_dids(tenant.id):
        put_did(tx, sbc_id, number=did.number, isp_id=isp_id, tenant_id=tenant.id)
        tx.bump(dids_key(sbc_id, did_shard(did.number)), [sbc_id])
    for shard in range(int(tenant.subscriber_shards)):
        tx.bump(subscribers_key(tenant.id, shard), [sbc_id])
    tx.bump(index_key(sbc_id), [sbc_id])
    use_sbc(tx, isp_id, sbc_id)
    first = count_tenant(tx, isp_id, sbc_id, +1, seen=seen)
    if first:
        tx.bump(isp_key(isp_id), [sbc_id])
        bring_gateways(tx, isp_id, sbc_id)
    return first


def _leave(scope: IspScope, tx: Transaction, tenant: Tenant, *, stays: bool, seen: SbcSet) -> bool:
    """Nothing of the tenant is left on its SBC, and nothing of the ISP if it was its last there (True)."""
    sbc_id, isp_id = tenant.sbc_id, scope.isp_id
    if not stays:
        tx.delete(keys.sip_domain(tenant.domain), keys.UNIQUE)
        tx.delete(keys.tenant(tenant.id), keys.META)
    delete_domain(tx, sbc_id, domain=tenant.domain)
    for did in tenant_dids(tenant.id):
        delete_did(tx, sbc_id, number=did.number, isp_id=isp_id)
        tx.bump(dids_key(sbc_id, did_shard(did.number)), [sbc_id])
    tx.bump(index_key(sbc_id), [sbc_id])
    tx.bump(core_key(tenant.id), [sbc_id])
    leave_sbc(tx, sbc_id)
    last = count_tenant(tx, isp_id, sbc_id, -1, seen=seen)
    if last:
        tx.bump(isp_key(isp_id), [sbc_id])
        remove_gateways(tx, isp_id, sbc_id)
    return last


def _follow_customer(tx: Transaction, before: Tenant | None, after: Tenant | None) -> None:
    old = (before.customer_id, before.sbc_id) if before else None
    new = (after.customer_id, after.sbc_id) if after else None
    if old == new:
        return
    if before is not None and (after is None or after.customer_id != before.customer_id):
        delete_link(tx, before.customer_id, before.id)
    if after is not None:
        put_link(tx, after.customer_id, after.id, after.sbc_id)
        tx.put(TenantPast(pk=keys.tenant(after.id), sk=keys.past_sk(after.customer_id)))


TENANT = Noun(
    "tenant",
    "ten",
    "TENANT#",
    Tenant,
    effects=_effects,
    references=(
        Reference("customer_id", CUSTOMER.sk_prefix),
        Reference("carrier_id", CARRIER.sk_prefix),
        Reference("dialplan_id", DIALPLAN.sk_prefix),
        Reference("own_domain_id", DOMAIN.sk_prefix),
    ),
    referable=True,
    index_name=lambda tenant: tenant.name,
)
