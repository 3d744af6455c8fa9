"""A POST sent again with its Idempotency-Key: what can go wrong between the work and its kept answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from chalicelib.storage.database import database
from tests.api_client import ApiClient
from tests.world import an_id, an_sbc, as_isp_admin, as_platform_admin

EVENT = "before-call.dynamodb.TransactWriteItems"


@pytest.fixture
def failing() -> Iterator[set[int]]:
    """The transactions in this set fail, by their number from now on."""
    numbers: set[int] = set()
    count = 0

    def fail(**_: Any) -> None:
        nonlocal count
        count += bool(numbers)
        if count in numbers:
            raise ReadTimeoutError(endpoint_url="http://dynamodb")

    database().client.meta.events.register(EVENT, fail)
    yield numbers
    database().client.meta.events.unregister(EVENT, fail)


def test_work_that_was_done_is_told_also_when_its_answer_cannot_be_kept(api: ApiClient, failing: set[int]) -> None:
    """Else it would be sent again, and done twice."""
    admin, headers = as_isp_admin(api), {"idempotency-key": an_id("key")}
    failing.add(3)  # the first claims the key, the second does the work

    made = admin.post("/carriers", {"name": "C"}, headers=headers).expect(201)

    failing.clear()
    assert [one["id"] for one in admin.get("/carriers").expect(200)["items"]] == [made["id"]]


def test_work_that_failed_may_be_done_by_the_next_request(api: ApiClient, failing: set[int]) -> None:
    admin, headers = as_isp_admin(api), {"idempotency-key": an_id("key")}
    failing.add(2)
    admin.post("/carriers", {"name": "C"}, headers=headers).expect(503)
    failing.clear()

    admin.post("/carriers", {"name": "C"}, headers=headers).expect(201)

    assert len(admin.get("/carriers").expect(200)["items"]) == 1


def test_keys_of_two_nodes_that_bear_the_same_name_are_two(api: ApiClient) -> None:
    headers = {"idempotency-key": an_id("key")}
    nodes = []
    for sbc_id in (an_sbc(api), an_sbc(api)):
        made = as_platform_admin(api).post(f"/platform/sbcs/{sbc_id}/nodes", {"name": "n1"}).expect(201)
        nodes.append(api.as_token(made["node_key"]))

    answers = [node.post("/sbc/cdrs", {"cdrs": [n]}, headers=headers) for n, node in enumerate(nodes)]

    assert [answer.status for answer in answers] == [200, 200]
    assert "idempotent-replayed" not in answers[1].headers
