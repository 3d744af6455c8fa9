"""Tenants: one PBX each, reachable by its SIP domain, served by one SBC."""

from __future__ import annotations

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.storage import keys
from chalicelib.storage.database import database
from chalicelib.storage.items import Record
from chalicelib.storage.scope import TenantScope


class Tenant(Record, discriminator="Tenant"):
    """Stored below the ISP (``TENANT#<id>``), so that an ISP lists its own; what is inside it lives in a partition
    of its own."""

    name = UnicodeAttribute()
    domain = UnicodeAttribute()
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


def find_tenant(isp_id: str, tenant_id: str) -> Tenant | None:
    return database().find(Tenant, keys.isp(isp_id), f"TENANT#{tenant_id}")


def find_tenant_scope(isp_id: str, tenant_id: str) -> TenantScope | None:
    found = find_tenant(isp_id, tenant_id)
    if found is None:
        return None
    return TenantScope(isp_id=isp_id, tenant_id=tenant_id, sbc_id=found.sbc_id, domain=found.domain)
