"""Subscribers: names, passwords, references, and their part."""

from __future__ import annotations

from chalicelib.clients.seal import open_ha1, seal_key
from chalicelib.domain.digest import ha1_md5
from chalicelib.domain.part_reader import parse_part
from chalicelib.domain.parts import subscribers_key
from tests.api_client import ApiClient
from tests.world import TenantWorld, a_tenant_world, changed_by


def part_of(world: TenantWorld) -> list[dict[str, str]]:
    part = world.part(subscribers_key(world.tenant_id, 0))
    assert parse_part(part).key
    found: list[dict[str, str]] = part["subscribers"]
    return found


def test_passwords_are_shown_once_and_only_their_digests_kept(api: ApiClient) -> None:
    world = a_tenant_world(api)

    made = world.admin.post(f"{world.path}/subscribers", {"username": "alice", "alias": "1000"}).expect(201)

    assert len(made["passwords"]["sip"]) == 16
    assert made["passwords"]["sip"] != made["passwords"]["softphone"]
    read = world.admin.get(f"{world.path}/subscribers/{made['id']}").expect(200)
    assert "passwords" not in read
    assert "ha1" not in str(read)


def test_the_part_holds_digests_that_only_its_sbc_can_open(api: ApiClient) -> None:
    world = a_tenant_world(api)
    made = world.admin.post(f"{world.path}/subscribers", {"username": "Alice", "sip_password": "wonderland1"})
    made.expect(201)

    [subscriber] = part_of(world)

    opened = open_ha1(subscriber["sip_ha1"], "Alice", world.domain, seal_key(world.sbc_id))
    assert opened == ha1_md5("Alice", world.domain, "wonderland1")
    assert part_of(world) == [subscriber]


def test_an_alias_cannot_be_anothers_username(api: ApiClient) -> None:
    world = a_tenant_world(api)
    path = f"{world.path}/subscribers"
    world.admin.post(path, {"username": "alice", "alias": "1000"}).expect(201)

    by_alias = world.admin.post(path, {"username": "bob", "alias": "ALICE"}).expect(409)
    by_name = world.admin.post(path, {"username": "1000"}).expect(409)

    assert by_alias["errors"][0]["field"] == "alias"
    assert by_name["errors"][0]["field"] == "username"
    world.admin.post(path, {"username": "bob", "alias": "1001"}).expect(201)


def test_a_freed_alias_can_be_taken(api: ApiClient) -> None:
    world = a_tenant_world(api)
    path = f"{world.path}/subscribers"
    alice = world.admin.post(path, {"username": "alice", "alias": "1000"}).expect(201)

    world.admin.patch(f"{path}/{alice['id']}", {"alias": "1002"}, version=1).expect(200)

    world.admin.post(path, {"username": "bob", "alias": "1000"}).expect(201)


def test_an_alias_cannot_hide_an_emergency_number(api: ApiClient) -> None:
    world = a_tenant_world(api)

    refused = world.admin.post(f"{world.path}/subscribers", {"username": "eve", "alias": "911"}).expect(422)

    assert refused["errors"][0]["field"] == "alias"


def test_a_subscriber_is_listed_by_name_with_one_query(api: ApiClient) -> None:
    world = a_tenant_world(api)
    for name in ("carol", "alice", "bob"):
        world.admin.post(f"{world.path}/subscribers", {"username": name}).expect(201)

    listed = world.admin.get(f"{world.path}/subscribers?search=b")
    everyone = world.admin.get(f"{world.path}/subscribers").expect(200)

    assert [s["username"] for s in listed.expect(200)["items"]] == ["bob"]
    assert listed.operations == ["GetItem", "Query"]
    assert [s["username"] for s in everyone["items"]] == ["alice", "bob", "carol"]


def test_new_passwords_change_the_part(api: ApiClient) -> None:
    world = a_tenant_world(api)
    path = f"{world.path}/subscribers"
    alice = world.admin.post(path, {"username": "alice"}).expect(201)
    [before] = part_of(world)

    changed = changed_by(
        world.sbc_id, lambda: world.admin.post(f"{path}/{alice['id']}/passwords", {"sip": ""}).expect(200)
    )

    [after] = part_of(world)
    assert changed == {subscribers_key(world.tenant_id, 0)}
    assert after["sip_ha1"] != before["sip_ha1"]
    assert after["softphone_ha1"] == before["softphone_ha1"]


def test_a_security_group_in_use_cannot_be_deleted(api: ApiClient) -> None:
    world = a_tenant_world(api)
    group = world.admin.post(f"{world.path}/security-groups", {"name": "USA", "countries": ["US"]}).expect(201)
    alice = {"username": "alice", "security_group_id": group["id"]}
    world.admin.post(f"{world.path}/subscribers", alice).expect(201)

    refused = world.admin.delete(f"{world.path}/security-groups/{group['id']}").expect(409)

    assert refused["code"] == "in_use"
    assert len(group["country_prefixes"]) == 359


def test_a_reference_must_exist_in_the_same_tenant(api: ApiClient) -> None:
    world, other = a_tenant_world(api), a_tenant_world(api)
    group = other.admin.post(f"{other.path}/security-groups", {"name": "USA", "countries": ["US"]}).expect(201)

    refused = world.admin.post(
        f"{world.path}/subscribers", {"username": "alice", "security_group_id": group["id"]}
    ).expect(422)

    assert refused["code"] == "reference_not_found"
    assert refused["errors"][0]["field"] == "security_group_id"


def test_the_username_cannot_change(api: ApiClient) -> None:
    world = a_tenant_world(api)
    alice = world.admin.post(f"{world.path}/subscribers", {"username": "alice"}).expect(201)

    refused = world.admin.patch(f"{world.path}/subscribers/{alice['id']}", {"username": "al"}, version=1)

    assert refused.expect(409)["code"] == "immutable"
