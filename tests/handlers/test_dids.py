"""The number inventory and its allocation to tenants and subscribers."""

from __future__ import annotations

from chalicelib.domain.parts import core_key, did_shard, dids_key
from tests.api_client import ApiClient
from tests.world import a_tenant_world, changed_by

NUMBER = 12_092_488_700


def fresh(api: ApiClient, count: int = 1, *, taken: list[int] = [NUMBER]) -> list[str]:  # noqa: B006 - a counter
    """Numbers that no other test uses: one number has one ISP."""
    first = taken[0]
    taken[0] += count
    return [f"+{number}" for number in range(first, first + count)]


def test_a_range_is_added_once(api: ApiClient) -> None:
    world = a_tenant_world(api)
    numbers = fresh(api, 100)

    first = world.admin.post("/dids", {"first": numbers[0], "last": numbers[-1]}).expect(201)
    second = world.admin.post("/dids", {"first": numbers[0], "last": numbers[-1]}).expect(201)

    assert first == {"created": numbers, "existing": [], "taken": []}
    assert second == {"created": [], "existing": second["existing"], "taken": []}
    assert sorted(second["existing"]) == numbers


def test_a_number_belongs_to_one_isp(api: ApiClient) -> None:
    ours, theirs = a_tenant_world(api), a_tenant_world(api)
    [number] = fresh(api)
    ours.admin.post("/dids", {"number": number}).expect(201)

    refused = theirs.admin.post("/dids", {"number": number}).expect(201)

    assert refused["taken"] == [number]
    assert theirs.admin.get("/dids").expect(200)["items"] == []


def test_an_allocated_number_reaches_the_sbc_and_its_subscriber(api: ApiClient) -> None:
    world = a_tenant_world(api)
    [number] = fresh(api)
    world.admin.post("/dids", {"number": number}).expect(201)
    bob = world.admin.post(f"{world.path}/subscribers", {"username": "bob"}).expect(201)

    changed = changed_by(
        world.sbc_id,
        lambda: world.admin.post(f"{world.path}/dids", {"number": number, "subscriber_id": bob["id"]}).expect(201),
    )

    shard = dids_key(world.sbc_id, did_shard(number))
    assert changed == {core_key(world.tenant_id), shard}
    assert world.part(shard)["dids"] == {number: [{"isp_id": world.isp_id, "tenant_id": world.tenant_id}]}
    assert world.part(core_key(world.tenant_id))["dids"] == {number: bob["id"]}


def test_a_number_is_allocated_once(api: ApiClient) -> None:
    world = a_tenant_world(api)
    [number] = fresh(api)
    world.admin.post("/dids", {"number": number}).expect(201)
    world.admin.post(f"{world.path}/dids", {"number": number}).expect(201)

    again = world.admin.post(f"{world.path}/dids", {"number": number}).expect(409)
    removed = world.admin.delete(f"/dids/{number}").expect(409)

    assert again["code"] == "did_not_available"
    assert removed["code"] == "in_use"


def test_a_released_number_is_free_again(api: ApiClient) -> None:
    world = a_tenant_world(api)
    [number] = fresh(api)
    world.admin.post("/dids", {"number": number}).expect(201)
    bob = world.admin.post(f"{world.path}/subscribers", {"username": "bob"}).expect(201)
    world.admin.post(f"{world.path}/dids", {"number": number, "subscriber_id": bob["id"]}).expect(201)
    assert world.admin.delete(f"{world.path}/subscribers/{bob['id']}").expect(409)["code"] == "in_use"

    world.admin.delete(f"{world.path}/dids/{number}").expect(204)

    assert world.part(dids_key(world.sbc_id, did_shard(number)))["dids"] == {}
    world.admin.delete(f"{world.path}/subscribers/{bob['id']}").expect(204)
    world.admin.delete(f"/dids/{number}").expect(204)


def test_numbers_must_be_possible(api: ApiClient) -> None:
    world = a_tenant_world(api)

    refused = world.admin.post("/dids", {"number": "+1209248"}).expect(422)

    assert refused["errors"][0]["field"] == "number"
