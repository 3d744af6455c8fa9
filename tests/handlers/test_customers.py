"""Customers: each has a plan, whose currency becomes its own."""

from __future__ import annotations

from typing import Any

from chalicelib.storage import keys
from chalicelib.storage.transaction import Transaction
from tests.api_client import ApiClient
from tests.world import an_id, as_isp_admin


def a_plan(admin: ApiClient, **fields: Any) -> str:
    body = {"name": "Basic", "currency": "USD"} | fields
    return str(admin.post("/service-plans", body).expect(201)["id"])


def a_customer(admin: ApiClient, **fields: Any) -> dict[str, Any]:
    body = {"name": "Example Ltd"} | fields
    made: dict[str, Any] = admin.post("/customers", body).expect(201)
    return made


def test_a_customer_has_the_currency_of_its_plan(api: ApiClient) -> None:
    admin = as_isp_admin(api)

    made = a_customer(admin, service_plan_id=a_plan(admin, currency="EUR"), email="a@b.example")

    assert made["currency"] == "EUR"
    assert admin.get(f"/customers/{made['id']}").expect(200) == made


def test_customers_are_listed_and_found_by_name(api: ApiClient) -> None:
    admin = as_isp_admin(api)
    plan = a_plan(admin)
    for name in ("Zeta", "alpha", "Alps"):
        a_customer(admin, name=name, service_plan_id=plan)

    listed = admin.get("/customers")
    found = admin.get("/customers?search=AL").expect(200)["items"]

    assert [customer["name"] for customer in listed.expect(200)["items"]] == ["alpha", "Alps", "Zeta"]
    assert listed.operations == ["Query"]
    assert [customer["name"] for customer in found] == ["alpha", "Alps"]


def test_a_customer_without_a_plan_or_with_an_unknown_one_is_refused(api: ApiClient) -> None:
    admin = as_isp_admin(api)

    without = admin.post("/customers", {"name": "Example"})
    unknown = admin.post("/customers", {"name": "Example", "service_plan_id": an_id("spl")})

    assert without.expect(422)["errors"][0]["field"] == "service_plan_id"
    assert unknown.expect(422)["code"] == "reference_not_found"


def test_a_plan_with_customers_is_in_use(api: ApiClient) -> None:
    admin = as_isp_admin(api)
    plan = a_plan(admin)
    customer = a_customer(admin, service_plan_id=plan)["id"]

    assert admin.delete(f"/service-plans/{plan}").expect(409)["code"] == "in_use"
    admin.delete(f"/customers/{customer}").expect(204)
    admin.delete(f"/service-plans/{plan}").expect(204)


def test_another_currency_can_be_taken_until_something_is_booked(api: ApiClient) -> None:
    admin = as_isp_admin(api)
    dollars, euros = a_plan(admin), a_plan(admin, currency="EUR")
    customer = a_customer(admin, service_plan_id=dollars)["id"]

    changed = admin.patch(f"/customers/{customer}", {"service_plan_id": euros}, version=1).expect(200)
    tx = Transaction()
    tx.update(keys.customer(customer), "BALANCE", "ADD balance_micros :amount", amount=5)
    tx.commit()
    refused = admin.patch(f"/customers/{customer}", {"service_plan_id": dollars}, version=2)

    assert changed["currency"] == "EUR"
    assert refused.expect(409)["code"] == "currency_mismatch"
    assert refused.json["errors"][0]["field"] == "service_plan_id"


def test_another_isp_finds_nothing(api: ApiClient) -> None:
    admin, stranger = as_isp_admin(api), as_isp_admin(api)
    customer = a_customer(admin, service_plan_id=a_plan(admin))["id"]

    assert stranger.get(f"/customers/{customer}").status == 404
    assert stranger.patch(f"/customers/{customer}", {"name": "Mine"}, version=1).status == 404
    assert stranger.get("/customers").expect(200)["items"] == []
