"""Shortcuts to a populated API for handler tests: identities and the records they need."""

from __future__ import annotations

import gzip
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chalicelib.auth import Identity, issue_access_token
from chalicelib.domain.ids import new_id
from chalicelib.domain.media_types import PART_TYPE
from chalicelib.storage import keys
from chalicelib.storage.database import database
from chalicelib.storage.feed import Change
from chalicelib.storage.isps import Isp, put_new_isp
from chalicelib.storage.transaction import Transaction
from tests.api_client import ApiClient


def an_id(prefix: str) -> str:
    return new_id(prefix, now_ms=time.time_ns() // 1_000_000, random_bytes=os.urandom(10))


def as_isp_admin(api: ApiClient, isp_id: str = "") -> ApiClient:
    """A client of an ISP's admin; without an id, of an ISP that nobody else knows."""
    identity = Identity(role="isp_admin", user_id=an_id("usr"), name="Ann", isp_id=isp_id or an_id("isp"))
    return api.as_token(issue_access_token(identity))


def a_gateway(**fields: Any) -> dict[str, Any]:
    return {"name": "primary", "host": "127.0.0.2", "port": 5080} | fields


def as_platform_admin(api: ApiClient) -> ApiClient:
    identity = Identity(role="platform_admin", user_id=an_id("usr"), name="Pat")
    return api.as_token(issue_access_token(identity))


def an_isp(*, namespace: str = "", currency: str = "USD") -> str:
    """The id of a stored ISP."""
    isp_id = an_id("isp")
    now = time.time_ns() // 1_000_000
    tx = Transaction()
    put_new_isp(
        tx,
        Isp(
            id=isp_id,
            version=1,
            created_at=now,
            updated_at=now,
            name="Example Telecom",
            namespace=namespace or isp_id[4:].lower(),
            currency=currency,
            country="US",
            time_zone="UTC",
        ),
    )
    tx.commit()
    return isp_id


def an_sbc(api: ApiClient, **fields: Any) -> str:
    body = {"name": an_id("name"), "address": "sbc.example:60110"} | fields
    made: dict[str, Any] = as_platform_admin(api).post("/platform/sbcs", body).expect(201)
    return str(made["id"])


def changes_of(sbc_id: str) -> list[str]:
    """The part keys in the SBC's change feed, oldest first."""
    return [item.part_key for item in database().all(Change, keys.sbc_changes(sbc_id))]


def changed_by(sbc_id: str, work: Callable[[], Any]) -> set[str]:
    """The part keys that ``work`` leaves in the SBC's change feed."""
    known = len(changes_of(sbc_id))
    work()
    return set(changes_of(sbc_id)[known:])


@dataclass(frozen=True)
class TenantWorld:
    """An ISP's tenant with all it needs, on an SBC of its own with one node."""

    admin: ApiClient
    node: ApiClient
    isp_id: str
    sbc_id: str
    carrier_id: str
    dialplan_id: str
    service_plan_id: str
    customer_id: str
    tenant_id: str
    domain: str

    @property
    def path(self) -> str:
        return f"/tenants/{self.tenant_id}"

    def part(self, key: str) -> dict[str, Any]:
        """A part as this SBC's node gets it."""
        return part_at(self.node, key)


def part_at(node: ApiClient, key: str) -> dict[str, Any]:
    """A part as a node gets it."""
    answer = node.get(f"/sbc/parts?key={key}", headers={"accept": PART_TYPE})
    assert answer.status == 200, answer.text
    found: dict[str, Any] = json.loads(gzip.decompress(answer.text))
    return found


def a_tenant_world(api: ApiClient, **tenant_fields: Any) -> TenantWorld:
    isp_id, sbc_id = an_isp(), an_sbc(api, allow_private_gateways=True)
    admin = as_isp_admin(api, isp_id)
    node_key = as_platform_admin(api).post(f"/platform/sbcs/{sbc_id}/nodes", {"name": "n1"}).expect(201)["node_key"]
    carrier_id = admin.post("/carriers", {"name": "Test", "gateways": [a_gateway()]}).expect(201)["id"]
    dialplan_id = admin.post("/dialplans", {"name": "US", "preset": "us"}).expect(201)["id"]
    plan = {"name": "Default", "currency": "USD", "carrier_id": carrier_id, "dialplan_id": dialplan_id}
    service_plan_id = admin.post("/service-plans", plan).expect(201)["id"]
    customer = {"name": "Customer 1", "service_plan_id": service_plan_id}
    customer_id = admin.post("/customers", customer).expect(201)["id"]
    fields = {"name": "Tenant 1", "domain": "customer1", "customer_id": customer_id, "sbc_id": sbc_id} | tenant_fields
    tenant = admin.post("/tenants", fields).expect(201)
    return TenantWorld(
        admin=admin,
        node=api.as_token(node_key),
        isp_id=isp_id,
        sbc_id=sbc_id,
        carrier_id=carrier_id,
        dialplan_id=dialplan_id,
        service_plan_id=service_plan_id,
        customer_id=customer_id,
        tenant_id=tenant["id"],
        domain=tenant["domain"],
    )


def a_call_of(world: TenantWorld) -> str:
    """The id of a stored call of the tenant, refused before it reached anybody."""
    at = time.time_ns() // 1_000_000
    call_id = an_id("call")
    cdr = {
        "call_id": call_id, "sbc_id": world.sbc_id, "node": "n1", "isp_id": world.isp_id,
        "tenant_id": world.tenant_id, "customer_id": world.customer_id, "direction": "internal", "caller": {},
        "dialled": "999", "calling_number": "", "called_number": "", "did": "", "setup_at": at, "ended_at": at,
        "sip_status": 404, "q850_cause": 1, "hangup_by": "system",
        "refusal": {"code": "number_not_recognised", "sip_status": 404, "reason": "Not Found"},
    }  # fmt: skip
    [result] = world.node.post("/sbc/cdrs", {"cdrs": [cdr]}).expect(200)["results"]
    assert result["status"] == "stored", result
    return call_id
