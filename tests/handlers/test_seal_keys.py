"""Seal keys as a node is shown them: sealed with one that it has, and in force once it says so."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from chalicelib.clients.seal import open_ha1, seal_key
from chalicelib.domain.digest import ha1_md5
from chalicelib.domain.key_ring import FIRST
from chalicelib.domain.parts import subscribers_key
from chalicelib.workflows.count_sealed import count_sealed
from chalicelib.workflows.drop_master_key import drop_master_key
from chalicelib.workflows.enrol_node import enrol_node
from tests.golden.rotating import own_world, rotate, seal_anew, store
from tests.world import TenantWorld, as_platform_admin

LONG_AFTER_MS = 4_000_000_000_000


@pytest.fixture
def world(tmp_path: Path) -> Iterator[TenantWorld]:
    with own_world(tmp_path) as found:
        yield found


def opened(sealed: str, key_id: str, *, sbc_id: str, under: bytes) -> bytes:
    raw = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
    return AESGCM(under).decrypt(raw[:12], raw[12:], f"seal key {key_id} of {sbc_id}".encode())


def test_before_a_rotation_there_is_the_first_alone(world: TenantWorld) -> None:
    assert world.node.get("/sbc/versions").expect(200)["seal_keys"] == [FIRST]
    assert [key["id"] for key in world.node.get("/sbc/seal-keys").expect(200)["keys"]] == [FIRST]


def test_a_node_is_shown_all_keys_under_the_one_it_has_and_nobody_else_can_open_them(world: TenantWorld) -> None:
    first, new = seal_key(world.sbc_id), rotate().newest.id

    shown = world.node.get("/sbc/seal-keys").expect(200)["keys"]

    assert world.node.get("/sbc/versions").expect(200)["seal_keys"] == [new, FIRST]
    assert {key["id"]: opened(key["sealed"], key["id"], sbc_id=world.sbc_id, under=first) for key in shown} == {
        new: seal_key(world.sbc_id, new),
        FIRST: first,
    }
    for wrong in (seal_key("sbc_other"), bytes(32)):
        with pytest.raises(InvalidTag):
            opened(shown[0]["sealed"], new, sbc_id=world.sbc_id, under=wrong)


def test_parts_are_sealed_with_the_key_that_the_node_asking_has(world: TenantWorld) -> None:
    made = world.admin.post(f"{world.path}/subscribers", {"username": "ann"}).expect(201)
    ha1 = ha1_md5("ann", world.domain, made["passwords"]["sip"])
    new = rotate().newest.id
    other = world.node.as_token(enrol_node(world.sbc_id, "n2").node_key)  # enrolled after the rotation
    part = subscribers_key(world.tenant_id, 0)

    def sealed_with(key_id: str, node: TenantWorld) -> bool:
        [one] = node.part(part)["subscribers"]
        return open_ha1(one["sip_ha1"], "ann", world.domain, seal_key(world.sbc_id, key_id)) == ha1

    later = replace(world, node=other)
    assert sealed_with(FIRST, world)
    assert sealed_with(new, later)
    world.node.post("/sbc/seal-keys", {"id": new}).expect(204)
    assert sealed_with(new, world)


@pytest.mark.parametrize(("key_id", "status"), [("nosuch", 403), ("UPPER", 422), ("a" * 17, 422)])
def test_a_key_that_there_is_not_can_not_be_taken(world: TenantWorld, key_id: str, status: int) -> None:
    world.node.post("/sbc/seal-keys", {"id": key_id}).expect(status)

    world.node.get("/sbc/seal-keys").expect(200)


def test_a_node_whose_key_ended_is_told_to_be_enrolled_anew_and_loses_nothing(world: TenantWorld) -> None:
    """It was revoked before the key was dropped, or the check would have named it; its old key opens nothing more."""
    world.admin.post(f"{world.path}/subscribers", {"username": "ann"}).expect(201)
    ring = rotate()
    seal_anew()
    admin = as_platform_admin(world.admin)
    admin.delete(f"/platform/sbcs/{world.sbc_id}/nodes/n1").expect(204)

    drop_master_key(store(), FIRST, count_sealed(), now_ms=LONG_AFTER_MS)

    world.node.get("/sbc/seal-keys").expect(401)
    made = admin.post(f"/platform/sbcs/{world.sbc_id}/nodes", {"name": "n1"}).expect(201)
    assert base64.urlsafe_b64decode(made["seal_key"] + "=") == seal_key(world.sbc_id, ring.newest.id)


def test_nobody_but_a_node_asks_for_them(world: TenantWorld) -> None:
    world.admin.get("/sbc/seal-keys").expect(401)
    as_platform_admin(world.admin).post("/sbc/seal-keys", {"id": ""}).expect(401)
