"""Snapshots for tests, written as people think of them and read through the product's own part reader.

    snapshot = a_snapshot(an_isp(a_tenant(a_subscriber("alice", alias="101"), dids={"+12092488700": "alice"})))

Ids follow from names: subscriber ``alice`` is ``sub_alice``, gateway ``gw1`` is ``gw_gw1``, and so on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from chalicelib.domain.dialplan_presets import presets
from chalicelib.domain.part_reader import parse_part
from chalicelib.domain.parts import (
    Part,
    core_key,
    did_shard,
    dids_key,
    index_key,
    isp_key,
    subscriber_shard,
    subscribers_key,
)
from chalicelib.domain.plan import Attempt
from chalicelib.domain.snapshot import Snapshot

SBC_ID = "sbc_1"
NOW = datetime(2024, 5, 6, 12, 0, tzinfo=UTC)  # a Monday
DOMAIN = "acme.ring.example"
DID = "+12092488700"

Body = dict[str, Any]


def a_subscriber(username: str, **fields: Any) -> Body:
    """A subscriber in the security group that allows the USA's +1209 and Great Britain, unless told otherwise."""
    return {
        "subscriber_id": f"sub_{username}",
        "username": username,
        "name": username.capitalize(),
        "area_code": "209",
        "security_group_id": "sg_usual",
        **fields,
    }


def a_gateway(name: str = "gw1", *, networks: tuple[str, ...] = ("192.0.2.1/32",), **fields: Any) -> Body:
    """``networks`` and ``source_port`` go to the SBC's index, the rest to the ISP's part."""
    host = f"{name}.carrier.example"
    return {"gateway_id": f"gw_{name}", "name": name, "host": host, "port": 5060, "networks": list(networks), **fields}


def a_carrier(*gateways: Body, name: str = "telco", **fields: Any) -> Body:
    return {"carrier_id": f"car_{name}", "name": name, "gateways": list(gateways), **fields}


def a_tenant(
    *subscribers: Body,
    name: str = "acme",
    dids: dict[str, str] | None = None,
    customer_suspended: bool = False,
    shards: int = 1,
    **fields: Any,
) -> Body:
    """``dids``: number to username, or to "" when it is allocated to no subscriber."""
    allocated = {DID: subscribers[0]["username"]} if dids is None else dids
    return {
        "tenant_id": f"ten_{name}",
        "name": name,
        "domain": f"{name}.ring.example",
        "customer": {"customer_id": f"cus_{name}", "service_plan_id": "plan_1", "suspended": customer_suspended},
        "carrier_id": "car_telco",
        "dialplan_id": "dp_us",
        "security_groups": [{"security_group_id": "sg_usual", "name": "usual", "prefixes": ["+1209", "+44"]}],
        "date_ranges": [],
        "dids": {number: f"sub_{username}" if username else "" for number, username in allocated.items()},
        "subscriber_shards": shards,
        "subscribers": list(subscribers),
        **fields,
    }


def an_isp(
    *tenants: Body, name: str = "ring", carriers: Iterable[Body] | None = None, payment: str = "postpaid", **fields: Any
) -> Body:
    """With the dialplans ``dp_us`` and ``dp_us-9`` and the service plan ``plan_1``."""
    return {
        "isp_id": f"isp_{name}",
        "carriers": [a_carrier(a_gateway())] if carriers is None else list(carriers),
        "dialplans": [a_dialplan("us"), a_dialplan("us-9")],
        "service_plans": [{"service_plan_id": "plan_1", "payment": payment}],
        "tenants": list(tenants),
        **fields,
    }


def a_dialplan(preset: str) -> Body:
    found = presets("en")[preset]
    rules = [asdict(rule) for rule in found.rules]
    return {"dialplan_id": f"dp_{preset}", "name": preset, "country_code": found.country_code, "rules": rules}


def a_snapshot(*isps: Body, without: Iterable[str] = ()) -> Snapshot:
    """All parts of the ISPs as the SBC ``SBC_ID`` sees them, except those whose key is in ``without``."""
    return Snapshot(SBC_ID, _parsed(body for body in part_bodies(*isps) if body["key"] not in set(without)))


def part_bodies(*isps: Body) -> list[Body]:
    """The parts as the API writes them."""
    bodies = [_index(isps), *_dids(isps)]
    for isp in isps:
        own = {name: value for name, value in isp.items() if name != "tenants"}
        bodies.append({"key": isp_key(isp["isp_id"]), "version": 1, **own})
        for tenant in isp["tenants"]:
            bodies.extend(_tenant(isp, tenant))
    return bodies


def a_phone_call(dialled: str, *, caller: str = "alice", domain: str = DOMAIN, privacy: bool = False) -> Attempt:
    return Attempt("phone", dialled, domain=domain, username=caller, src_ip="198.51.100.7", privacy=privacy)


def a_gateway_call(
    dialled: str = DID,
    *,
    src_ip: str = "192.0.2.1",
    src_port: int = 5060,
    calling: str = "+447400123456",
    **fields: Any,
) -> Attempt:
    return Attempt("gateway", dialled, src_ip=src_ip, src_port=src_port, calling=calling, **fields)


def _index(isps: Iterable[Body]) -> Body:
    domains = {
        tenant["domain"]: {"isp_id": isp["isp_id"], "tenant_id": tenant["tenant_id"]}
        for isp in isps
        for tenant in isp["tenants"]
    }
    gateways = [
        {
            "isp_id": isp["isp_id"],
            "carrier_id": carrier["carrier_id"],
            "gateway_id": gateway["gateway_id"],
            "networks": gateway["networks"],
            "port": gateway.get("source_port"),
        }
        for isp in isps
        for carrier in isp["carriers"]
        for gateway in carrier["gateways"]
    ]
    return {"key": index_key(SBC_ID), "version": 1, "sbc_id": SBC_ID, "domains": domains, "gateways": gateways}


def _dids(isps: Iterable[Body]) -> list[Body]:
    shards: list[Body] = [{"key": dids_key(SBC_ID, shard), "version": 1, "dids": {}} for shard in range(16)]
    for isp in isps:
        for tenant in isp["tenants"]:
            for number in tenant["dids"]:
                owners = shards[did_shard(number)]["dids"].setdefault(number, [])
                owners.append({"isp_id": isp["isp_id"], "tenant_id": tenant["tenant_id"]})
    return shards


def _tenant(isp: Body, tenant: Body) -> list[Body]:
    tenant_id, shards = tenant["tenant_id"], tenant["subscriber_shards"]
    own = {name: value for name, value in tenant.items() if name != "subscribers"}
    core = {"key": core_key(tenant_id), "version": 1, "isp_id": isp["isp_id"], **own}
    parts: list[Body] = [
        {"key": subscribers_key(tenant_id, shard), "version": 1, "tenant_id": tenant_id, "subscribers": []}
        for shard in range(shards)
    ]
    for subscriber in tenant["subscribers"]:
        parts[subscriber_shard(subscriber["subscriber_id"], shards)]["subscribers"].append(subscriber)
    return [core, *parts]


def _parsed(bodies: Iterable[Body]) -> dict[str, Part]:
    return {body["key"]: parse_part(body) for body in bodies}
