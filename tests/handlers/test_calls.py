"""Calls as tenants, subscribers and the ISP see them, and what tenants must never see."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from tests.api_client import ApiClient
from tests.calls_world import Provider, a_leg, a_provider, now_ms

SECRETS = ("Hidden Carrier", "Secret Carrier", "first-gateway", "secret-gateway", "car_", "gw_", "198.51.100", "amount")


@pytest.fixture
def provider(api: ApiClient) -> Provider:
    return a_provider(api)


def calls_path(provider: Provider, call_id: str = "") -> str:
    return f"/tenants/{provider.tenant_id}/calls" + (f"/{call_id}" if call_id else "")


def ids(page: dict[str, Any]) -> list[str]:
    return [item["call_id"] for item in page["items"]]


def test_the_isp_lists_calls_newest_first_with_names_carrier_and_charges(provider: Provider) -> None:
    older = provider.outbound(setup_at=now_ms() - 500_000)
    newer = provider.outbound()
    provider.send(newer, older)

    listed = provider.admin.get("/calls")

    first = listed.expect(200)["items"][0]
    assert ids(listed.json) == [newer["call_id"], older["call_id"]]
    assert (first["tenant_name"], first["customer_name"]) == ("Acme", "Acme")
    assert (first["carrier_name"], first["gateway_name"]) == ("Hidden Carrier", "first-gateway")
    assert (first["amount"], first["currency"], first["talk_s"]) == ("0.030000", "USD", 60)
    assert listed.operations.count("BatchGetItem") == 1


def test_a_month_costs_one_query_for_a_tenant_and_four_for_the_isp(provider: Provider) -> None:
    provider.send(*[provider.outbound() for _ in range(9)])

    of_tenant = provider.admin.get(calls_path(provider) + "?limit=5")
    of_isp = provider.admin.get("/calls?limit=5")

    assert len(of_tenant.expect(200)["items"]) == len(of_isp.expect(200)["items"]) == 5
    assert of_tenant.operations == ["GetItem", "Query"]  # the first is the tenant's own, whose page it is
    assert of_isp.operations == ["Query"] * 4 + ["BatchGetItem"]


@pytest.mark.parametrize(("sent", "shown"), [("Ann at the time", "Ann at the time"), ("", "Ann")])
def test_a_call_names_who_was_rung_as_its_record_does_or_else_as_it_is_called_now(
    provider: Provider, sent: str, shown: str
) -> None:
    ann, at = provider.subscriber["id"], now_ms() - 70_000
    leg = a_leg("sip", subscriber_id=ann, subscriber_name=sent, setup_at=at, answered_at=at + 1, ended_at=at + 1000)
    record = provider.cdr(leg, direction="internal", setup_at=at)
    provider.send(record)

    listed = provider.admin.get(calls_path(provider) + "?limit=1")
    detail = provider.admin.get(calls_path(provider, record["call_id"])).expect(200)

    assert listed.expect(200)["items"][0]["called"]["name"] == shown
    assert listed.operations == ["GetItem", "Query", *([] if sent else ["BatchGetItem"])]
    assert detail["legs"][0]["subscriber_name"] == shown


@pytest.mark.parametrize("whose", ["tenant", "isp"])
def test_pages_over_months_show_every_call_once(provider: Provider, whose: str) -> None:
    day = 86_400_000
    cdrs = [provider.outbound(setup_at=now_ms() - day * days - 100_000) for days in range(0, 100, 7)]
    provider.send(*cdrs)
    path = calls_path(provider) if whose == "tenant" else "/calls"

    found: list[str] = []
    cursor = ""
    for _ in range(60):
        page = provider.admin.get(f"{path}?limit=4{cursor}").expect(200)
        found += ids(page)
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"

    assert found == [cdr["call_id"] for cdr in cdrs]


@pytest.mark.parametrize("whose", ["tenant", "isp"])
def test_filters_find_what_they_name(provider: Provider, whose: str) -> None:
    uk = provider.outbound("+447400123456")
    us = provider.outbound(setup_at=now_ms() - 90_000)
    refusal = {"code": "destination_not_allowed", "sip_status": 403, "reason": "Forbidden"}
    refused = provider.cdr(refusal=refusal, answered_at=None, setup_at=now_ms() - 95_000)
    old = provider.outbound(setup_at=now_ms() - 40 * 86_400_000, direction="internal")
    provider.send(uk, us, refused, old)
    path = calls_path(provider) if whose == "tenant" else "/calls"
    week_ago = quote((datetime.now(UTC) - timedelta(days=7)).isoformat())

    def found(query: str) -> list[str]:
        return ids(provider.admin.get(f"{path}?{query}").expect(200))

    assert found("number=%2B44") == [uk["call_id"]]
    assert found("result=refused") == [refused["call_id"]]
    assert found("direction=internal") == [old["call_id"]]
    assert found(f"until={week_ago}") == [old["call_id"]]
    assert found(f"since={week_ago}&result=answered") == [uk["call_id"], us["call_id"]]
    assert len(found(f"subscriber_id={provider.subscriber['id']}")) == 4
    assert found("subscriber_id=sub_00000000000000000000000000") == []


def test_a_cursor_serves_only_the_search_it_was_made_for(provider: Provider) -> None:
    provider.send(provider.outbound(), provider.outbound())
    cursor = provider.admin.get("/calls?limit=1").expect(200)["next_cursor"]

    answer = provider.admin.get(f"/calls?limit=1&direction=internal&cursor={cursor}")

    assert answer.expect(400)["code"] == "invalid_cursor"


def test_a_tenant_sees_its_call_explained_without_carriers_gateways_or_costs(provider: Provider) -> None:
    setup_at = now_ms() - 100_000
    failed = provider.pstn_leg(setup_at=setup_at, sip_status=503, seconds=0) | {"answered_at": None}
    answered = provider.pstn_leg(setup_at=setup_at, gateway=1, leg="b2")
    cdr = provider.cdr(failed, answered, setup_at=setup_at)
    provider.send(cdr)
    admin = provider.as_role("tenant_admin")

    seen = admin.get(calls_path(provider, cdr["call_id"]))
    listed = admin.get(calls_path(provider))

    assert [step["code"] for step in seen.expect(200)["steps"]] == ["tenant_found"]
    assert [leg["leg"] for leg in seen.json["legs"]] == ["b2"]
    for answer in (seen, listed):
        assert not [secret for secret in SECRETS if secret in answer.text.decode()]
    full = provider.admin.get(f"/calls/{cdr['call_id']}").expect(200)
    assert "carrier_chosen" in [step["code"] for step in full["steps"]]
    assert [leg["gateway_name"] for leg in full["legs"]] == ["first-gateway", "second-gateway"]


def test_a_tenant_learns_no_refusal_about_carriers(provider: Provider) -> None:
    refusal = {"code": "carrier_suspended", "sip_status": 503, "reason": "Service Unavailable"}
    step = {"code": "refused", "facts": {"code": "carrier_suspended", "carrier": "Hidden Carrier"}, "private": True}
    cdr = provider.cdr(refusal=refusal, answered_at=None, trace=[step])
    provider.send(cdr)

    seen = provider.as_role("tenant_admin").get(calls_path(provider, cdr["call_id"]))

    assert seen.expect(200)["refusal"]["code"] == "not_possible"
    assert "carrier" not in seen.text.decode().lower()
    assert provider.admin.get(f"/calls/{cdr['call_id']}").expect(200)["refusal"]["code"] == "carrier_suspended"


def test_a_tenant_sees_its_did_and_not_what_the_gateway_sent(provider: Provider) -> None:
    cdr = provider.cdr(
        a_leg("did", called_number="+12095550100", setup_at=1, ended_at=2),
        direction="inbound", dialled="99882095550100", did="+12095550100", called_number="+12095550100",
    )  # fmt: skip
    provider.send(cdr)
    admin = provider.as_role("tenant_admin")

    seen = admin.get(calls_path(provider, cdr["call_id"]))

    assert seen.expect(200)["dialled"] == "+12095550100"
    assert "9988" not in seen.text.decode()
    assert ids(admin.get(calls_path(provider) + "?number=9988").expect(200)) == []
    assert ids(provider.admin.get("/calls?number=9988").expect(200)) == [cdr["call_id"]]


def test_a_subscriber_sees_its_own_calls_alone(provider: Provider) -> None:
    other = provider.admin.post(f"/tenants/{provider.tenant_id}/subscribers", {"username": "bob"}).expect(201)
    mine = provider.outbound()
    not_mine = provider.cdr(
        a_leg("sip", subscriber_id=other["id"], setup_at=1, ended_at=2),
        caller={"subscriber_id": other["id"], "name": "Bob", "number": "102", "carrier_id": "", "gateway_id": ""},
    )
    provider.send(mine, not_mine)
    ann = provider.as_role("subscriber", provider.subscriber["id"])

    assert ids(ann.get(calls_path(provider)).expect(200)) == [mine["call_id"]]
    assert ids(ann.get(calls_path(provider) + f"?subscriber_id={other['id']}").expect(200)) == []
    assert ann.get(calls_path(provider, mine["call_id"])).expect(200)["steps"] == []
    assert ann.get(calls_path(provider, not_mine["call_id"])).status == 404


def test_nobody_finds_another_isps_or_tenants_call(api: ApiClient, provider: Provider) -> None:
    cdr = provider.outbound()
    provider.send(cdr)
    stranger = a_provider(api)
    call_id = cdr["call_id"]

    assert stranger.admin.get(f"/calls/{call_id}").status == 404
    assert stranger.admin.get(f"/calls/{call_id}/charges").status == 404
    assert stranger.admin.post(f"/calls/{call_id}/rate-again").status == 404
    assert stranger.admin.get(calls_path(provider)).status == 404
    assert stranger.admin.get(calls_path(stranger, call_id)).status == 404
    assert stranger.as_role("tenant_admin").get(calls_path(provider)).status == 404
    assert ids(stranger.admin.get("/calls").expect(200)) == []
    assert provider.as_role("tenant_admin").get("/calls").status == 403


@pytest.mark.parametrize("call_id", ["x", "call_", "call_" + "Z" * 26, "sub_" + "0" * 26, "call_" + "7" * 26, "%00"])
def test_what_is_no_call_id_is_not_found(provider: Provider, call_id: str) -> None:
    assert provider.admin.get(f"/calls/{call_id}").status == 404
    assert provider.admin.get(calls_path(provider, call_id)).status == 404
