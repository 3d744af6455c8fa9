"""Subscribers log in to the phone console with ``user@domain`` and the softphone password."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.auth import read_access_token
from chalicelib.storage import keys
from chalicelib.storage.database import database
from chalicelib.storage.idempotency import KeptAnswer
from tests.api_client import ApiClient
from tests.onboarding import as_platform_admin
from tests.world import TenantWorld, a_tenant_world, an_id

SIP, SOFTPHONE = "the-sip-password", "the-softphone-password"


def a_subscriber(world: TenantWorld, **fields: Any) -> dict[str, Any]:
    body = {"username": "ann", "alias": "101", "sip_password": SIP, "softphone_password": SOFTPHONE} | fields
    made: dict[str, Any] = world.admin.post(f"{world.path}/subscribers", body).expect(201)
    return made


def login_body(world: TenantWorld, **fields: Any) -> dict[str, Any]:
    return {"address": f"ann@{world.domain}", "password": SOFTPHONE} | fields


def test_a_subscriber_logs_in_and_stays_logged_in(api: ApiClient) -> None:
    world = a_tenant_world(api)
    made = a_subscriber(world, name="Ann")

    tokens = api.post("/auth/subscriber-login", login_body(world, address=f"ANN@{world.domain.upper()}")).expect(200)
    refreshed = api.post("/auth/refresh", {"refresh_token": tokens["refresh_token"]}).expect(200)

    me = api.as_token(refreshed["access_token"]).get("/me").expect(200)
    assert (me["role"], me["name"], me["tenant_ids"]) == ("subscriber", "Ann", [world.tenant_id])
    assert me["user_id"] == made["id"]
    assert api.as_token(refreshed["access_token"]).get("/users").expect(403)["code"] == "not_allowed"


def test_whatever_is_wrong_the_answer_and_the_reads_are_the_same(api: ApiClient) -> None:
    world = a_tenant_world(api)
    a_subscriber(world)

    answers = [
        api.post("/auth/subscriber-login", login_body(world, **wrong))
        for wrong in (
            {"password": "wrong"},
            {"password": SIP},  # is for phones
            {"address": f"bob@{world.domain}"},
            {"address": f"101@{world.domain}"},  # an alias
            {"address": "ann@nowhere.example"},
        )
    ]

    assert {answer.status for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1
    assert len({tuple(answer.operations) for answer in answers}) == 1


@pytest.mark.parametrize("level", ["subscriber", "tenant", "customer", "isp"])
def test_a_suspension_at_any_level_locks_out(api: ApiClient, level: str) -> None:
    world = a_tenant_world(api)
    made = a_subscriber(world)
    tokens = api.post("/auth/subscriber-login", login_body(world)).expect(200)

    if level == "subscriber":
        path = f"{world.path}/subscribers/{made['id']}"
        world.admin.patch(path, {"suspended": True}, version=made["version"]).expect(200)
    elif level == "tenant":
        version = world.admin.get(world.path).expect(200)["version"]
        world.admin.patch(world.path, {"suspended": True}, version=version).expect(200)
    elif level == "customer":
        path = f"/customers/{world.customer_id}"
        version = world.admin.get(path).expect(200)["version"]
        world.admin.patch(path, {"suspended": True}, version=version).expect(200)
    else:
        as_platform_admin(api).patch(f"/platform/isps/{world.isp_id}", {"suspended": True}, version=1).expect(200)

    assert api.post("/auth/subscriber-login", login_body(world)).expect(403)["code"] == "suspended"
    assert api.post("/auth/subscriber-login", login_body(world, password="wrong")).status == 401
    assert api.post("/auth/refresh", {"refresh_token": tokens["refresh_token"]}).expect(403)["code"] == "suspended"


def test_a_changed_password_ends_the_sessions(api: ApiClient) -> None:
    world = a_tenant_world(api)
    made = a_subscriber(world)
    tokens = api.post("/auth/subscriber-login", login_body(world)).expect(200)

    path = f"{world.path}/subscribers/{made['id']}/passwords"
    world.admin.post(path, {"softphone": "another-password"}).expect(200)

    api.post("/auth/refresh", {"refresh_token": tokens["refresh_token"]}).expect(401)
    api.post("/auth/subscriber-login", login_body(world)).expect(401)
    api.post("/auth/subscriber-login", login_body(world, password="another-password")).expect(200)


def test_a_deleted_subscriber_is_out(api: ApiClient) -> None:
    world = a_tenant_world(api)
    made = a_subscriber(world)
    tokens = api.post("/auth/subscriber-login", login_body(world)).expect(200)

    world.admin.delete(f"{world.path}/subscribers/{made['id']}").expect(204)

    api.post("/auth/refresh", {"refresh_token": tokens["refresh_token"]}).expect(401)
    api.post("/auth/subscriber-login", login_body(world)).expect(401)


def test_guessing_a_softphone_password_is_locked_out(api: ApiClient) -> None:
    body = {"address": f"ann@{an_id('x').replace('_', '').lower()}.example", "password": "wrong"}
    for _ in range(10):
        api.post("/auth/subscriber-login", body).expect(401)

    assert api.post("/auth/subscriber-login", body).expect(429)["code"] == "too_many_attempts"


@pytest.mark.parametrize("address", ["ann", "@x.example", "ann@", "a nn@x.example", "ann@x.example\n", 7, "a" * 3000])
def test_what_is_no_address_is_a_problem(api: ApiClient, address: Any) -> None:
    body = {"address": address, "password": SOFTPHONE}

    assert api.post("/auth/subscriber-login", body).expect(422)["errors"][0]["field"] == "address"


def test_a_kept_answer_is_repeated_but_not_readable_in_the_table(api: ApiClient) -> None:
    world = a_tenant_world(api)
    body = {"username": "ann", "softphone_password": SOFTPHONE}
    key = {"idempotency-key": an_id("key")}

    first = world.admin.post(f"{world.path}/subscribers", body, headers=key).expect(201)
    again = world.admin.post(f"{world.path}/subscribers", body, headers=key).expect(201)

    assert again == first
    assert first["passwords"]["softphone"] == SOFTPHONE
    user_id = read_access_token(world.admin.token).user_id
    kept = database().get(KeptAnswer, keys.idempotency(user_id, key["idempotency-key"]), keys.META)
    assert kept.body
    assert SOFTPHONE not in kept.body
