"""Where phones connect, told to everybody who sets one up."""

from __future__ import annotations

from chalicelib.auth import Identity, issue_access_token
from tests.api_client import ApiClient
from tests.world import TenantWorld, a_tenant_world, an_id, as_platform_admin


def as_role(api: ApiClient, world: TenantWorld, role: str) -> ApiClient:
    identity = Identity(role=role, user_id=an_id("usr"), isp_id=world.isp_id, tenant_ids=(world.tenant_id,))  # type: ignore[arg-type]
    return api.as_token(issue_access_token(identity))


def test_a_subscriber_and_both_kinds_of_admin_learn_where_phones_connect(api: ApiClient) -> None:
    world = a_tenant_world(api)
    sbc = as_platform_admin(api).get(f"/platform/sbcs/{world.sbc_id}").expect(200)
    change = {"websocket_url": "wss://sbc.example:8443/ws"}
    as_platform_admin(api).patch(f"/platform/sbcs/{world.sbc_id}", change, version=sbc["version"]).expect(200)

    told = [
        as_role(api, world, role).get(f"{world.path}/connection").expect(200)
        for role in ("isp_admin", "tenant_admin", "subscriber")
    ]

    assert told[0] == {
        "domain": world.domain,
        "proxy_host": "sbc.example",
        "proxy_port": 60110,
        "transports": ["udp", "tcp"],
        "websocket_url": "wss://sbc.example:8443/ws",
    }
    assert told == [told[0]] * 3


def test_an_ipv6_proxy_keeps_its_brackets_as_in_an_address_of_sip(api: ApiClient) -> None:
    world = a_tenant_world(api)
    platform = as_platform_admin(api)
    platform.patch(f"/platform/sbcs/{world.sbc_id}", {"address": "[2001:db8::1]:5060"}, version=1).expect(200)

    told = world.admin.get(f"{world.path}/connection").expect(200)

    assert (told["proxy_host"], told["proxy_port"]) == ("[2001:db8::1]", 5060)


def test_it_costs_the_proof_of_the_tenant_and_one_read(api: ApiClient) -> None:
    world = a_tenant_world(api)

    assert world.admin.get(f"{world.path}/connection").operations == ["GetItem", "GetItem"]
