"""Users of an ISP: invited, changed, suspended; and the View of a tenant."""

from __future__ import annotations

import os
from typing import Any

import pytest

from chalicelib.auth import read_access_token
from chalicelib.domain.ids import new_id
from chalicelib.storage import keys
from chalicelib.storage.tenants import Tenant
from chalicelib.storage.transaction import Transaction
from tests.api_client import ApiClient
from tests.onboarding import World, an_email, mails_to, onboard, token_in

PASSWORD = "another horse battery"


def a_tenant(world: World) -> str:
    isp_id = world.api.get("/isp").expect(200)["id"]
    tx = Transaction()
    tenant_id = new_id("ten", now_ms=tx.now_ms, random_bytes=os.urandom(10))
    tx.put_new(
        Tenant(
            pk=keys.isp(isp_id),
            sk=keys.tenant_sk(tenant_id),
            id=tenant_id,
            created_at=tx.now_ms,
            updated_at=tx.now_ms,
            name="Shop",
            domain=f"{tenant_id.lower()}.example",
            customer_id="cus_x",
            sbc_id="sbc_x",
        )
    )
    tx.commit()
    return tenant_id


def a_user(**fields: Any) -> dict[str, Any]:
    return {"email": an_email(), "full_name": "Bob", "role": "isp_admin"} | fields


def accept(api: ApiClient, world: World, email: str) -> dict[str, Any]:
    """Choose a password with the invitation and log in."""
    token = token_in(mails_to(email)[0])
    api.post("/auth/password-reset/confirm", {"token": token, "password": PASSWORD}).expect(204)
    body = {"namespace": world.namespace, "email": email, "password": PASSWORD}
    return api.post("/auth/login", body).expect(200)


def test_an_invited_user_chooses_a_password_and_logs_in(api: ApiClient) -> None:
    world = onboard(api)
    tenant_id = a_tenant(world)

    made = world.api.post("/users", a_user(role="tenant_admin", tenant_ids=[tenant_id])).expect(201)
    tokens = accept(api, world, made["email"])

    assert made["invited"] is True
    assert world.api.get(f"/users/{made['id']}").expect(200)["invited"] is False
    identity = read_access_token(tokens["access_token"])
    assert (identity.role, identity.tenant_ids) == ("tenant_admin", (tenant_id,))
    assert api.as_token(tokens["access_token"]).get("/users").expect(403)["code"] == "not_allowed"


def test_an_invitation_is_sent_again_until_it_is_accepted(api: ApiClient) -> None:
    world = onboard(api)
    made = world.api.post("/users", a_user()).expect(201)

    world.api.post(f"/users/{made['id']}/invitation").expect(204)

    assert len(mails_to(made["email"])) == 2
    accept(api, world, made["email"])
    assert world.api.post(f"/users/{made['id']}/invitation").expect(409)["code"] == "already_exists"


def test_an_uninvited_password_does_not_log_in(api: ApiClient) -> None:
    world = onboard(api)
    made = world.api.post("/users", a_user()).expect(201)

    for password in ("", " ", PASSWORD):
        body = {"namespace": world.namespace, "email": made["email"], "password": password}
        assert api.post("/auth/login", body).status in (401, 422)


def test_tenants_of_others_and_none_at_all_are_refused(api: ApiClient) -> None:
    world, other = onboard(api), onboard(api)

    foreign = world.api.post("/users", a_user(role="tenant_admin", tenant_ids=[a_tenant(other)]))
    none = world.api.post("/users", a_user(role="tenant_admin"))
    many = world.api.post("/users", a_user(role="isp_admin", tenant_ids=[a_tenant(world)]))
    role = world.api.post("/users", a_user(role="platform_admin"))

    assert foreign.expect(422)["code"] == "reference_not_found"
    assert none.expect(422)["errors"][0]["field"] == "tenant_ids"
    assert many.expect(422)["errors"][0]["field"] == "tenant_ids"
    assert role.expect(422)["errors"][0]["field"] == "role"


def test_an_address_logs_in_once_per_namespace(api: ApiClient) -> None:
    world, other = onboard(api), onboard(api)

    taken = world.api.post("/users", a_user(email=world.email.upper()))

    assert taken.expect(409)["code"] == "name_taken"
    assert taken.json["errors"][0]["field"] == "email"
    other.api.post("/users", a_user(email=world.email)).expect(201)


def test_a_changed_address_moves_the_login(api: ApiClient) -> None:
    world = onboard(api)
    made = world.api.post("/users", a_user()).expect(201)
    accept(api, world, made["email"])
    version = world.api.get(f"/users/{made['id']}").expect(200)["version"]

    moved = world.api.patch(f"/users/{made['id']}", {"email": an_email()}, version=version).expect(200)

    body = {"namespace": world.namespace, "password": PASSWORD}
    api.post("/auth/login", body | {"email": made["email"]}).expect(401)
    api.post("/auth/login", body | {"email": moved["email"]}).expect(200)
    world.api.post("/users", a_user(email=made["email"])).expect(201)
    stale = world.api.patch(f"/users/{made['id']}", {"email": an_email()}, version=version)
    assert stale.expect(412)["code"] == "version_conflict"


@pytest.mark.parametrize("how", ["suspend", "delete"])
def test_who_is_suspended_or_deleted_stays_outside(api: ApiClient, how: str) -> None:
    world = onboard(api)
    made = world.api.post("/users", a_user()).expect(201)
    tokens = accept(api, world, made["email"])
    version = world.api.get(f"/users/{made['id']}").expect(200)["version"]
    login = {"namespace": world.namespace, "email": made["email"], "password": PASSWORD}

    if how == "suspend":
        world.api.patch(f"/users/{made['id']}", {"suspended": True}, version=version).expect(200)
    else:
        world.api.delete(f"/users/{made['id']}").expect(204)

    expected = (403, "suspended") if how == "suspend" else (401, "wrong_credentials")
    answer = api.post("/auth/login", login)
    assert (answer.status, answer.json["code"]) == expected
    assert api.post("/auth/refresh", {"refresh_token": tokens["refresh_token"]}).status == expected[0]
    wrong = api.post("/auth/login", login | {"password": "wrong password"})
    assert wrong.expect(401)["code"] == "wrong_credentials"  # nothing is told before the password is right


def test_nobody_locks_oneself_out(api: ApiClient) -> None:
    world = onboard(api)
    world.api.post("/users", a_user()).expect(201)
    me = world.api.get("/me").expect(200)["user_id"]

    answers = [
        world.api.delete(f"/users/{me}"),
        world.api.patch(f"/users/{me}", {"suspended": True}, version=1),
        world.api.patch(f"/users/{me}", {"role": "tenant_admin", "tenant_ids": [a_tenant(world)]}, version=1),
    ]

    assert [answer.expect(409)["code"] for answer in answers] == ["own_user"] * 3
    world.api.patch(f"/users/{me}", {"full_name": "Ann B."}, version=1).expect(200)


def test_the_last_active_admin_stays(api: ApiClient) -> None:
    world = onboard(api)
    first = world.api.get("/me").expect(200)["user_id"]
    second = world.api.post("/users", a_user()).expect(201)
    as_second = api.as_token(accept(api, world, second["email"])["access_token"])
    version = world.api.get(f"/users/{second['id']}").expect(200)["version"]
    world.api.patch(f"/users/{second['id']}", {"suspended": True}, version=version).expect(200)

    refused = as_second.delete(f"/users/{first}")  # its access token still lives

    assert refused.expect(409)["code"] == "last_admin"


def test_a_restored_user_logs_in_again(api: ApiClient) -> None:
    world = onboard(api)
    made = world.api.post("/users", a_user()).expect(201)
    accept(api, world, made["email"])
    world.api.delete(f"/users/{made['id']}").expect(204)

    world.api.post(f"/users/{made['id']}/restore").expect(200)

    login = {"namespace": world.namespace, "email": made["email"], "password": PASSWORD}
    api.post("/auth/login", login).expect(200)


def test_another_isp_finds_no_user(api: ApiClient) -> None:
    world, other = onboard(api), onboard(api)
    made = world.api.post("/users", a_user()).expect(201)

    assert other.api.get(f"/users/{made['id']}").status == 404
    assert other.api.patch(f"/users/{made['id']}", {"full_name": "X"}, version=1).status == 404
    assert other.api.delete(f"/users/{made['id']}").status == 404
    assert other.api.post(f"/users/{made['id']}/invitation").status == 404
    assert made["id"] not in {user["id"] for user in other.api.get("/users").expect(200)["items"]}


def test_users_are_listed_without_secrets_in_one_query(api: ApiClient) -> None:
    world = onboard(api)

    listed = world.api.get("/users")

    assert [user["email"] for user in listed.expect(200)["items"]] == [world.email]
    assert listed.operations == ["Query"]
    assert b"argon2" not in listed.text
    assert b"argon2" not in world.api.get("/audit").text


def test_view_opens_one_tenant_and_is_audited(api: ApiClient) -> None:
    world = onboard(api)
    tenant_id = a_tenant(world)

    view = world.api.post(f"/tenants/{tenant_id}/view").expect(200)

    visitor = api.as_token(view["access_token"])
    me = visitor.get("/me").expect(200)
    own = world.api.get("/me").expect(200)
    assert (me["role"], me["tenant_ids"], me["acting_for"]) == ("tenant_admin", [tenant_id], own["user_id"])
    assert visitor.get("/users").status == 403
    assert visitor.put("/me/password", {"current_password": world.password, "new_password": PASSWORD}).status == 403
    entry = world.api.get("/audit").expect(200)["items"][0]
    assert (entry["action"], entry["after"], entry["user_id"]) == (
        "tenant.view",
        {"tenant_id": tenant_id},
        own["user_id"],
    )


def test_a_foreign_tenant_is_not_viewed(api: ApiClient) -> None:
    world, other = onboard(api), onboard(api)

    assert world.api.post(f"/tenants/{a_tenant(other)}/view").expect(404)["code"] == "not_found"
