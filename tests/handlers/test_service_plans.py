"""Service plans: what they refer to must exist, agree in currency, and can't be deleted under them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api_client import ApiClient
from tests.world import an_id, as_isp_admin


def a_plan(**fields: Any) -> dict[str, Any]:
    return {"name": "Basic", "currency": "USD", "payment": "postpaid"} | fields


def test_a_plan_is_created_with_all_it_refers_to(api: ApiClient) -> None:
    admin = as_isp_admin(api)
    deck = {"name": "Deck", "currency": "USD"}
    body = a_plan(
        carrier_id=admin.post("/carriers", {"name": "C"}).expect(201)["id"],
        dialplan_id=admin.post("/dialplans", {"name": "D"}).expect(201)["id"],
        service_deck_id=admin.post("/service-decks", deck).expect(201)["id"],
        rate_deck_id=admin.post("/rate-decks", deck).expect(201)["id"],
        subscriber_month_micros=5_000_000,
        did_month_micros=1_000_000,
        invoice_day=28,
    )

    made = admin.post("/service-plans", body).expect(201)

    assert {name: made[name] for name in body} == body
    assert admin.get(f"/service-plans/{made['id']}").expect(200) == made
    listed = admin.get("/service-plans")
    assert listed.expect(200)["items"] == [made]
    assert listed.operations == ["Query"]


@pytest.mark.parametrize(
    ("field", "prefix"),
    [("carrier_id", "car"), ("dialplan_id", "dpl"), ("service_deck_id", "sdk"), ("rate_deck_id", "rdk")],
)
def test_what_a_plan_refers_to_must_exist(api: ApiClient, field: str, prefix: str) -> None:
    refused = as_isp_admin(api).post("/service-plans", a_plan(**{field: an_id(prefix)})).expect(422)

    assert refused["code"] == "reference_not_found"
    assert refused["errors"][0]["field"] == field


def test_another_isps_carrier_doesnt_exist(api: ApiClient) -> None:
    foreign = as_isp_admin(api).post("/carriers", {"name": "C"}).expect(201)["id"]

    refused = as_isp_admin(api).post("/service-plans", a_plan(carrier_id=foreign))

    assert refused.expect(422)["code"] == "reference_not_found"


@pytest.mark.parametrize(
    ("path", "field", "body"),
    [
        ("/carriers", "carrier_id", {"name": "C"}),
        ("/dialplans", "dialplan_id", {"name": "D"}),
        ("/service-decks", "service_deck_id", {"name": "S", "currency": "USD"}),
        ("/rate-decks", "rate_deck_id", {"name": "R", "currency": "USD"}),
    ],
)
def test_nothing_that_a_plan_refers_to_can_be_deleted(
    api: ApiClient, path: str, field: str, body: dict[str, Any]
) -> None:
    admin = as_isp_admin(api)
    used = admin.post(path, body).expect(201)["id"]
    plan = admin.post("/service-plans", a_plan(**{field: used})).expect(201)

    refused = admin.delete(f"{path}/{used}")
    admin.patch(f"/service-plans/{plan['id']}", {field: ""}, version=1).expect(200)

    assert refused.expect(409)["code"] == "in_use"
    admin.delete(f"{path}/{used}").expect(204)


def test_a_deleted_plan_needs_its_carrier_to_come_back(api: ApiClient) -> None:
    admin = as_isp_admin(api)
    carrier = admin.post("/carriers", {"name": "C"}).expect(201)["id"]
    plan = admin.post("/service-plans", a_plan(carrier_id=carrier)).expect(201)["id"]
    admin.delete(f"/service-plans/{plan}").expect(204)
    admin.delete(f"/carriers/{carrier}").expect(204)

    assert admin.post(f"/service-plans/{plan}/restore").expect(422)["code"] == "reference_not_found"
    admin.post(f"/carriers/{carrier}/restore").expect(200)
    admin.post(f"/service-plans/{plan}/restore").expect(200)


def test_a_deck_in_another_currency_is_refused(api: ApiClient) -> None:
    admin = as_isp_admin(api)
    deck = admin.post("/rate-decks", {"name": "R", "currency": "EUR"}).expect(201)["id"]

    refused = admin.post("/service-plans", a_plan(rate_deck_id=deck)).expect(409)

    assert refused["code"] == "currency_mismatch"
    assert refused["errors"][0]["field"] == "rate_deck_id"


def test_a_plans_currency_stays(api: ApiClient) -> None:
    admin = as_isp_admin(api)
    plan = admin.post("/service-plans", a_plan()).expect(201)

    refused = admin.patch(f"/service-plans/{plan['id']}", {"currency": "EUR"}, version=1)

    assert refused.expect(422)["errors"][0]["field"] == "currency"


def test_another_isp_finds_nothing(api: ApiClient) -> None:
    made = as_isp_admin(api).post("/service-plans", a_plan()).expect(201)

    assert as_isp_admin(api).get(f"/service-plans/{made['id']}").status == 404
