"""Tenants under a customer's own domain: once it is verified, by the ISP that verified it."""

from __future__ import annotations

from typing import Any

from chalicelib.domain.parts import index_key
from tests.api_client import ApiClient
from tests.handlers.test_domains import a_domain, publish
from tests.world import TenantWorld, a_tenant_world


def add_domain(world: TenantWorld, name: str) -> dict[str, Any]:
    made: dict[str, Any] = world.admin.post("/domains", {"domain": name}).expect(201)
    return made


def a_tenant_of(world: TenantWorld, domain: str) -> dict[str, Any]:
    return {"name": "Own", "domain": domain, "customer_id": world.customer_id, "sbc_id": world.sbc_id}


def test_a_verified_domain_can_be_used_and_then_not_be_deleted(api: ApiClient) -> None:
    world, name = a_tenant_world(api), a_domain()
    domain = add_domain(world, name)
    publish(domain["txt_record"])
    world.admin.post(f"/domains/{domain['id']}/verify").expect(200)

    made = world.admin.post("/tenants", a_tenant_of(world, name)).expect(201)

    assert made["domain"] == name
    assert name in world.part(index_key(world.sbc_id))["domains"]
    assert world.admin.delete(f"/domains/{domain['id']}").expect(409)["code"] == "in_use"
    world.admin.delete(f"/tenants/{made['id']}").expect(204)
    world.admin.delete(f"/domains/{domain['id']}").expect(204)


def test_an_unverified_domain_cant_be_used(api: ApiClient) -> None:
    world, name = a_tenant_world(api), a_domain()
    add_domain(world, name)

    refused = world.admin.post("/tenants", a_tenant_of(world, name))

    assert refused.expect(409)["code"] == "domain_not_verified"


def test_a_domain_that_another_isp_has_verified_cant_be_used(api: ApiClient) -> None:
    ours, theirs, name = a_tenant_world(api), a_tenant_world(api), a_domain()
    domain = add_domain(theirs, name)
    publish(domain["txt_record"])
    theirs.admin.post(f"/domains/{domain['id']}/verify").expect(200)
    add_domain(ours, name)

    refused = ours.admin.post("/tenants", a_tenant_of(ours, name))

    assert refused.expect(409)["code"] == "domain_not_verified"
