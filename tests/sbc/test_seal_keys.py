"""A node's seal keys while the master key is rotated: taken, kept over restarts, forgotten when they have ended."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import stat
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from chalicelib.clients.seal import SealError, open_ha1, seal_key
from chalicelib.domain.digest import ha1_md5
from chalicelib.domain.key_ring import FIRST
from chalicelib.domain.parts import subscribers_key
from chalicelib.storage.sbcs import find_node, record_seal_key
from chalicelib.workflows.count_sealed import count_sealed
from chalicelib.workflows.drop_master_key import drop_master_key
from sbc.hook.feed_client import Versions
from sbc.hook.parts_disk import PartsDisk
from sbc.hook.seal_keys import RING, SETTLE_MS, SealKey, SealKeyError, SealKeys, signing_key
from sbc.hook.settings import read_seal_key
from sbc.hook.take_seal_key import take_seal_key
from tests.golden.rotating import own_world, rotate, seal_anew, store
from tests.local.processes import wait_for
from tests.sbc.fake_kamailio import FakeKamailio
from tests.sbc.hook_process import HookClient, HookProcess, write_settings
from tests.sbc.real_api import RealApi, real_api
from tests.world import TenantWorld

SBC = "sbc_1"
K1, K2, K3 = (bytes([n]) * 32 for n in (1, 2, 3))
NOW = 1_800_000_000_000
LIMIT_S = 60


def sealed(key_id: str, key: bytes, *, under: bytes, sbc_id: str = SBC) -> tuple[str, str]:
    """As the API shows it."""
    nonce = os.urandom(12)
    text = nonce + AESGCM(under).encrypt(nonce, key, f"seal key {key_id} of {sbc_id}".encode())
    return key_id, base64.urlsafe_b64encode(text).decode().rstrip("=")


@pytest.fixture
def node(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "seal.key").write_text(K1.hex())
    return tmp_path


def keys_of(node: Path) -> SealKeys:
    return SealKeys(node / "seal.key", node / "data")


def held(keys: SealKeys) -> list[tuple[str, bytes]]:
    return [(key.id, key.key) for key in keys.keys]


def test_a_node_begins_with_the_key_of_its_enrolment(node: Path) -> None:
    keys = keys_of(node)

    assert held(keys) == [("", K1)]
    assert keys.is_up_to_date([""], used="")
    assert keys.is_up_to_date([], used="")  # an API of before
    assert not keys.is_up_to_date(["k2", ""], used="")


def test_a_new_key_is_learned_beside_the_old_one_and_survives_a_restart(node: Path) -> None:
    keys = keys_of(node)

    keys.learn([sealed("k2", K2, under=K1), sealed("", K1, under=K1)], sbc_id=SBC, now_ms=NOW)
    again = keys_of(node)

    assert held(keys) == held(again) == [("k2", K2), ("", K1)]
    assert [key.held_since for key in again.keys] == [NOW, 0]
    assert stat.S_IMODE((node / "data" / RING).stat().st_mode) == 0o600
    assert not again.is_up_to_date(["k2", ""], used="")  # its parts are still sealed with the old one


def test_what_is_finished_is_forgotten_and_the_newest_is_the_key_to_start_with(node: Path) -> None:
    keys = keys_of(node)
    keys.learn([sealed("k2", K2, under=K1), sealed("", K1, under=K1)], sbc_id=SBC, now_ms=NOW)
    keys.finish(["k2", ""])
    assert keys.is_up_to_date(["k2", ""], used="k2")
    assert not keys.is_up_to_date(["k2", ""], used="")  # the API has forgotten that the node has it
    assert read_seal_key(node / "seal.key") == K2

    keys.finish(["k2"])
    again = keys_of(node)

    assert held(keys) == held(again) == [("k2", K2)]
    assert again.is_up_to_date(["k2"], used="k2")


def test_a_node_that_was_enrolled_with_a_later_key_learns_its_name_and_the_former_one(node: Path) -> None:
    (node / "seal.key").write_text(K2.hex())
    keys = keys_of(node)

    keys.learn([sealed("k2", K2, under=K2), sealed("", K1, under=K2)], sbc_id=SBC, now_ms=NOW)

    assert held(keys) == [("k2", K2), ("", K1)]
    assert signing_key(keys.keys, now_ms=NOW).id == ""  # others may not have the later one yet


def test_an_enrolment_anew_counts_more_than_what_was_learned_before(node: Path) -> None:
    keys_of(node).learn([sealed("k2", K2, under=K1), sealed("", K1, under=K1)], sbc_id=SBC, now_ms=NOW)

    (node / "seal.key").write_text(K3.hex())

    assert held(keys_of(node)) == [("", K3)]


@pytest.mark.parametrize("ring", ["", "{}", "[]", '{"enrolled": "x", "in_force": "", "keys": [{"id": "a"}]}'])
def test_a_torn_file_costs_nothing_but_asking_again(node: Path, ring: str) -> None:
    (node / "data" / RING).write_text(ring)

    assert held(keys_of(node)) == [("", K1)]


@pytest.mark.parametrize(
    "shown",
    [
        sealed("k2", K2, under=K3),  # the node's key ended while it was away
        sealed("k2", K2, under=K1, sbc_id="sbc_2"),
        ("k3", sealed("k2", K2, under=K1)[1]),
        sealed("k2", b"short", under=K1),
        ("k2", "?"),
        ("k2", ""),
    ],
)
def test_a_key_that_does_not_open_changes_nothing(node: Path, shown: tuple[str, str]) -> None:
    keys = keys_of(node)

    with pytest.raises(SealKeyError):
        keys.learn([shown, sealed("", K1, under=K1)], sbc_id=SBC, now_ms=NOW)

    assert held(keys) == [("", K1)]
    assert not (node / "data" / RING).exists()


class Instances:
    """Of the API: each shows the keys that it knows, and all remember what the node has said."""

    def __init__(self, *shown: list[str]) -> None:
        self.shown = iter(shown)
        self.taken: list[str] = []

    async def seal_keys(self) -> tuple[tuple[str, str], ...]:
        return tuple(sealed(key_id, {"": K1, "k2": K2, "k3": K3}[key_id], under=K1) for key_id in next(self.shown))

    async def take_seal_key(self, key_id: str) -> None:
        self.taken.append(key_id)

    def tell(self, keys: SealKeys, listed: list[str], *, used: str) -> None:
        versions = Versions({}, tuple(listed), used)
        asyncio.run(take_seal_key(self, keys, versions, sbc_id=SBC, now_ms=NOW))


def test_a_key_that_is_listed_and_not_shown_yet_is_not_taken(node: Path) -> None:
    """One of two instances has read the ring before the rotation. Parts would be sealed with a key that isn't here."""
    keys, api = keys_of(node), Instances([""], ["k2", ""])

    with pytest.raises(SealKeyError):
        api.tell(keys, ["k2", ""], used="")
    assert api.taken == []
    api.tell(keys, ["k2", ""], used="")

    assert api.taken == ["k2"]
    assert held(keys_of(node)) == [("k2", K2), ("", K1)]


def test_a_key_in_force_stays_whatever_an_instance_says_that_has_not_heard_of_it(node: Path) -> None:
    keys, api = keys_of(node), Instances(["k2", ""])
    api.tell(keys, ["k2", ""], used="")
    keys.finish(["k2", ""])

    assert keys.is_up_to_date([""], used="")
    assert not keys.is_up_to_date(["k3", "k2"], used="k2")


def test_a_node_enrolled_with_a_later_key_does_not_fall_back_by_what_an_old_instance_lists(node: Path) -> None:
    (node / "seal.key").write_text(K2.hex())

    assert keys_of(node).is_up_to_date([""], used="k2")
    assert not keys_of(node).is_up_to_date(["k2", ""], used="k2")


def test_a_key_that_is_known_is_said_to_be_without_asking(node: Path) -> None:
    """The answer got lost, or the API's table was restored."""
    keys, api = keys_of(node), Instances(["k2", ""])
    api.tell(keys, ["k2", ""], used="")

    api.tell(keys, ["k2", ""], used="")
    api.tell(keys, ["k2", ""], used="k2")

    assert api.taken == ["k2", "k2"]


def test_who_uses_the_keys_is_told_of_others(node: Path) -> None:
    told: list[Sequence[SealKey]] = []
    keys = keys_of(node)
    keys.tell(told.append)

    keys.learn([sealed("k2", K2, under=K1), sealed("", K1, under=K1)], sbc_id=SBC, now_ms=NOW)

    assert [len(one) for one in told] == [1, 2]


def test_messages_are_signed_with_a_key_that_the_others_have_had_time_to_take() -> None:
    keys = [SealKey("k2", K2, NOW), SealKey("", K1, 0)]

    assert signing_key(keys, now_ms=NOW + SETTLE_MS - 1).id == ""
    assert signing_key(keys, now_ms=NOW + SETTLE_MS).id == "k2"
    assert signing_key(keys[:1], now_ms=NOW).id == "k2"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[TenantWorld]:
    with own_world(tmp_path / "cloud") as found:
        yield found


class RealNode:
    """A hook of the world's SBC at the real API, which compares versions all the time."""

    def __init__(self, world: TenantWorld, directory: Path, stack: ExitStack) -> None:
        directory.mkdir()
        self.world, self.directory = world, directory
        self.api: RealApi = stack.enter_context(real_api())
        kamailio = stack.enter_context(FakeKamailio(directory / "k"))
        settings = write_settings(
            directory, api_url=self.api.url, kamailio=kamailio.path, sbc_id=world.sbc_id, compare_interval_s=0.2
        )
        (directory / "node.key").write_text(world.node.token)
        (directory / "seal.key").write_text(seal_key(world.sbc_id).hex())
        self.hook = stack.enter_context(HookProcess(settings))

    def ha1_of(self, username: str) -> Any:
        """What Kamailio is told."""
        with closing(HookClient(self.hook.port)) as client:
            asked = {"user": username, "domain": self.world.domain, "transport": "udp"}
            return client.post("/auth", asked)[1].get("sip")

    def sealed_on_disk(self) -> dict[str, str]:
        key = subscribers_key(self.world.tenant_id, 0)
        parts = dict(PartsDisk(self.directory / "data/parts").read_all())
        return {one["username"]: one["sip_ha1"] for one in json.loads(parts[key])["subscribers"]} if parts else {}

    def has_on_disk(self, key: bytes) -> bool:
        """All that is sealed opens with this key, and there is something."""
        found = self.sealed_on_disk()
        try:
            return bool([open_ha1(text, name, self.world.domain, key) for name, text in found.items()])
        except SealError:
            return False

    @property
    def confirmed(self) -> str:
        found = find_node(self.world.sbc_id, "n1")
        assert found is not None
        return str(found.seal_key_id)


def test_a_node_goes_along_with_a_rotation_while_it_serves_phones_and_after_a_restart(
    world: TenantWorld, tmp_path: Path
) -> None:
    made = world.admin.post(f"{world.path}/subscribers", {"username": "ann"}).expect(201)
    ha1 = ha1_md5("ann", world.domain, made["passwords"]["sip"])
    with ExitStack() as stack:
        node = RealNode(world, tmp_path / "node", stack)
        assert node.ha1_of("ann") == ha1
        assert node.confirmed == FIRST

        new = rotate().newest.id
        wait_for(lambda: node.confirmed == new, limit_s=LIMIT_S)
        wait_for(lambda: node.has_on_disk(seal_key(world.sbc_id, new)), limit_s=LIMIT_S)
        assert node.ha1_of("ann") == ha1
        record_seal_key(world.sbc_id, "n1", FIRST)  # as in a table that was restored to an earlier moment
        wait_for(lambda: node.confirmed == new, limit_s=LIMIT_S)
        seal_anew()
        wait_for(lambda: read_seal_key(node.directory / "seal.key") == seal_key(world.sbc_id, new), limit_s=LIMIT_S)

        drop_master_key(store(), FIRST, count_sealed(), now_ms=now_ms())
        wait_for(lambda: held_on_disk(node) == [new], limit_s=LIMIT_S)
        node.hook.kill()
        node.hook.start()

        assert node.ha1_of("ann") == ha1
        changed = world.admin.post(f"{world.path}/subscribers/{made['id']}/passwords", {"sip": ""}).expect(200)
        later = ha1_md5("ann", world.domain, changed["sip"])
        wait_for(lambda: node.ha1_of("ann") == later, limit_s=LIMIT_S)
        assert "POST /v1/sbc/seal-keys" in node.api.asked


def held_on_disk(node: RealNode) -> list[str]:
    return [key["id"] for key in json.loads((node.directory / "data" / RING).read_text())["keys"]]


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def test_a_node_whose_requests_for_keys_fail_goes_on_and_takes_them_later(world: TenantWorld, tmp_path: Path) -> None:
    made = world.admin.post(f"{world.path}/subscribers", {"username": "ann"}).expect(201)
    ha1 = ha1_md5("ann", world.domain, made["passwords"]["sip"])
    with ExitStack() as stack:
        node = RealNode(world, tmp_path / "node", stack)
        assert node.ha1_of("ann") == ha1
        node.api.faults["/v1/sbc/seal-keys"] = ["busy", "lost", "", "busy", "lost"]

        new = rotate().newest.id
        changed = world.admin.post(f"{world.path}/subscribers/{made['id']}/passwords", {"sip": ""}).expect(200)

        wait_for(lambda: node.ha1_of("ann") == ha1_md5("ann", world.domain, changed["sip"]), limit_s=LIMIT_S)
        wait_for(lambda: node.confirmed == new and node.has_on_disk(seal_key(world.sbc_id, new)), limit_s=LIMIT_S)
        assert node.api.faults["/v1/sbc/seal-keys"] == []
