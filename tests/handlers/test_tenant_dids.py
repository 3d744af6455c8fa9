"""Numbers as a tenant's admin handles them."""

from __future__ import annotations

import pytest

from chalicelib.auth import Identity, issue_access_token
from tests.api_client import ApiClient
from tests.world import TenantWorld, a_tenant_world, an_id

FIRST_NUMBER = 12_092_466_000


def fresh_numbers(count: int, *, taken: list[int] = [FIRST_NUMBER]) -> list[str]:  # noqa: B006 - a counter
    first = taken[0]
    taken[0] += count
    return [f"+{number}" for number in range(first, first + count)]


def tenant_admin(api: ApiClient, world: TenantWorld) -> ApiClient:
    identity = Identity(role="tenant_admin", user_id=an_id("usr"), isp_id=world.isp_id, tenant_ids=(world.tenant_id,))
    return api.as_token(issue_access_token(identity))


def add(world: TenantWorld, numbers: list[str]) -> None:
    world.admin.post("/dids", {"first": numbers[0], "last": numbers[-1]}).expect(201)


def test_free_numbers_are_offered_and_taken_ones_not(api: ApiClient) -> None:
    world, numbers = a_tenant_world(api), fresh_numbers(3)
    admin = tenant_admin(api, world)
    add(world, numbers)

    admin.post(f"{world.path}/dids", {"number": numbers[1]}).expect(201)

    offered = admin.get(f"{world.path}/available-dids").expect(200)["items"]
    own = admin.get(f"{world.path}/dids")
    assert [did["number"] for did in offered] == [numbers[0], numbers[2]]
    assert own.expect(200)["items"] == [{"number": numbers[1], "subscriber_id": "", "subscriber_name": ""}]
    assert own.operations == ["GetItem", "Query"]


@pytest.mark.parametrize(("state", "places"), [("", [0, 1, 2]), ("free", [0, 2]), ("allocated", [1])])
def test_the_inventory_is_filtered_by_state_and_prefix(api: ApiClient, state: str, places: list[int]) -> None:
    world, numbers = a_tenant_world(api), fresh_numbers(3)
    add(world, numbers)
    world.admin.post(f"{world.path}/dids", {"number": numbers[1]}).expect(201)

    found = world.admin.get(f"/dids?state={state}&search=%2B1209246").expect(200)["items"]

    assert [did["number"] for did in found] == [numbers[place] for place in places]
    assert world.admin.get("/dids?search=%2B44").expect(200)["items"] == []


def test_a_number_needs_a_subscriber_of_the_tenant(api: ApiClient) -> None:
    world, other, [number] = a_tenant_world(api), a_tenant_world(api), fresh_numbers(1)
    world.admin.post("/dids", {"number": number}).expect(201)
    foreign = other.admin.post(f"{other.path}/subscribers", {"username": "eve"}).expect(201)["id"]

    for subscriber_id in (foreign, an_id("sub")):
        body = {"number": number, "subscriber_id": subscriber_id}
        refused = world.admin.post(f"{world.path}/dids", body).expect(422)
        assert refused["code"] == "reference_not_found"
        assert refused["errors"][0]["field"] == "subscriber_id"


def test_another_tenants_admin_finds_nothing(api: ApiClient) -> None:
    ours, theirs, [number] = a_tenant_world(api), a_tenant_world(api), fresh_numbers(1)
    ours.admin.post("/dids", {"number": number}).expect(201)
    ours.admin.post(f"{ours.path}/dids", {"number": number}).expect(201)
    stranger = tenant_admin(api, theirs)

    assert stranger.get(f"{ours.path}/dids").status == 404
    assert stranger.delete(f"{ours.path}/dids/{number}").status == 404
    assert stranger.post(f"{theirs.path}/dids", {"number": number}).expect(409)["code"] == "did_not_available"
    assert theirs.admin.delete(f"/dids/{number}").status == 404
    assert theirs.admin.put(f"/dids/{number}/tenant", {"tenant_id": theirs.tenant_id}).status == 404


def test_a_tenant_with_numbers_is_in_use(api: ApiClient) -> None:
    world, [number] = a_tenant_world(api), fresh_numbers(1)
    world.admin.post("/dids", {"number": number}).expect(201)
    world.admin.post(f"{world.path}/dids", {"number": number}).expect(201)

    assert world.admin.delete(world.path).expect(409)["code"] == "in_use"
    world.admin.delete(f"{world.path}/dids/{number}").expect(204)
    world.admin.delete(world.path).expect(204)


def test_whom_a_number_rings_is_told_by_name_with_one_read_more(api: ApiClient) -> None:
    world = a_tenant_world(api)
    alice = world.admin.post(f"{world.path}/subscribers", {"username": "alice", "name": "Alice Adams"}).expect(201)
    bob = world.admin.post(f"{world.path}/subscribers", {"username": "bob"}).expect(201)
    first, second = fresh_numbers(2)
    add(world, [first, second])
    for number, owner in ((first, alice), (second, bob)):
        made = world.admin.post(f"{world.path}/dids", {"number": number, "subscriber_id": owner["id"]}).expect(201)
        assert made["subscriber_name"] == (owner["name"] or owner["username"])

    listed = world.admin.get(f"{world.path}/dids")

    assert {one["number"]: one["subscriber_name"] for one in listed.json["items"]} == {
        first: "Alice Adams",
        second: "bob",
    }
    assert listed.operations == ["GetItem", "Query", "BatchGetItem"]
