"""A suspended customer's tenants learn it, however many there are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.parts import core_key
from chalicelib.storage import keys
from chalicelib.storage.customer_tenants import put_link
from chalicelib.storage.customers import CUSTOMER
from chalicelib.storage.database import database
from chalicelib.storage.outbox import OutboxItem, expand, outbox_items, put_outbox_item
from chalicelib.storage.references import change_uses
from chalicelib.storage.transaction import Transaction
from chalicelib.workflows.expand_outbox import expand_outbox
from tests.api_client import ApiClient
from tests.world import a_tenant_world, an_id, an_isp, as_isp_admin, changed_by, changes_of


def a_customer(admin: ApiClient) -> str:
    plan = admin.post("/service-plans", {"name": "Basic", "currency": "USD"}).expect(201)["id"]
    return str(admin.post("/customers", {"name": "Example", "service_plan_id": plan}).expect(201)["id"])


def link_tenants(isp_id: str, customer_id: str, sbc_id: str, count: int) -> list[str]:
    """What the tenants of a customer leave beside it, without the tenants."""
    tenant_ids = sorted(an_id("ten") for _ in range(count))
    for tenant_id in tenant_ids:
        tx = Transaction()
        put_link(tx, customer_id, tenant_id, sbc_id)
        change_uses(tx, keys.isp(isp_id), CUSTOMER.sk(customer_id), +1, on_missing=PatchbayError("not_found"))
        tx.commit()
    return tenant_ids


@pytest.fixture
def empty_outbox(dynamodb: str) -> Iterator[None]:
    expand_outbox()
    yield
    assert outbox_items() == []


@pytest.mark.usefixtures("empty_outbox")
@pytest.mark.parametrize("count", [2, 100])
def test_every_tenant_of_a_suspended_customer_changes(api: ApiClient, count: int) -> None:
    isp_id, sbc_id = an_isp(), an_id("sbc")
    admin = as_isp_admin(api, isp_id)
    customer = a_customer(admin)
    tenant_ids = link_tenants(isp_id, customer, sbc_id, count)

    changed = changed_by(
        sbc_id, lambda: admin.patch(f"/customers/{customer}", {"suspended": True}, version=1).expect(200)
    )

    assert changed == {core_key(tenant_id) for tenant_id in tenant_ids}
    assert len(changes_of(sbc_id)) == count


@pytest.mark.usefixtures("empty_outbox")
def test_a_suspension_that_is_in_force_is_no_failure_because_its_rest_waits(api: ApiClient) -> None:
    """Whoever was told to try again would find the version changed by their own change."""
    isp_id, sbc_id = an_isp(), an_id("sbc")
    admin = as_isp_admin(api, isp_id)
    customer = a_customer(admin)
    tenant_ids = link_tenants(isp_id, customer, sbc_id, 100)  # more than fit the change's own transaction
    transactions = 0

    def fail_second(**_: Any) -> None:
        nonlocal transactions
        transactions += 1
        if transactions == 2:
            raise ReadTimeoutError(endpoint_url="http://dynamodb")

    events = database().client.meta.events
    events.register("before-call.dynamodb.TransactWriteItems", fail_second)
    try:
        changed = admin.patch(f"/customers/{customer}", {"suspended": True}, version=1).expect(200)
    finally:
        events.unregister("before-call.dynamodb.TransactWriteItems", fail_second)

    assert (changed["suspended"], changes_of(sbc_id)) == (True, [])
    assert expand_outbox() == 1
    assert set(changes_of(sbc_id)) == {core_key(tenant_id) for tenant_id in tenant_ids}


def test_the_suspension_stands_in_the_tenants_core(api: ApiClient) -> None:
    world = a_tenant_world(api)
    path = f"/customers/{world.customer_id}"

    suspended = changed_by(world.sbc_id, lambda: world.admin.patch(path, {"suspended": True}, version=1).expect(200))
    core = world.part(core_key(world.tenant_id))
    world.admin.patch(path, {"suspended": False}, version=2).expect(200)

    assert suspended == {core_key(world.tenant_id)}
    assert core["customer"]["suspended"] is True
    assert world.part(core_key(world.tenant_id))["customer"]["suspended"] is False


def test_another_name_concerns_no_tenant(api: ApiClient) -> None:
    isp_id, sbc_id = an_isp(), an_id("sbc")
    admin = as_isp_admin(api, isp_id)
    customer = a_customer(admin)
    link_tenants(isp_id, customer, sbc_id, 1)

    changed = changed_by(sbc_id, lambda: admin.patch(f"/customers/{customer}", {"name": "Other"}, version=1))

    assert changed == set()


@pytest.mark.usefixtures("empty_outbox")
def test_what_was_left_half_done_is_finished_by_the_worker(api: ApiClient) -> None:
    isp_id, sbc_id = an_isp(), an_id("sbc")
    customer = a_customer(as_isp_admin(api, isp_id))
    tenant_ids = link_tenants(isp_id, customer, sbc_id, 60)
    item = OutboxItem(pk=keys.OUTBOX, sk=an_id("out"), customer_id=customer, place=f"TENANT#{tenant_ids[49]}")
    tx = Transaction()
    tx.put_new(item)
    tx.commit()

    worked_on = expand_outbox()

    assert worked_on == 1
    assert set(changes_of(sbc_id)) == {core_key(tenant_id) for tenant_id in tenant_ids[50:]}


@pytest.mark.usefixtures("empty_outbox")
def test_two_workers_on_the_same_item_do_no_harm(api: ApiClient) -> None:
    isp_id, sbc_id = an_isp(), an_id("sbc")
    customer = a_customer(as_isp_admin(api, isp_id))
    tenant_ids = link_tenants(isp_id, customer, sbc_id, 50)
    tx = Transaction()
    put_outbox_item(tx, customer)
    tx.commit()
    finished_by_another = OutboxItem(pk=keys.OUTBOX, sk=an_id("out"), customer_id=customer)

    expand(finished_by_another)

    assert set(changes_of(sbc_id)) == {core_key(tenant_id) for tenant_id in tenant_ids}
    assert len(changes_of(sbc_id)) == 50


def test_a_customer_with_tenants_is_in_use(api: ApiClient) -> None:
    isp_id = an_isp()
    admin = as_isp_admin(api, isp_id)
    customer = a_customer(admin)
    link_tenants(isp_id, customer, an_id("sbc"), 1)

    assert admin.delete(f"/customers/{customer}").expect(409)["code"] == "in_use"
