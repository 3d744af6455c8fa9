"""Migration 3: what a former master key has sealed is sealed with the newest, whatever people do at that moment."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

import pytest

from chalicelib.clients.master_keys import master_keys
from chalicelib.clients.seal import open_at_rest, seal_at_rest
from chalicelib.domain.digest import ha1_md5
from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.key_ring import FIRST, MasterKey, named_key
from chalicelib.migrations.m0003_master_key import CHUNK, MIGRATION, SETTLE_MS, step
from chalicelib.migrations.migration import Step
from chalicelib.storage import keys
from chalicelib.storage.database import database
from chalicelib.storage.migrations import migration_states
from chalicelib.storage.sealed import FIELDS
from chalicelib.storage.subscribers import SUBSCRIBER, Subscriber
from chalicelib.storage.transaction import Transaction
from chalicelib.workflows.count_sealed import count_sealed
from chalicelib.workflows.drop_master_key import KeyInUseError, drop_master_key
from chalicelib.workflows.run_migrations import run_migrations
from tests.conftest import ROOT
from tests.golden.release import forget_settings
from tests.golden.rotating import own_world, rotate, seal_anew, store
from tests.local.processes import wait_for
from tests.migrations.steps import forget
from tests.world import TenantWorld

Json = dict[str, Any]
LIMIT_S = 120


@pytest.fixture
def world(tmp_path: Path) -> Iterator[TenantWorld]:
    with own_world(tmp_path) as found:
        yield found


def add(world: TenantWorld, username: str, **fields: Any) -> Json:
    made: Json = world.admin.post(f"{world.path}/subscribers", {"username": username} | fields).expect(201)
    return made


def stored(world: TenantWorld, prefix: str = SUBSCRIBER.sk_prefix) -> dict[str, Subscriber]:
    found = database().all(Subscriber, keys.tenant(world.tenant_id), prefix=prefix)
    return {subscriber.username: subscriber for subscriber in found}


def key_ids(subscriber: Subscriber) -> set[str]:
    return {named_key(getattr(subscriber, name))[0] for name in FIELDS}


def opens(world: TenantWorld, subscriber: Subscriber, password: str) -> bool:
    opened = open_at_rest(subscriber.softphone_ha1, subscriber.username, world.domain)
    return opened == ha1_md5(subscriber.username, world.domain, password)


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def test_every_value_is_sealed_anew_and_nothing_else_changes(world: TenantWorld) -> None:
    passwords = {f"user{n:03d}": f"Correct-horse-{n}" for n in range(CHUNK + 5)}
    for username, password in passwords.items():
        add(world, username, softphone_password=password)
    gone = add(world, "gone", softphone_password="Battery-staple")
    world.admin.delete(f"{world.path}/subscribers/{gone['id']}", headers={"if-match": '"1"'}).expect(204)
    before = stored(world)
    versions = world.node.get("/sbc/versions").expect(200)["versions"]

    ring = rotate()
    seal_anew()

    after = stored(world)
    assert all(key_ids(found) == {ring.newest.id} for found in after.values())
    assert all(opens(world, after[username], password) for username, password in passwords.items())
    assert {name: one.version for name, one in after.items()} == {name: one.version for name, one in before.items()}
    assert world.node.get("/sbc/versions").expect(200)["versions"] == versions
    [deleted] = stored(world, keys.DELETED + SUBSCRIBER.sk_prefix).values()
    assert key_ids(deleted) == {ring.newest.id}
    assert opens(world, deleted, "Battery-staple")
    state = migration_states()[MIGRATION.number]
    assert (state.state, int(state.changed)) == ("done", len(passwords) + 1)


def test_subscribers_of_a_deleted_tenant_are_sealed_anew_too(world: TenantWorld) -> None:
    add(world, "ann", softphone_password="Correct-horse")
    world.admin.delete(world.path, headers={"if-match": '"1"'}).expect(204)

    ring = rotate()
    seal_anew()
    world.admin.post(f"{world.path}/restore").expect(200)

    assert key_ids(stored(world)["ann"]) == {ring.newest.id}
    assert opens(world, stored(world)["ann"], "Correct-horse")


def test_a_second_rotation_and_a_second_run_find_what_is_left_to_do(world: TenantWorld) -> None:
    add(world, "ann", softphone_password="Correct-horse")
    first = rotate()
    seal_anew()
    second = rotate(ago_s=2 * 86400)
    seal_anew()
    assert key_ids(stored(world)["ann"]) == {second.newest.id}

    again = rotate(ago_s=86400)

    assert [key.id for key in again.keys[:-1]] == [FIRST, first.newest.id, second.newest.id]
    seal_anew()
    assert opens(world, stored(world)["ann"], "Correct-horse")


def test_a_rotation_that_died_halfway_goes_on_with_the_same_key(world: TenantWorld) -> None:
    begun = rotate(ago_s=0)

    assert rotate(ago_s=0) == begun


def test_nothing_begins_before_every_process_seals_with_the_new_key(world: TenantWorld) -> None:
    ring = rotate(ago_s=0)

    early = step({}, Transaction(now_ms=now_ms()))
    late = step({}, Transaction(now_ms=ring.newest.use_from + SETTLE_MS))

    assert (early.place, early.not_before) == ({}, ring.newest.use_from + SETTLE_MS)
    assert late.place is not None
    assert late.place["key_id"] == ring.newest.id
    assert not run_migrations()
    assert migration_states()[MIGRATION.number].state != "done"


def test_without_a_former_key_there_is_nothing_to_do(world: TenantWorld) -> None:
    assert step({}, Transaction()) == Step(None)


def test_values_that_do_not_open_are_passed_over_and_told(world: TenantWorld) -> None:
    ann = add(world, "ann")
    add(world, "bob", softphone_password="Correct-horse")
    sk = keys.subscriber_sk(ann["id"])
    tx = Transaction()
    tx.update(keys.tenant(world.tenant_id), sk, "SET sip_ha1 = :damaged", damaged="zzzz.AAAA")
    tx.commit()

    ring = rotate()
    seal_anew()

    count = count_sealed()
    assert count.unreadable == [("subscriber", ann["id"])]
    assert count.of_key("zzzz") == {"subscriber": 1}
    assert key_ids(stored(world)["bob"]) == {ring.newest.id}


def chunk_of(world: TenantWorld, key_id: str) -> tuple[Step, Transaction]:
    """The step over the tenant's subscribers, not committed yet."""
    place: Json = {"key_id": key_id, "isp_id": world.isp_id, "isp_key": {}, "changed": 0}
    begun = step(place, Transaction()).place
    assert begun is not None
    tx = Transaction()
    return step(begun | {"part": 1}, tx), tx


@pytest.mark.parametrize("change", ["password", "delete"])
def test_who_changes_a_subscriber_between_reading_and_writing_has_the_last_word(
    world: TenantWorld, change: str
) -> None:
    ann = add(world, "ann", softphone_password="Correct-horse")
    ring = rotate()
    taken, tx = chunk_of(world, ring.newest.id)
    assert taken.changed == 1
    path = f"{world.path}/subscribers/{ann['id']}"

    if change == "password":
        world.admin.post(f"{path}/passwords", {"softphone": "Battery-staple"}).expect(200)
    else:
        world.admin.delete(path, headers={"if-match": '"1"'}).expect(204)
    with pytest.raises(PatchbayError) as refused:
        tx.commit()

    assert refused.value.code == "try_again"
    assert ("ann" in stored(world)) == (change == "password")
    if change == "password":
        assert opens(world, stored(world)["ann"], "Battery-staple")


def test_who_changes_something_else_meanwhile_is_not_disturbed(world: TenantWorld) -> None:
    ann = add(world, "ann", softphone_password="Correct-horse")
    ring = rotate()
    seal_anew()

    world.admin.patch(f"{world.path}/subscribers/{ann['id']}", {"name": "Ann"}, version=1).expect(200)

    assert key_ids(stored(world)["ann"]) == {ring.newest.id}


def test_a_key_is_dropped_once_nothing_needs_it_and_not_before(world: TenantWorld) -> None:
    add(world, "ann", softphone_password="Correct-horse")
    ring = rotate()
    with pytest.raises(KeyInUseError) as early:
        drop_master_key(store(), FIRST, count_sealed(), now_ms=now_ms())
    seal_anew()
    with pytest.raises(KeyInUseError) as nodes:
        drop_master_key(store(), FIRST, count_sealed(), now_ms=now_ms())
    world.node.post("/sbc/seal-keys", {"id": ring.newest.id}).expect(204)
    with pytest.raises(KeyInUseError) as answers:
        drop_master_key(store(), FIRST, count_sealed(), now_ms=ring.newest.use_from + 3600_000)

    left = drop_master_key(store(), FIRST, count_sealed(), now_ms=now_ms())

    assert early.value.obstacles.remaining == {"subscriber": 1, "node": 1}
    assert nodes.value.obstacles.remaining == {"node": 1}
    assert answers.value.obstacles.remaining == {}
    assert answers.value.obstacles.not_before > ring.newest.use_from + 86400_000
    assert [key.id for key in left.keys] == [ring.newest.id]
    forget_settings()
    assert opens(world, stored(world)["ann"], "Correct-horse")
    login = {"address": f"ann@{world.domain}", "password": "Correct-horse"}
    world.admin.post("/auth/subscriber-login", login).expect(200)


def test_instances_that_write_all_the_while_and_two_runners_leave_every_value_right(world: TenantWorld) -> None:
    """One instance is another process, which has read the ring before the rotation; the new key is in use at once."""
    ids = [add(world, f"user{n}")["id"] for n in range(6)]
    passwords: dict[str, str] = {}
    failures: list[BaseException] = []
    ended = threading.Event()

    def write() -> None:
        while not ended.is_set():
            for one in ids[3:]:
                made = world.admin.post(f"{world.path}/subscribers/{one}/passwords", {"softphone": ""}).expect(200)
                passwords[one] = made["softphone"]

    with WarmInstance(world, ids[:3]) as warm:
        ring = rotate()
        writer, *runners = [threading.Thread(target=kept(work, failures)) for work in (write, seal_anew, seal_anew)]
        for thread in (writer, *runners):
            thread.start()
        wait_for(lambda: all(key_ids(one) == {ring.newest.id} for one in stored(world).values()), limit_s=LIMIT_S)
        ended.set()
        told = warm.end()
        for thread in (writer, *runners):
            thread.join(timeout=LIMIT_S)

    assert warm.knew == [FIRST]
    assert (failures, told["failures"]) == ([], [])
    assert told["passwords"].keys() | passwords.keys() == set(ids)
    after = stored(world).values()
    assert all(opens(world, found, (passwords | told["passwords"])[found.id]) for found in after)
    assert all(key_ids(found) == {ring.newest.id} for found in after)


def kept(work: Callable[[], None], failures: list[BaseException]) -> Callable[[], None]:
    def run() -> None:
        try:
            work()
        except BaseException as error:
            failures.append(error)
            raise

    return run


class WarmInstance:
    """``knew``: the keys that it read at its start."""

    def __init__(self, world: TenantWorld, subscriber_ids: list[str]) -> None:
        place = [world.isp_id, world.tenant_id, world.sbc_id, world.domain]
        command = [sys.executable, "-m", "tests.migrations.warm_process", *place, *subscriber_ids]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.knew: list[str] = []

    def __enter__(self) -> Self:
        assert self._process.stdout is not None
        self.knew = json.loads(self._process.stdout.readline())
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def end(self) -> Json:
        told: Json = json.loads(self._process.communicate("over\n", timeout=LIMIT_S)[0])
        return told


def test_values_of_a_named_key_open_by_that_key_alone(world: TenantWorld) -> None:
    ring = rotate()
    other = MasterKey(FIRST, ring.newest.secret)
    sealed = seal_at_rest("0" * 32, "ann", world.domain, key=other)

    with pytest.raises(ValueError, match="no HA1"):
        open_at_rest(sealed, "ann", world.domain)
    assert master_keys().ring() == ring


def test_the_steps_of_an_isp_without_tenants_are_few(world: TenantWorld) -> None:
    ring = rotate()
    forget(keys.isp(world.isp_id), keys.tenant_sk(""))
    place: Json | None = {"key_id": ring.newest.id, "isp_id": world.isp_id, "isp_key": {}, "changed": 0}

    taken = 0
    while place is not None and "isp_id" in place:
        place = step(place, Transaction()).place
        taken += 1

    assert taken == 2
    assert place == {"isp_key": {}, "changed": 0, "key_id": ring.newest.id}
