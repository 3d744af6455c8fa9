"""Migration 1: subscribers that have no contact item yet get theirs, whatever people do at that moment."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from chalicelib.domain.errors import PatchbayError
from chalicelib.migrations.m0001_contacts import MIGRATION, step
from chalicelib.migrations.walk import begin_isp
from chalicelib.storage import keys
from chalicelib.storage.database import database
from chalicelib.storage.items import Item
from chalicelib.storage.transaction import Transaction
from tests.api_client import ApiClient
from tests.migrations.steps import changed_by, forget, steps_over
from tests.world import TenantWorld, a_tenant_world

Json = dict[str, Any]
PEOPLE = 95  # more than two chunks


@pytest.fixture
def world(api: ApiClient) -> TenantWorld:
    return a_tenant_world(api)


def add(world: TenantWorld, username: str, name: str = "", **fields: Any) -> Json:
    body = {"username": username, "name": name} | fields
    made: Json = world.admin.post(f"{world.path}/subscribers", body).expect(201)
    return made


def contacts(world: TenantWorld) -> list[tuple[str, str, str]]:
    """Name, username and alias of all, as the phone console lists them."""
    found = world.admin.get(f"{world.path}/contacts?limit=200").expect(200)["items"]
    return [(one["name"], one["username"], one["alias"]) for one in found]


def forget_contacts(world: TenantWorld) -> int:
    return forget(keys.tenant(world.tenant_id), keys.CONTACT)


def test_all_subscribers_of_before_are_listed_by_name(world: TenantWorld) -> None:
    for n in range(PEOPLE):
        add(world, f"user{n:02d}", f"Person {PEOPLE - n:02d}", alias=str(1000 + n))
    before = contacts(world)
    assert forget_contacts(world) == PEOPLE

    steps = steps_over(MIGRATION, world.isp_id)

    assert contacts(world) == before
    assert changed_by(steps) == PEOPLE


def test_the_second_time_nothing_is_left_to_do(world: TenantWorld) -> None:
    add(world, "ann", "Ann")
    forget_contacts(world)
    steps_over(MIGRATION, world.isp_id)

    assert changed_by(steps_over(MIGRATION, world.isp_id)) == 0


def test_deleted_subscribers_get_none(world: TenantWorld) -> None:
    add(world, "ann", "Ann")
    bob = add(world, "bob", "Bob")
    world.admin.delete(f"{world.path}/subscribers/{bob['id']}", headers={"if-match": '"1"'}).expect(204)
    forget_contacts(world)

    steps_over(MIGRATION, world.isp_id)

    assert contacts(world) == [("Ann", "ann", "")]


def test_contacts_that_an_earlier_release_left_behind_go(world: TenantWorld) -> None:
    """It was gone back to, and renamed and deleted subscribers without knowing of contacts."""
    ann, bob = add(world, "ann", "Ann"), add(world, "bob", "Bob")
    left = database().all(Item, keys.tenant(world.tenant_id), prefix=keys.CONTACT)
    assert len(left) == 2
    world.admin.patch(f"{world.path}/subscribers/{ann['id']}", {"name": "Zoe"}, version=1).expect(200)
    world.admin.delete(f"{world.path}/subscribers/{bob['id']}", headers={"if-match": '"1"'}).expect(204)
    forget_contacts(world)
    raw = [
        {"PK": {"S": one.pk}, "SK": {"S": one.sk}, "kind": {"S": "Contact"}, "name": {"S": "x"},
         "username": {"S": "x"}, "subscriber_id": {"S": one.sk.rpartition("#")[2]}}
        for one in left
    ]  # fmt: skip
    for item in raw:
        database().client.put_item(TableName=database().table_name, Item=item)

    steps_over(MIGRATION, world.isp_id)

    assert contacts(world) == [("Zoe", "ann", "")]


@pytest.mark.parametrize("change", ["rename", "delete"])
def test_who_changes_a_subscriber_between_reading_and_writing_has_the_last_word(
    world: TenantWorld, change: str
) -> None:
    ann = add(world, "ann", "Ann")
    forget_contacts(world)
    place = step(at_the_tenant(world), Transaction()).place
    assert place is not None
    tx = Transaction()
    step(place, tx)
    path = f"{world.path}/subscribers/{ann['id']}"

    if change == "rename":
        world.admin.patch(path, {"name": "Zoe"}, version=1).expect(200)
    else:
        world.admin.delete(path, headers={"if-match": '"1"'}).expect(204)
    with pytest.raises(PatchbayError) as refused:
        tx.commit()
    steps_over(MIGRATION, world.isp_id)

    assert refused.value.code == "try_again"
    assert contacts(world) == ([("Zoe", "ann", "")] if change == "rename" else [])


def at_the_tenant(world: TenantWorld) -> Json:
    return {"isp_id": world.isp_id, "isp_key": {}, "changed": 0}


def test_people_who_rename_all_the_while_and_two_runners_leave_every_contact_right(world: TenantWorld) -> None:
    people = [add(world, f"user{n}", f"Old {n}") for n in range(12)]
    forget_contacts(world)
    together = threading.Barrier(3)
    failures: list[BaseException] = []

    def rename() -> None:
        together.wait()
        for turn in range(3):
            for n, person in enumerate(people):
                path = f"{world.path}/subscribers/{person['id']}"
                world.admin.patch(path, {"name": f"New {turn} {n}"}, version=turn + 1).expect(200)

    def migrate() -> None:
        together.wait()
        for _ in range(5):
            steps_over(MIGRATION, world.isp_id)

    def kept(work: Any) -> None:
        try:
            work()
        except BaseException as error:
            failures.append(error)
            raise

    threads = [threading.Thread(target=kept, args=(work,)) for work in (rename, migrate, migrate)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)

    assert not failures
    assert sorted(contacts(world)) == sorted((f"New 2 {n}", f"user{n}", "") for n in range(12))
    assert changed_by(steps_over(MIGRATION, world.isp_id)) == 0


def test_the_walk_comes_to_every_isp_and_goes_round_until_nothing_has_changed(world: TenantWorld) -> None:
    seen: list[str] = []
    place: Json | None = {"changed": 1}
    rounds = 0
    while place is not None and rounds < 2:
        place = begin_isp(place).place
        if place == {}:
            rounds += 1
            assert world.isp_id in seen
            assert len(set(seen)) == len(seen)
            seen = []
        elif place is not None:
            seen.append(place.pop("isp_id"))

    assert place is None  # the second round had changed nothing
    assert rounds == 1
