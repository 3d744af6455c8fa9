"""Several subscribers in one transaction: what it refuses, and whom it blames."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.domain.errors import PatchbayError
from chalicelib.storage.records import new_record
from chalicelib.storage.references import find_uses
from chalicelib.storage.scope import TenantScope
from chalicelib.storage.security_groups import SECURITY_GROUP
from chalicelib.storage.subscriber_batches import SubscriberBatch
from chalicelib.storage.subscribers import SUBSCRIBER, Subscriber, count_subscribers
from chalicelib.storage.tenants import find_tenant_scope
from chalicelib.storage.transaction import SYSTEM, Transaction
from chalicelib.workflows.grow_shards import grow_shards
from tests.api_client import ApiClient
from tests.world import TenantWorld, a_tenant_world

HA1S = dict.fromkeys(("sip_ha1", "sip_ha1_sha256", "softphone_ha1", "softphone_ha1_sha256"), "sealed")


@pytest.fixture
def world(api: ApiClient) -> TenantWorld:
    return a_tenant_world(api)


@pytest.fixture
def scope(world: TenantWorld) -> TenantScope:
    found = find_tenant_scope(world.isp_id, world.tenant_id)
    assert found is not None
    return found


def a_batch(scope: TenantScope, *, shards: int = 1) -> SubscriberBatch:
    return SubscriberBatch(scope, Transaction(), shards, SYSTEM)


def add_new(batch: SubscriberBatch, username: str, **values: Any) -> Subscriber:
    one = new_record(
        batch.scope,
        SUBSCRIBER,
        {"username": username, **values, **HA1S},
        record_id=batch.tx.new_id("sub"),
        actor=SYSTEM,
        now_ms=batch.tx.now_ms,
    )
    assert batch.add(None, one)
    return one


def refusal(batch: SubscriberBatch) -> PatchbayError:
    batch.close()
    with pytest.raises(PatchbayError) as raised:
        batch.tx.commit()
    return raised.value


def test_counts_and_uses_are_those_of_all_of_them(world: TenantWorld, scope: TenantScope) -> None:
    group = world.admin.post(f"{world.path}/security-groups", {"name": "USA", "countries": ["US"]}).expect(201)["id"]
    batch = a_batch(scope)
    for n in range(5):
        add_new(batch, f"user{n}", security_group_id=group if n else "")

    batch.close()
    batch.tx.commit()

    assert count_subscribers(scope) == 5
    assert int(find_uses(scope.pk, SECURITY_GROUP.sk(group)).use_count) == 4


def test_who_is_to_blame_is_told(world: TenantWorld, scope: TenantScope) -> None:
    world.admin.post(f"{world.path}/subscribers", {"username": "zoe", "alias": "1001"}).expect(201)
    batch = a_batch(scope)
    add_new(batch, "ann", alias="1000")
    bob = add_new(batch, "bob", alias="1001")
    add_new(batch, "cid", alias="1002")

    error = refusal(batch)

    assert (error.code, error.errors[0].field) == ("name_taken", "alias")
    assert batch.find_blamed(error) == {bob.id}
    assert count_subscribers(scope) == 1


def test_all_who_use_what_is_missing_are_to_blame(scope: TenantScope) -> None:
    batch = a_batch(scope)
    ann = add_new(batch, "ann", security_group_id="sgr_gone")
    add_new(batch, "bob")
    cid = add_new(batch, "cid", security_group_id="sgr_gone")

    assert batch.find_blamed(refusal(batch)) == {ann.id, cid.id}


def test_a_batch_that_counts_on_another_number_of_parts_is_refused(scope: TenantScope) -> None:
    batch = a_batch(scope)
    add_new(batch, "ann")
    grow_shards(scope, expected=1000)

    error = refusal(batch)

    assert error.code == "try_again"
    assert batch.find_blamed(error) == set()
    assert count_subscribers(scope) == 0
