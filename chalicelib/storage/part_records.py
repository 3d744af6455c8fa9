"""Reads for the snapshot parts: stored records as the JSON values that ``domain.parts`` reads."""

from __future__ import annotations

from typing import Any

from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.sentences import say
from chalicelib.storage import keys
from chalicelib.storage.carriers import GatewayEntry, carriers_of_isp
from chalicelib.storage.customers import CUSTOMER
from chalicelib.storage.database import database
from chalicelib.storage.date_ranges import DATE_RANGE
from chalicelib.storage.dialplans import DIALPLAN
from chalicelib.storage.isp_sbcs import sbcs_of_isp
from chalicelib.storage.isps import find_isp
from chalicelib.storage.records import all_records, find_record
from chalicelib.storage.sbc_entries import DidEntry, DomainEntry
from chalicelib.storage.sbcs import find_sbc
from chalicelib.storage.scope import IspScope, TenantScope
from chalicelib.storage.security_groups import SECURITY_GROUP
from chalicelib.storage.service_plans import SERVICE_PLAN

Body = dict[str, Any]


def index_body(sbc_id: str) -> Body | None:
    sbc = find_sbc(sbc_id)
    if sbc is None:
        return None
    domains = database().all(DomainEntry, keys.sbc_index(sbc_id), prefix="DOMAIN#")
    gateways = database().all(GatewayEntry, keys.sbc_index(sbc_id), prefix="GATEWAY#")
    return {
        "sbc_id": sbc_id,
        "domains": {entry.domain: {"isp_id": entry.isp_id, "tenant_id": entry.tenant_id} for entry in domains},
        "gateways": [
            {
                "isp_id": entry.isp_id,
                "carrier_id": entry.carrier_id,
                "gateway_id": entry.gateway_id,
                "networks": entry.networks,
                "port": entry.port,
            }
            for entry in gateways
        ],
        "allow_private_gateways": bool(sbc.allow_private_gateways),
    }


def dids_body(sbc_id: str, shard: int) -> Body:
    owners: dict[str, list[Body]] = {}
    for entry in database().all(DidEntry, keys.sbc_dids(sbc_id, shard)):
        owners.setdefault(entry.number, []).append({"isp_id": entry.isp_id, "tenant_id": entry.tenant_id})
    return {"dids": owners}


def isp_body(isp_id: str, sbc_id: str) -> Body | None:
    """None unless the ISP has a tenant on this SBC."""
    isp = find_isp(isp_id)
    if isp is None or sbc_id not in sbcs_of_isp(isp_id):
        return None
    scope = IspScope(isp_id)
    return {
        "isp_id": isp_id,
        "suspended": bool(isp.suspended),
        "carriers": [
            {
                "carrier_id": carrier.id,
                "name": carrier.name,
                "suspended": bool(carrier.suspended),
                "gateways": carrier.gateways,
            }
            for carrier in carriers_of_isp(isp_id)
        ],
        "dialplans": [
            {"dialplan_id": plan.id, "name": plan.name, "country_code": plan.country_code, "rules": plan.rules}
            for plan in all_records(scope, DIALPLAN)
        ],
        "service_plans": [
            {"service_plan_id": plan.id, "payment": plan.payment} for plan in all_records(scope, SERVICE_PLAN)
        ],
    }


def customer_body(isp_id: str, customer_id: str) -> Body:
    customer = find_record(IspScope(isp_id), CUSTOMER, customer_id)
    if customer is None:
        raise PatchbayError("try_again", say("customer_of_tenant_missing"))
    return {
        "customer_id": customer.id,
        "service_plan_id": customer.service_plan_id,
        "suspended": bool(customer.suspended),
    }


def security_groups_body(scope: TenantScope) -> list[Body]:
    return [
        {
            "security_group_id": group.id,
            "name": group.name,
            "prefixes": sorted({*group.prefixes, *group.country_prefixes}),
        }
        for group in all_records(scope, SECURITY_GROUP)
    ]


def date_ranges_body(scope: TenantScope) -> list[Body]:
    return [
        {"date_range_id": found.id, "name": found.name, "time_zone": found.time_zone, "rules": found.rules}
        for found in all_records(scope, DATE_RANGE)
    ]
