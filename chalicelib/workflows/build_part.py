"""The writer of snapshot parts: what ``domain.parts`` reads (docs/interfaces.md), made from the table."""

from __future__ import annotations

from typing import Any

from chalicelib.clients.seal import open_at_rest, seal_ha1
from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.parts import DID_SHARDS
from chalicelib.domain.sentences import say
from chalicelib.storage import feed, part_records
from chalicelib.storage.subscribers import Subscriber, subscribers_of_shard
from chalicelib.storage.tenants import Tenant, find_tenant, find_tenant_pointer, scope_of, tenant_dids
from chalicelib.workflows.show_seal_keys import seal_key_of

Body = dict[str, Any]

READS = 3


def build_part(key: str, sbc_id: str, *, seal_key_id: str = "") -> Body | None:
    """The part as JSON values with its version; None if it is gone or not this SBC's. ``seal_key_id``: which seal key
    of the SBC the node has.

    A part takes several reads, so its version is compared before and after: equal means that it is of one instant.
    """
    for _ in range(READS):
        version = feed.find_part_version(sbc_id, key)
        body = _body(key.split("/"), sbc_id, seal_key_id)
        if feed.find_part_version(sbc_id, key) == version:
            return None if body is None else {"key": key, "version": version or 0, **body}
    raise PatchbayError("try_again", say("part_busy"))


def _body(key: list[str], sbc_id: str, seal_key_id: str) -> Body | None:
    match key:
        case ["sbc", owner, "index"] if owner == sbc_id:
            return part_records.index_body(sbc_id)
        case ["sbc", owner, "dids", shard] if owner == sbc_id and int(shard) < DID_SHARDS:
            return part_records.dids_body(sbc_id, int(shard))
        case ["isp", isp_id]:
            return part_records.isp_body(isp_id, sbc_id)
        case ["tenant", tenant_id, "core"]:
            tenant = _served_tenant(tenant_id, sbc_id)
            return None if tenant is None else _core_body(*tenant)
        case ["tenant", tenant_id, "subscribers", shard]:
            tenant = _served_tenant(tenant_id, sbc_id)
            return None if tenant is None else _subscribers_body(*tenant, int(shard), seal_key_id)
    return None


def _served_tenant(tenant_id: str, sbc_id: str) -> tuple[str, Tenant] | None:
    """The ISP's id and the tenant, if this SBC serves it."""
    pointer = find_tenant_pointer(tenant_id)
    if pointer is None or pointer.sbc_id != sbc_id:
        return None
    tenant = find_tenant(pointer.isp_id, tenant_id)
    return None if tenant is None else (pointer.isp_id, tenant)


def _core_body(isp_id: str, tenant: Tenant) -> Body:
    scope = scope_of(isp_id, tenant)
    return {
        "tenant_id": tenant.id,
        "isp_id": isp_id,
        "name": tenant.name,
        "domain": tenant.domain,
        "suspended": bool(tenant.suspended),
        "customer": part_records.customer_body(isp_id, tenant.customer_id),
        "carrier_id": tenant.carrier_id,
        "dialplan_id": tenant.dialplan_id,
        "country_code": tenant.country_code,
        "main_number": tenant.main_number,
        "caller_ids": tenant.caller_ids,
        "emergency_caller_id": tenant.emergency_caller_id,
        "security_groups": part_records.security_groups_body(scope),
        "date_ranges": part_records.date_ranges_body(scope),
        "dids": {did.number: did.subscriber_id for did in tenant_dids(tenant.id)},
        "max_calls": int(tenant.max_calls),
        "subscriber_shards": int(tenant.subscriber_shards),
    }


def _subscribers_body(isp_id: str, tenant: Tenant, shard: int, seal_key_id: str) -> Body | None:
    shards = int(tenant.subscriber_shards)
    if shard >= shards:
        return None
    found = subscribers_of_shard(scope_of(isp_id, tenant), shard, shards)
    key = seal_key_of(tenant.sbc_id, seal_key_id)
    return {
        "tenant_id": tenant.id,
        "subscribers": [_subscriber_body(subscriber, tenant.domain, key) for subscriber in found],
    }


def _subscriber_body(subscriber: Subscriber, domain: str, key: bytes) -> Body:
    def resealed(sealed: str) -> str:
        return seal_ha1(open_at_rest(sealed, subscriber.username, domain), subscriber.username, domain, key)

    return {
        "subscriber_id": subscriber.id,
        "username": subscriber.username,
        "alias": subscriber.alias,
        "name": subscriber.name,
        "suspended": bool(subscriber.suspended),
        "area_code": subscriber.area_code,
        "caller_id": subscriber.caller_id,
        "security_group_id": subscriber.security_group_id,
        "date_range_id": subscriber.date_range_id,
        "language": subscriber.language,
        "forward_always": subscriber.forward_always,
        "forward_busy": subscriber.forward_busy,
        "forward_no_answer": subscriber.forward_no_answer,
        "forward_unreachable": subscriber.forward_unreachable,
        "max_calls": int(subscriber.max_calls),
        "dial_timeout_s": int(subscriber.dial_timeout_s),
        "sip_ha1": resealed(subscriber.sip_ha1),
        "softphone_ha1": resealed(subscriber.softphone_ha1),
    }
