"""What a node asks the API about changes: which there were, and that they are in force."""

from __future__ import annotations

import time

from chalicelib.domain.ids import RANDOM_BYTES, new_id
from chalicelib.storage import keys
from chalicelib.storage.database import database
from chalicelib.storage.feed import CHANGES_AT_ONCE, Change
from chalicelib.storage.sbcs import nodes_of_sbc
from chalicelib.storage.transaction import FEED_TTL_S
from tests.api_client import ApiClient
from tests.world import a_tenant_world


def a_cursor(*, back_s: float) -> str:
    """As a node makes it: the smallest id of an instant."""
    return new_id("chg", now_ms=int((time.time() - back_s) * 1000), random_bytes=bytes(RANDOM_BYTES))


def expired_changes(sbc_id: str, count: int) -> list[Change]:
    """Old ones that DynamoDB hasn't removed yet: it takes up to two days."""
    at_ms = int((time.time() - 2 * FEED_TTL_S) * 1000)
    ids = [new_id("chg", now_ms=at_ms + n, random_bytes=bytes(RANDOM_BYTES)) for n in range(count)]
    pk, ttl = keys.sbc_changes(sbc_id), int(time.time()) - FEED_TTL_S
    return [Change(pk=pk, sk=change_id, part_key="isp/old", ttl=ttl) for change_id in ids]


def test_a_node_that_was_away_sees_what_is_new_behind_very_many_expired_changes(api: ApiClient) -> None:
    world = a_tenant_world(api)
    database().put_many(expired_changes(world.sbc_id, CHANGES_AT_ONCE + 1))

    for after in ("", f"?after={a_cursor(back_s=3 * FEED_TTL_S)}"):
        answer = world.node.get(f"/sbc/changes{after}")
        found = answer.expect(200)

        assert f"tenant/{world.tenant_id}/core" in {change["key"] for change in found["changes"]}
        assert found["cursor"] == found["changes"][-1]["id"]
        assert answer.operations.count("Query") == 1


def test_an_acknowledgement_that_is_older_than_the_last_changes_its_time_alone(api: ApiClient) -> None:
    """As a node sends it that died before it had noted the last one."""
    world = a_tenant_world(api)
    newer, older = a_cursor(back_s=10), a_cursor(back_s=20)
    world.node.post("/sbc/acks", {"node": "n1", "cursor": newer}).expect(204)
    before = nodes_of_sbc(world.sbc_id)[0]

    world.node.post("/sbc/acks", {"node": "n1", "cursor": older}).expect(204)

    after = nodes_of_sbc(world.sbc_id)[0]
    assert (before.acked_cursor, after.acked_cursor) == (newer, newer)
    assert int(after.acked_at) >= int(before.acked_at) > 0
