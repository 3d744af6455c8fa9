"""What a browser phone registers with, so that nobody types the password again after a reload."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.auth import Identity, issue_access_token
from chalicelib.domain.digest import ha1_md5
from tests.api_client import ApiClient
from tests.handlers.test_subscriber_login import SOFTPHONE, a_subscriber, login_body
from tests.onboarding import as_platform_admin
from tests.world import TenantWorld, a_tenant_world, an_id, as_isp_admin


def logged_in(api: ApiClient, world: TenantWorld) -> ApiClient:
    return api.as_token(api.post("/auth/subscriber-login", login_body(world)).expect(200)["access_token"])


def test_a_subscriber_gets_what_its_phone_registers_with(api: ApiClient) -> None:
    world = a_tenant_world(api)
    made = a_subscriber(world, name="Ann")
    platform = as_platform_admin(api)
    platform.patch(f"/platform/sbcs/{world.sbc_id}", {"websocket_url": "wss://sbc.example:8443/ws"}, version=1).expect(
        200
    )

    answer = logged_in(api, world).get("/me/phone")

    assert answer.expect(200) == {
        "subscriber_id": made["id"],
        "tenant_id": world.tenant_id,
        "username": "ann",
        "domain": world.domain,
        "display_name": "Ann",
        "alias": "101",
        "language": "en-US",
        "websocket_url": "wss://sbc.example:8443/ws",
        "proxy": {"host": "sbc.example", "port": 60110, "transports": ["udp", "tcp"]},
        "ha1": ha1_md5("ann", world.domain, SOFTPHONE),
    }
    assert answer.headers["cache-control"] == "no-store"


def test_the_digest_is_in_no_log_and_not_kept_for_a_repeated_request(
    api: ApiClient, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    world = a_tenant_world(api)
    a_subscriber(world)
    ann = logged_in(api, world)

    answers = [ann.get("/me/phone", headers={"idempotency-key": "again"}) for _ in range(2)]

    captured = capfd.readouterr()
    written = captured.out + captured.err + str([vars(record) for record in caplog.records])
    assert "GET /me/phone" in written
    assert answers[0].expect(200)["ha1"] not in written
    assert all("idempotent-replayed" not in answer.headers for answer in answers)
    assert not any(operation.startswith(("Put", "Update", "Transact")) for operation in answers[1].operations)


def test_nobody_else_has_a_phone(api: ApiClient) -> None:
    world = a_tenant_world(api)
    admin = Identity(role="tenant_admin", user_id=an_id("usr"), isp_id=world.isp_id, tenant_ids=(world.tenant_id,))
    others = (as_isp_admin(api, world.isp_id), api.as_token(issue_access_token(admin)), as_platform_admin(api))

    assert [other.get("/me/phone").status for other in others] == [403, 403, 403]
    assert api.get("/me/phone").status == 401


def changed_password(world: TenantWorld, made: dict[str, Any], ann: ApiClient) -> None:
    world.admin.post(f"{world.path}/subscribers/{made['id']}/passwords", {"softphone": ""}).expect(200)


def deleted(world: TenantWorld, made: dict[str, Any], ann: ApiClient) -> None:
    headers = {"if-match": f'"{made["version"]}"'}
    world.admin.delete(f"{world.path}/subscribers/{made['id']}", headers=headers).expect(204)


@pytest.mark.parametrize("end", [changed_password, deleted])
def test_a_token_that_outlives_its_password_shows_no_digest(api: ApiClient, end: Any) -> None:
    world = a_tenant_world(api)
    made = a_subscriber(world)
    ann = logged_in(api, world)

    end(world, made, ann)

    refused = ann.get("/me/phone")
    assert (refused.status, json.loads(refused.text)["code"]) == (401, "not_authenticated")


def test_a_token_that_outlives_its_session_shows_no_digest(api: ApiClient) -> None:
    world = a_tenant_world(api)
    a_subscriber(world)
    tokens = api.post("/auth/subscriber-login", login_body(world)).expect(200)
    api.post("/auth/logout", {"refresh_token": tokens["refresh_token"]}).expect(204)

    assert api.as_token(tokens["access_token"]).get("/me/phone").status == 401


def test_a_suspended_subscriber_is_told_so(api: ApiClient) -> None:
    world = a_tenant_world(api)
    made = a_subscriber(world)
    ann = logged_in(api, world)

    path = f"{world.path}/subscribers/{made['id']}"
    world.admin.patch(path, {"suspended": True}, version=made["version"]).expect(200)

    assert ann.get("/me/phone").expect(403)["code"] == "suspended"
