"""Explain a call: the decision that routes real calls, told to whoever asks in what is theirs to know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from chalicelib.auth import Identity, issue_access_token
from tests.api_client import Answer, ApiClient
from tests.world import TenantWorld, a_gateway, a_tenant_world, an_id

ALLOWED, DID = "2092488700", "+13125550177"


@dataclass(frozen=True)
class Office:
    world: TenantWorld
    api: ApiClient
    subscriber_id: str

    def explain(self, dialled: str, *, client: ApiClient | None = None, **fields: Any) -> Answer:
        body = {"subscriber_id": self.subscriber_id, "dialled": dialled} | fields
        return (client or self.world.admin).post(f"{self.world.path}/explain-call", body)

    def tenant_admin(self) -> ApiClient:
        identity = Identity(
            role="tenant_admin",
            user_id=an_id("usr"),
            isp_id=self.world.isp_id,
            tenant_ids=(self.world.tenant_id,),
        )
        return self.api.as_token(issue_access_token(identity))


@pytest.fixture
def office(api: ApiClient) -> Office:
    world = a_tenant_world(api, main_number="+12095550100")
    carrier = world.admin.get(f"/carriers/{world.carrier_id}").expect(200)
    gateways = [a_gateway(name="first", outbound_strip=1, outbound_prefix="00"), a_gateway(name="second", port=5081)]
    world.admin.patch(
        f"/carriers/{world.carrier_id}", {"name": "Hidden Carrier", "gateways": gateways}, version=carrier["version"]
    ).expect(200)
    group = {"name": "Domestic", "prefixes": ["+1209"]}
    group_id = world.admin.post(f"{world.path}/security-groups", group).expect(201)["id"]
    ann = {"username": "ann", "alias": "101", "name": "Ann", "security_group_id": group_id}
    made = world.admin.post(f"{world.path}/subscribers", ann).expect(201)
    world.admin.post(f"{world.path}/subscribers", {"username": "bob", "alias": "102", "name": "Bob"}).expect(201)
    return Office(world, api, made["id"])


def codes(answer: Answer) -> list[str]:
    return [step["code"] for step in answer.expect(200)["steps"]]


def test_the_isp_sees_every_decision_and_the_requests_that_would_be_sent(office: Office) -> None:
    found = office.explain(ALLOWED)

    assert found.expect(200)["routed"] is True
    assert {"caller_found", "rule_fired", "prefix_allowed", "carrier_chosen", "gateway_planned"} <= set(codes(found))
    assert [request[0] for request in found.json["requests"]] == [
        "INVITE sip:0012092488700@127.0.0.2:5080 SIP/2.0",
        "INVITE sip:+12092488700@127.0.0.2:5081 SIP/2.0",
    ]
    assert len(found.json["stages"]) == 2
    assert found.json["stages"][0]["targets"][0]["carrier_id"] == office.world.carrier_id
    assert found.json["unknown"]


def test_a_tenant_sees_the_same_without_carriers_and_gateways(office: Office) -> None:
    found = office.explain(ALLOWED, client=office.tenant_admin())

    assert found.expect(200)["routed"] is True
    assert "prefix_allowed" in codes(found)
    assert found.json["requests"] == []
    assert len(found.json["stages"]) == 1
    text = found.text.decode()
    assert not [secret for secret in ("127.0.0.2", "Hidden", "gw_", "car_", "carrier", "ateway") if secret in text]


def test_a_refusal_says_why_and_what_to_do(office: Office) -> None:
    found = office.explain("3125550177")

    assert found.expect(200)["routed"] is False
    assert found.json["code"] == "destination_not_allowed"
    assert found.json["sip_status"] == 403
    assert "security group" in found.json["advice"]


def test_a_refusal_about_carriers_stays_with_the_isp(office: Office) -> None:
    path = f"/carriers/{office.world.carrier_id}"
    version = office.world.admin.get(path).expect(200)["version"]
    office.world.admin.patch(path, {"suspended": True}, version=version).expect(200)

    of_isp = office.explain(ALLOWED).expect(200)
    of_tenant = office.explain(ALLOWED, client=office.tenant_admin())

    assert of_isp["code"] == "carrier_suspended"
    assert of_tenant.expect(200)["code"] == "not_possible"
    assert "carrier" not in of_tenant.text.decode().lower()


def test_a_call_to_a_colleague_rings_its_phones(office: Office) -> None:
    found = office.explain("102").expect(200)

    [stage] = found["stages"]
    assert stage["targets"][0]["kind"] == "sip"
    assert stage["targets"][0]["aor"].startswith("sip:bob@")


def test_a_call_from_a_gateway_is_followed_to_its_did(office: Office) -> None:
    world = office.world
    world.admin.post("/dids", {"number": DID}).expect(201)
    world.admin.put(f"/dids/{DID.replace('+', '%2B')}/tenant", {"tenant_id": world.tenant_id}).expect(200)
    carrier = world.admin.get(f"/carriers/{world.carrier_id}").expect(200)
    gateway = {"carrier_id": carrier["id"], "gateway_id": carrier["gateways"][0]["gateway_id"]}

    found = office.explain(DID, subscriber_id="", gateway=gateway, calling="+12095550999")

    assert "source_matched" in codes(found)
    assert "did_owner_found" in codes(found)
    assert found.json["code"] == "did_without_subscriber"
    refused = office.explain(DID, client=office.tenant_admin(), subscriber_id="", gateway=gateway)
    assert refused.expect(403)["code"] == "not_allowed"


def test_nothing_is_told_of_another_tenants_number_behind_the_same_address(api: ApiClient, office: Office) -> None:
    number = "+13125550178"
    world = office.world
    fields = {"name": "Other", "domain": "other", "customer_id": world.customer_id, "sbc_id": world.sbc_id}
    other = world.admin.post("/tenants", fields).expect(201)
    world.admin.post("/dids", {"number": number}).expect(201)
    world.admin.put(f"/dids/{number.replace('+', '%2B')}/tenant", {"tenant_id": other["id"]}).expect(200)
    carrier = world.admin.get(f"/carriers/{world.carrier_id}").expect(200)
    gateway = {"carrier_id": carrier["id"], "gateway_id": carrier["gateways"][0]["gateway_id"]}

    found = office.explain(number, subscriber_id="", gateway=gateway)

    assert found.expect(200)["code"] == "unknown_did"
    assert "Other" not in found.text.decode()


def test_another_isp_explains_nothing_here(api: ApiClient, office: Office) -> None:
    stranger = a_tenant_world(api)

    assert office.explain(ALLOWED, client=stranger.admin).status == 404
    foreign = {"subscriber_id": office.subscriber_id, "dialled": "1"}
    assert stranger.admin.post(f"{stranger.path}/explain-call", foreign).status == 404


@pytest.mark.parametrize("body", [{}, {"dialled": "1"}, {"subscriber_id": "sub_" + "0" * 26, "gateway": {}}])
def test_a_caller_has_to_be_named(office: Office, body: dict[str, Any]) -> None:
    answer = office.world.admin.post(f"{office.world.path}/explain-call", body)

    assert answer.expect(422)["code"] == "invalid_request"


@pytest.mark.parametrize("dialled", ["", "#", "*" * 128, "\u202e", "+" + "9" * 60, "a@b", '"><script>'])
def test_anything_may_be_dialled(office: Office, dialled: str) -> None:
    assert office.explain(dialled).status == 200
