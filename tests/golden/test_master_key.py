"""The master key is rotated over the items of every earlier release: they are read before, meanwhile and after."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from chalicelib.clients.seal import seal_key
from chalicelib.domain.digest import ha1_md5
from chalicelib.domain.key_ring import FIRST
from chalicelib.domain.part_reader import read_subscriber
from chalicelib.workflows.count_sealed import count_sealed
from chalicelib.workflows.drop_master_key import KeyInUseError, drop_master_key
from sbc.hook.ha1 import Ha1Opener
from tests.golden.release import Release, releases, upgraded
from tests.golden.rotating import rotate, seal_anew, store
from tests.golden.upgraded_api import UpgradedApi


@pytest.fixture(scope="module", params=releases(), ids=lambda release: release.version)
def found(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[UpgradedApi]:
    release: Release = request.param
    with upgraded(release, release.fresh_items(), tmp_path_factory.mktemp("rotated")):
        yield UpgradedApi(release)


def test_everything_is_sealed_with_the_first_key_at_first_and_opens(found: UpgradedApi) -> None:
    count = count_sealed()

    assert count.unreadable == []
    assert {key for counts in count.by_kind.values() for key in counts} == {FIRST}
    assert count.by_kind["subscriber"][FIRST] == len(found.release.manifest["people"])
    assert count.by_kind["deleted_subscriber"][FIRST] >= 1
    check_passwords(found)


def test_a_key_that_something_is_sealed_with_is_not_dropped(found: UpgradedApi) -> None:
    ring = rotate()

    with pytest.raises(KeyInUseError) as refused:
        drop_master_key(store(), FIRST, count_sealed(), now_ms=now_ms())

    assert refused.value.obstacles.remaining.keys() >= {"subscriber", "deleted_subscriber"}
    assert [key.id for key in ring.keys] == [FIRST, ring.newest.id]
    check_passwords(found)


def test_after_the_job_nothing_but_imports_and_nodes_need_the_first_key(found: UpgradedApi) -> None:
    seal_anew()

    count = count_sealed()

    assert count.of_key(FIRST).keys() <= {"import", "node"}  # nodes take theirs by themselves
    assert count.unreadable == []
    assert list(found.differences()) == []
    check_passwords(found)


def test_sessions_of_before_go_on(found: UpgradedApi) -> None:
    found.api.post("/auth/refresh", {"refresh_token": found.secrets["alice_refresh"]}).expect(200)


def test_a_subscriber_deleted_before_is_restored_with_the_password(found: UpgradedApi) -> None:
    path = f"{found.tenant}/subscribers/{found.release.manifest['people']['carol']}"
    version = found.admin.get(path).expect(200)["version"]
    found.admin.delete(path, headers={"if-match": f'"{version}"'}).expect(204)

    found.admin.post(f"{path}/restore").expect(200)

    check_passwords(found)


def check_passwords(found: UpgradedApi) -> None:
    """Of all people, as a node opens them and as the API does."""
    opener = Ha1Opener(seal_key(found.ids["sbc_id"]))
    domain, password = found.ids["domain"], found.secrets["sip_password"]
    parts = [answer["path"] for answer in found.release.answers if "/subscribers/" in answer["path"]]
    people = {
        subscriber.username: opener.open(subscriber.sip_ha1, subscriber.username, domain)
        for key in parts
        if key.startswith("tenant/")
        for subscriber in (read_subscriber(one) for one in found.part(key)["subscribers"])
    }
    assert people == {name: ha1_md5(name, domain, password) for name in found.release.manifest["people"]}
    address = {"address": f"alice@{domain}", "password": found.secrets["softphone_password"]}
    found.api.post("/auth/subscriber-login", address).expect(200)


def now_ms() -> int:
    return time.time_ns() // 1_000_000
