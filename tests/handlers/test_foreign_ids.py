"""A foreign ISP's or tenant's id is not found on any endpoint, and nothing changes.

Made from the OpenAPI document, so that a new endpoint is covered without anybody thinking of it. A path parameter that
``OurThings`` doesn't know fails here until it is made there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pytest
from chalicelib.auth import Identity, issue_access_token
from chalicelib.handlers.openapi import document
from chalicelib.storage.database import database
from tests.api_client import Answer, ApiClient
from tests.handlers.schema_examples import Examples
from tests.world import TenantWorld, a_call_of, a_tenant_world, an_id

import app as application

OPERATIONS = [
    (method.upper(), path, operation)
    for path, methods in document()["paths"].items()
    for method, operation in methods.items()
    if operation.get("security") and application.app
]
WITH_IDS = [entry for entry in OPERATIONS if "{" in entry[1]]
WITH_REFERENCES = [entry for entry in OPERATIONS if entry[2].get("requestBody")]
REFUSED = {403, 404}


def name_of(entry: tuple[str, str, Any]) -> str:
    return f"{entry[0]} {entry[1]}"


@dataclass(frozen=True)
class OurThings:
    """One of each, all of one ISP."""

    world: TenantWorld

    @cached_property
    def ids(self) -> dict[str, str]:
        world, admin = self.world, self.world.admin
        digits = re.sub(r"\D", "", world.tenant_id)[-4:].rjust(4, "7")
        number = f"+1209555{digits}"
        admin.post("/dids", {"number": number})
        subscriber = admin.post(f"{world.path}/subscribers", {"username": "alice"}).expect(201)
        admin.post(f"{world.path}/dids", {"number": number, "subscriber_id": subscriber["id"]}).expect(201)
        made = {
            "security_group_id": (f"{world.path}/security-groups", {"name": "USA", "countries": ["US"]}),
            "date_range_id": (f"{world.path}/date-ranges", {"name": "Office", "time_zone": "UTC"}),
            "service_deck_id": ("/service-decks", {"name": "Services", "currency": "USD"}),
            "rate_deck_id": ("/rate-decks", {"name": "Rates", "currency": "USD"}),
            "domain_id": ("/domains", {"domain": f"{world.tenant_id[4:].lower()}.example"}),
        }
        return {
            "isp_id": world.isp_id,
            "sbc_id": world.sbc_id,
            "carrier_id": world.carrier_id,
            "dialplan_id": world.dialplan_id,
            "service_plan_id": world.service_plan_id,
            "customer_id": world.customer_id,
            "tenant_id": world.tenant_id,
            "subscriber_id": subscriber["id"],
            "number": number,
            "node": "n1",
            "namespace": "x",
            "call_id": a_call_of(world),
            "user_id": a_user_of(world),
            **{name: admin.post(path, body).expect(201)["id"] for name, (path, body) in made.items()},
        }

    def stored(self) -> list[str]:
        """Every item below our ids, as text."""
        ours = [value for name, value in self.ids.items() if name.endswith("_id")]
        found: list[str] = []
        start: dict[str, Any] = {}
        while True:
            page = database().client.scan(TableName=database().table_name, ConsistentRead=True, **start)
            found += [str(sorted(item.items())) for item in page["Items"]]
            if "LastEvaluatedKey" not in page:
                return sorted(text for text in found if any(own in text for own in ours))
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def a_user_of(world: TenantWorld) -> str:
    user = {"email": f"{world.tenant_id[4:].lower()}@example.com", "full_name": "Uma", "role": "isp_admin"}
    made: dict[str, Any] = world.admin.post("/users", user).expect(201)
    return str(made["id"])


@pytest.fixture(scope="module")
def ours(dynamodb: str) -> OurThings:
    things = OurThings(a_tenant_world(ApiClient()))
    assert things.ids
    return things


@pytest.fixture(scope="module")
def theirs(dynamodb: str) -> TenantWorld:
    return a_tenant_world(ApiClient())


def strangers(ours: OurThings, theirs: TenantWorld, roles: list[str]) -> dict[str, ApiClient]:
    """Who must find nothing: another ISP's admin and node, and inside our ISP another tenant's admin."""
    tenant = Identity("tenant_admin", an_id("usr"), isp_id=ours.world.isp_id, tenant_ids=(theirs.tenant_id,))
    subscriber = replace(tenant, role="subscriber")
    api = ApiClient()
    all_of_them = {
        "isp_admin": theirs.admin,
        "tenant_admin": api.as_token(issue_access_token(tenant)),
        "subscriber": api.as_token(issue_access_token(subscriber)),
        "node": theirs.node,
    }
    return {role: client for role, client in all_of_them.items() if role in roles}


def send(client: ApiClient, method: str, path: str, body: Any) -> Answer:
    return client.request(method, path.removeprefix("/v1"), body, headers={"if-match": '"1"'})


@pytest.mark.parametrize("entry", WITH_IDS, ids=name_of)
def test_foreign_ids_in_the_path_are_not_found(
    entry: tuple[str, str, Any], ours: OurThings, theirs: TenantWorld
) -> None:
    method, path, operation = entry
    examples = Examples(document(), {"tenant_id": theirs.tenant_id})
    body = examples.body(operation) if "requestBody" in operation else None
    asked = re.sub(r"\{(\w+)\}", lambda found: ours.ids[found.group(1)], path)
    before = ours.stored()

    answers = {
        role: send(client, method, asked, body)
        for role, client in strangers(ours, theirs, operation["x-roles"]).items()
    }

    for role, answer in answers.items():
        assert answer.status in REFUSED, f"{role}: {answer.status} {answer.text.decode()[:500]} to {body}"
    assert ours.stored() == before


@pytest.mark.parametrize("entry", WITH_REFERENCES, ids=name_of)
def test_foreign_ids_in_the_body_are_refused(entry: tuple[str, str, Any], ours: OurThings, theirs: TenantWorld) -> None:
    method, path, operation = entry
    references = {name: value for name, value in ours.ids.items() if name.endswith("_id") and name != "sbc_id"}
    body = Examples(document(), references).body(operation, whole=True)
    named = [name for name in references if name in str(body)]
    if not named or "isp_admin" not in operation["x-roles"]:
        return
    own = {"tenant_id": theirs.tenant_id, "customer_id": theirs.customer_id, "carrier_id": theirs.carrier_id}
    own |= {"dialplan_id": theirs.dialplan_id, "service_plan_id": theirs.service_plan_id}
    asked = re.sub(r"\{(\w+)\}", lambda found: own.get(found.group(1), ours.ids[found.group(1)]), path)
    before = ours.stored()

    answer = send(theirs.admin, method, asked, body)

    assert 400 <= answer.status < 500, f"{answer.status} {answer.text.decode()[:500]} to {body}"
    assert ours.stored() == before
