"""A foreign ISP's or tenant's id is not found on any endpoint, and nothing changes.

Made from the OpenAPI document, so that a new endpoint is covered without anybody thinking of it. A path parameter that
``things`` doesn't know fails here until it is made there.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

import app as application
from chalicelib.auth import Identity, issue_access_token
from chalicelib.handlers.openapi import document
from tests.api_client import Answer, ApiClient
from tests.calls_world import Provider, a_provider
from tests.handlers.schema_examples import Examples
from tests.handlers.things import Things
from tests.world import an_id

OPERATIONS = [
    (method.upper(), path, operation)
    for path, methods in document()["paths"].items()
    for method, operation in methods.items()
    if operation.get("security") and application.app
]
WITH_IDS = [entry for entry in OPERATIONS if "{" in entry[1]]
WITH_REFERENCES = [entry for entry in OPERATIONS if entry[2].get("requestBody")]
REFUSED = {401, 403, 404}  # 401: a node's key is no session, and the other way round


def name_of(entry: tuple[str, str, Any]) -> str:
    return f"{entry[0]} {entry[1]}"


@pytest.fixture(scope="module")
def ours(dynamodb: str) -> Things:
    things = Things(a_provider(ApiClient()))
    assert things.ids
    return things


@pytest.fixture(scope="module")
def theirs(dynamodb: str) -> Provider:
    return a_provider(ApiClient())


def strangers(ours: Things, theirs: Provider) -> dict[str, ApiClient]:
    """Who must find nothing: another ISP's admin and node, and inside our ISP another tenant's admin."""
    tenant = Identity("tenant_admin", an_id("usr"), isp_id=ours.provider.isp_id, tenant_ids=(theirs.tenant_id,))
    subscriber = replace(tenant, role="subscriber")
    api = ApiClient()
    return {
        "isp_admin": theirs.admin,
        "tenant_admin": api.as_token(issue_access_token(tenant)),
        "subscriber": api.as_token(issue_access_token(subscriber)),
        "node": theirs.node,
    }


def send(client: ApiClient, method: str, path: str, body: Any) -> Answer:
    return client.request(method, path.removeprefix("/v1"), body, headers={"if-match": '"1"'})


@pytest.mark.parametrize("entry", WITH_IDS, ids=name_of)
def test_foreign_ids_in_the_path_are_not_found(entry: tuple[str, str, Any], ours: Things, theirs: Provider) -> None:
    method, path, operation = entry
    examples = Examples(document(), {"tenant_id": theirs.tenant_id})
    body = examples.body(operation) if "requestBody" in operation else None
    asked = re.sub(r"\{(\w+)\}", lambda found: ours.ids[found.group(1)], path) + examples.query(operation)
    before = ours.stored()

    answers = {role: send(client, method, asked, body) for role, client in strangers(ours, theirs).items()}

    for role, answer in answers.items():
        assert answer.status in REFUSED, f"{role}: {answer.status} {answer.text.decode()[:500]} to {body}"
    assert ours.stored() == before


@pytest.mark.parametrize("entry", WITH_REFERENCES, ids=name_of)
def test_foreign_ids_in_the_body_are_refused(entry: tuple[str, str, Any], ours: Things, theirs: Provider) -> None:
    method, path, operation = entry
    references = {name: value for name, value in ours.ids.items() if name.endswith("_id") and name != "sbc_id"}
    body = Examples(document(), references).body(operation, whole=True)
    named = [name for name in references if name in str(body)]
    if not named or "isp_admin" not in operation["x-roles"]:
        return
    own = {"tenant_id": theirs.tenant_id, "customer_id": theirs.customer_id, "carrier_id": theirs.carrier["id"]}
    own |= {"service_plan_id": theirs.plan_id, "subscriber_id": theirs.subscriber["id"]}
    asked = re.sub(r"\{(\w+)\}", lambda found: own.get(found.group(1), ours.ids[found.group(1)]), path)
    before = ours.stored()

    answer = send(theirs.admin, method, asked, body)

    assert 400 <= answer.status < 500, f"{answer.status} {answer.text.decode()[:500]} to {body}"
    assert ours.stored() == before
