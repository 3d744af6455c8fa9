"""Tenants: their domain, what they refer to, and what reaches the SBC."""

from __future__ import annotations

from chalicelib.domain.part_reader import parse_part
from chalicelib.domain.parts import core_key, index_key, isp_key
from tests.api_client import ApiClient
from tests.world import a_tenant_world, an_sbc, changed_by


def test_a_tenant_takes_its_service_plans_carrier_and_dialplan(api: ApiClient) -> None:
    world = a_tenant_world(api)

    tenant = world.admin.get(world.path).expect(200)

    assert tenant["carrier_id"] == world.carrier_id
    assert tenant["dialplan_id"] == world.dialplan_id
    assert tenant["domain"].startswith("customer1.")
    assert tenant["domain"].endswith(".patchbay.localhost")


def test_the_first_tenant_brings_domain_gateways_and_isp_to_the_sbc(api: ApiClient) -> None:
    world = a_tenant_world(api)

    index = world.part(index_key(world.sbc_id))
    isp = world.part(isp_key(world.isp_id))
    core = world.part(core_key(world.tenant_id))

    assert index["domains"] == {world.domain: {"isp_id": world.isp_id, "tenant_id": world.tenant_id}}
    assert [gateway["networks"] for gateway in index["gateways"]] == [["127.0.0.2/32"]]
    assert isp["carriers"][0]["carrier_id"] == world.carrier_id
    assert core["customer"]["customer_id"] == world.customer_id
    for part in (index, isp, core):
        assert parse_part(part).key == part["key"]


def test_a_domain_belongs_to_one_tenant(api: ApiClient) -> None:
    world = a_tenant_world(api)
    again = {"name": "Other", "domain": "customer1", "customer_id": world.customer_id, "sbc_id": world.sbc_id}

    refused = world.admin.post("/tenants", again).expect(409)

    assert refused["code"] == "name_taken"
    assert refused["errors"][0]["field"] == "domain"


def test_a_domain_of_others_needs_verification(api: ApiClient) -> None:
    world = a_tenant_world(api)
    own = {"name": "Own", "domain": "pbx.example.com", "customer_id": world.customer_id, "sbc_id": world.sbc_id}

    assert world.admin.post("/tenants", own).expect(409)["code"] == "domain_not_verified"
    assert world.admin.post("/tenants", own | {"domain": "x.patchbay.localhost"}).expect(422)["code"]


def test_the_domain_cannot_change(api: ApiClient) -> None:
    world = a_tenant_world(api)

    refused = world.admin.patch(world.path, {"domain": "customer2"}, version=1)

    assert refused.expect(409)["code"] == "immutable"


def test_a_change_bumps_the_core_only(api: ApiClient) -> None:
    world = a_tenant_world(api)

    changed = changed_by(
        world.sbc_id, lambda: world.admin.patch(world.path, {"suspended": True}, version=1).expect(200)
    )

    assert changed == {core_key(world.tenant_id)}
    assert world.part(core_key(world.tenant_id))["suspended"] is True


def test_what_a_tenant_uses_cannot_be_deleted(api: ApiClient) -> None:
    world = a_tenant_world(api)

    assert world.admin.delete(f"/customers/{world.customer_id}").expect(409)["code"] == "in_use"
    assert world.admin.delete(f"/carriers/{world.carrier_id}").expect(409)["code"] == "in_use"


def test_a_deleted_tenant_leaves_the_sbc_and_comes_back(api: ApiClient) -> None:
    world = a_tenant_world(api)

    world.admin.delete(world.path).expect(204)

    assert world.part(index_key(world.sbc_id))["domains"] == {}
    assert world.node.get(f"/sbc/parts?key={core_key(world.tenant_id)}").expect(404)["code"] == "part_not_found"
    world.admin.post(f"{world.path}/restore").expect(200)
    assert world.domain in world.part(index_key(world.sbc_id))["domains"]


def test_a_tenant_moves_to_another_sbc(api: ApiClient) -> None:
    world = a_tenant_world(api)
    other = an_sbc(api)

    world.admin.patch(world.path, {"sbc_id": other}, version=1).expect(200)

    assert world.part(index_key(world.sbc_id))["domains"] == {}
    assert world.node.get(f"/sbc/parts?key={core_key(world.tenant_id)}").status == 404


def test_a_foreign_isp_sees_neither_tenant_nor_parts(api: ApiClient) -> None:
    ours, theirs = a_tenant_world(api), a_tenant_world(api)

    assert theirs.admin.get(ours.path).status == 404
    assert theirs.node.get(f"/sbc/parts?key={core_key(ours.tenant_id)}").status == 404
    assert theirs.node.get(f"/sbc/parts?key={isp_key(ours.isp_id)}").status == 404
    assert theirs.node.get(f"/sbc/parts?key={index_key(ours.sbc_id)}").status == 404
