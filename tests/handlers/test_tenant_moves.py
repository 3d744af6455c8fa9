"""A tenant that changes its SBC takes everything along and leaves nothing; nobody writes to the place it has left."""

from __future__ import annotations

import pytest

from chalicelib.auth import Identity, issue_access_token
from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.parts import core_key, did_shard, dids_key, index_key, isp_key
from chalicelib.storage.dids import allocate_did
from chalicelib.storage.records import create_record
from chalicelib.storage.scope import IspScope, TenantScope
from chalicelib.storage.security_groups import SECURITY_GROUP
from chalicelib.storage.tenants import TENANT, Tenant, find_tenant, find_tenant_scope
from chalicelib.storage.transaction import SYSTEM, Transaction
from chalicelib.workflows.enrol_node import enrol_node
from tests.api_client import ApiClient
from tests.world import TenantWorld, a_gateway, a_tenant_world, an_id, an_sbc, changed_by, part_at

FIRST_NUMBER = 12_092_477_000


def fresh_number(*, taken: list[int] = [FIRST_NUMBER]) -> str:  # noqa: B006 - a counter
    taken[0] += 1
    return f"+{taken[0]}"


def scope_of_world(world: TenantWorld) -> TenantScope:
    found = find_tenant_scope(world.isp_id, world.tenant_id)
    assert found is not None
    return found


def move(world: TenantWorld, sbc_id: str, *, version: int = 1) -> None:
    world.admin.patch(world.path, {"sbc_id": sbc_id}, version=version).expect(200)


def node_of(api: ApiClient, sbc_id: str) -> ApiClient:
    return api.as_token(enrol_node(sbc_id, an_id("n")).node_key)


def test_numbers_gateways_and_the_isps_part_go_along(api: ApiClient) -> None:
    world, other, number = a_tenant_world(api), an_sbc(api), fresh_number()
    world.admin.post("/dids", {"number": number}).expect(201)
    world.admin.post(f"{world.path}/dids", {"number": number}).expect(201)

    changed = changed_by(other, lambda: move(world, other))

    shard = did_shard(number)
    assert changed >= {index_key(other), core_key(world.tenant_id), isp_key(world.isp_id), dids_key(other, shard)}
    node = node_of(api, other)
    index = part_at(node, index_key(other))
    assert list(index["domains"]) == [world.domain]
    assert len(index["gateways"]) == 1
    assert list(part_at(node, dids_key(other, shard))["dids"]) == [number]
    assert world.part(index_key(world.sbc_id))["gateways"] == []
    assert world.part(dids_key(world.sbc_id, shard))["dids"] == {}


def test_the_last_tenant_takes_the_gateways_off_the_sbc(api: ApiClient) -> None:
    world = a_tenant_world(api)

    world.admin.delete(world.path).expect(204)

    assert world.part(index_key(world.sbc_id))["gateways"] == []
    carrier = {"name": "Later", "gateways": [a_gateway(host="127.0.0.3")]}
    world.admin.post("/carriers", carrier).expect(201)
    world.admin.post(f"{world.path}/restore").expect(200)
    assert len(world.part(index_key(world.sbc_id))["gateways"]) == 2


def test_more_gateways_than_fit_a_transaction_come_and_go_with_the_tenant(api: ApiClient) -> None:
    world, other = a_tenant_world(api), an_sbc(api)
    for _ in range(12):
        gateways = [a_gateway(name=f"g{place}") for place in range(10)]
        world.admin.post("/carriers", {"name": "Big", "gateways": gateways}).expect(201)

    move(world, other)

    assert len(part_at(node_of(api, other), index_key(other))["gateways"]) == 121
    assert world.part(index_key(world.sbc_id))["gateways"] == []


def test_one_of_two_tenants_leaves_the_gateways_to_the_other(api: ApiClient) -> None:
    world = a_tenant_world(api)
    second = {"name": "T2", "domain": "customer2", "customer_id": world.customer_id, "sbc_id": world.sbc_id}
    world.admin.post("/tenants", second).expect(201)

    world.admin.delete(world.path).expect(204)

    assert len(world.part(index_key(world.sbc_id))["gateways"]) == 1


def test_a_change_begun_before_the_move_is_refused(api: ApiClient) -> None:
    world, number = a_tenant_world(api), fresh_number()
    world.admin.post("/dids", {"number": number}).expect(201)
    begun = scope_of_world(world)
    move(world, an_sbc(api))

    with pytest.raises(PatchbayError, match="moved"):
        allocate_did(begun, number, "", actor=SYSTEM)
    with pytest.raises(PatchbayError, match="moved"):
        create_record(begun, SECURITY_GROUP, {"name": "G"}, actor=SYSTEM)


def test_a_move_begun_before_a_number_was_allocated_is_refused(api: ApiClient) -> None:
    world, other, number = a_tenant_world(api), an_sbc(api), fresh_number()
    world.admin.post("/dids", {"number": number}).expect(201)
    before = find_tenant(world.isp_id, world.tenant_id)
    assert before is not None
    after = Tenant.from_raw_data(before.serialize())
    after.sbc_id = other
    tx = Transaction()
    TENANT.follow(IspScope(world.isp_id), tx, before, after)
    allocate_did(scope_of_world(world), number, "", actor=SYSTEM)

    with pytest.raises(PatchbayError) as refused:
        tx.commit()

    assert refused.value.code == "try_again"


def test_an_unknown_or_foreign_sbc_is_refused(api: ApiClient) -> None:
    world, theirs = a_tenant_world(api), a_tenant_world(api)
    private = an_sbc(api, isp_id=theirs.isp_id)

    for sbc_id in (an_id("sbc"), private):
        refused = world.admin.patch(world.path, {"sbc_id": sbc_id}, version=1).expect(422)
        assert refused["code"] == "reference_not_found"
        assert refused["errors"][0]["field"] == "sbc_id"


def test_an_sbc_with_tenants_is_in_use(api: ApiClient) -> None:
    world = a_tenant_world(api)
    world.admin.delete(world.path).expect(204)
    world.admin.post(f"{world.path}/restore").expect(200)
    admin = api.as_token(issue_access_token(Identity(role="platform_admin", user_id="usr_1")))
    admin.delete(f"/platform/sbcs/{world.sbc_id}/nodes/n1").expect(204)

    assert admin.delete(f"/platform/sbcs/{world.sbc_id}").expect(409)["code"] == "in_use"


def test_a_tenants_admin_sees_its_own_tenant_without_the_carrier(api: ApiClient) -> None:
    ours, theirs = a_tenant_world(api), a_tenant_world(api)
    identity = Identity(role="tenant_admin", user_id="usr_2", isp_id=ours.isp_id, tenant_ids=(ours.tenant_id,))
    admin = api.as_token(issue_access_token(identity))

    own = admin.get(ours.path)

    assert own.expect(200)["name"] == "Tenant 1"
    assert own.json["carrier_id"] == ""
    assert own.operations == ["GetItem"]
    assert admin.get(theirs.path).status == 404
    assert admin.patch(ours.path, {"name": "Mine"}, version=1).status == 403
    assert ours.admin.get("/tenants").operations == ["Query"]


def test_a_number_given_to_an_unknown_tenant_stays_where_it_is(api: ApiClient) -> None:
    world, number = a_tenant_world(api), fresh_number()
    world.admin.post("/dids", {"number": number}).expect(201)
    world.admin.put(f"/dids/{number}/tenant", {"tenant_id": world.tenant_id}).expect(200)

    refused = world.admin.put(f"/dids/{number}/tenant", {"tenant_id": an_id("ten")})

    assert refused.expect(422)["errors"][0]["field"] == "tenant_id"
    assert world.part(core_key(world.tenant_id))["dids"] == {number: ""}
    world.admin.put(f"/dids/{number}/tenant", {"tenant_id": ""}).expect(200)
    assert world.part(core_key(world.tenant_id))["dids"] == {}
