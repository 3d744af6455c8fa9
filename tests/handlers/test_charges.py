"""Explain a charge, unrated calls, rating again, and what a call would cost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.api_client import ApiClient
from tests.calls_world import RATES, Provider, a_leg, a_plan, a_provider, a_rate, now_ms, put_rates


@pytest.fixture
def provider(api: ApiClient) -> Provider:
    return a_provider(api)


def plan(provider: Provider) -> dict[str, str]:
    found: dict[str, str] = provider.admin.get(f"/service-plans/{provider.plan_id}").expect(200)
    return found


def unrated(provider: Provider) -> list[str]:
    return [item["call_id"] for item in provider.admin.get("/charges?state=unrated").expect(200)["items"]]


def test_a_charge_shows_entry_version_arithmetic_and_a_proof_that_holds(provider: Provider) -> None:
    cdr = provider.outbound("+442071234567", seconds=42.4)
    provider.send(cdr)

    [charge] = provider.charges(cdr["call_id"])

    assert charge["verified"] is True
    assert charge["proof"]["deck"] == {"deck_id": plan(provider)["rate_deck_id"], "version": 1}
    assert charge["proof"]["entry"]["key"] == "+44"
    assert charge["proof"]["rounding"] == "half_up"
    assert any("30 s minimum + 3 x 6 s = 48 s" in line for line in charge["explanation"])
    deck = provider.admin.get(f"/rate-decks/{plan(provider)['rate_deck_id']}").json["name"]
    assert any(f"deck {deck} version 1" in line for line in charge["explanation"])
    assert charge["amount"] == "0.096000"
    assert charge["charged_subscriber_name"] == "Ann"


def test_the_longest_prefix_prices_a_call(provider: Provider) -> None:
    cdr = provider.outbound("+12095550123")

    provider.send(cdr)

    assert provider.charges(cdr["call_id"])[0]["proof"]["entry"]["key"] == "+1209"


def test_a_call_is_priced_by_the_version_in_force_when_it_began(provider: Provider) -> None:
    before = now_ms()
    put_rates(provider.admin, plan(provider)["rate_deck_id"], (a_rate("+1", 600_000),))
    early, late = provider.outbound(setup_at=before - 1), provider.outbound(setup_at=now_ms())

    provider.send(early, late)

    assert provider.charges(early["call_id"])[0]["amount_micros"] == 30_000
    assert provider.charges(late["call_id"])[0]["amount_micros"] == 600_000


def test_a_call_without_a_price_is_shown_explained_and_charged_when_it_has_one(api: ApiClient) -> None:
    provider = a_provider(api, rates=())
    cdr = provider.outbound()
    provider.send(cdr)

    [missing] = provider.charges(cdr["call_id"])
    assert (missing["state"], missing["code"], missing["verified"]) == ("unrated", "rate_deck_missing", None)
    assert unrated(provider) == [cdr["call_id"]]
    assert provider.balance() == 0
    assert provider.admin.post(f"/calls/{cdr['call_id']}/rate-again").expect(200)["changed"] is False

    put_rates(provider.admin, plan(provider)["rate_deck_id"], RATES)
    rated = provider.admin.post(f"/calls/{cdr['call_id']}/rate-again").expect(200)
    again = provider.admin.post(f"/calls/{cdr['call_id']}/rate-again").expect(200)

    assert (rated["changed"], rated["amount_micros"]) == (True, 30_000)
    assert again["changed"] is False
    assert unrated(provider) == []
    assert provider.balance() == -30_000
    assert [entry["key"] for entry in provider.ledger()] == [f"call/{cdr['call_id']}/b1/1"]
    listed = provider.admin.get("/calls").expect(200)["items"][0]
    assert (listed["unrated"], listed["amount_micros"]) == (False, 30_000)


def test_rating_again_under_another_plan_refunds_and_charges_and_keeps_the_history(provider: Provider) -> None:
    cdr = provider.outbound()
    provider.send(cdr)
    plan_id = a_plan(provider.admin, rates=(a_rate("+1", 45_000),), services=())
    customer = provider.admin.get(f"/customers/{provider.customer_id}").expect(200)
    path = f"/customers/{provider.customer_id}"
    provider.admin.patch(path, {"service_plan_id": plan_id}, version=customer["version"]).expect(200)

    rated = provider.admin.post(f"/calls/{cdr['call_id']}/rate-again").expect(200)

    assert rated["amount_micros"] == 45_000
    assert provider.balance() == -45_000
    key = f"call/{cdr['call_id']}/b1"
    booked = {entry["key"]: entry["amount_micros"] for entry in provider.ledger()}
    assert booked == {key: -30_000, f"{key}/refund": 30_000, f"{key}/1": -45_000}


def test_rating_again_twice_at_once_charges_once(api: ApiClient) -> None:
    provider = a_provider(api, rates=())
    cdr = provider.outbound()
    provider.send(cdr)
    put_rates(provider.admin, plan(provider)["rate_deck_id"], RATES)

    with ThreadPoolExecutor(3) as threads:
        path = f"/calls/{cdr['call_id']}/rate-again"
        statuses = set(threads.map(lambda _: provider.admin.post(path).status, range(3)))

    assert statuses <= {200, 503}
    assert provider.balance() == -30_000
    assert len(provider.ledger()) == 1


def test_a_deck_in_another_currency_than_the_ledger_is_not_converted(provider: Provider) -> None:
    """The customer has paid in USD, so that plan is refused; nothing is ever charged in two currencies."""
    provider.send(provider.outbound())
    euros = a_plan(provider.admin, rates=RATES, services=(), currency="EUR")
    customer = provider.admin.get(f"/customers/{provider.customer_id}").expect(200)

    path = f"/customers/{provider.customer_id}"
    refused = provider.admin.patch(path, {"service_plan_id": euros}, version=customer["version"])

    assert refused.expect(409)["code"] == "currency_mismatch"


def test_61_seconds_at_30_and_60_are_reported_and_charged_as_90(api: ApiClient) -> None:
    provider = a_provider(api, rates=(a_rate("+1", 60_000, minimum_s=30, increment_s=60),))
    cdr = provider.outbound(seconds=61)

    provider.send(cdr)

    [charge] = provider.charges(cdr["call_id"])
    assert (charge["billed_s"], charge["amount_micros"]) == (90, 90_000)


def test_a_rate_of_zero_ends_the_search_and_says_so(api: ApiClient) -> None:
    provider = a_provider(api, rates=(a_rate("+1", 60_000), a_rate("+1209", 0)))
    cdr = provider.outbound()

    provider.send(cdr)

    [charge] = provider.charges(cdr["call_id"])
    assert (charge["state"], charge["amount_micros"], charge["verified"]) == ("free", 0, True)
    assert provider.ledger() == []


def test_a_prepaid_customers_incoming_calls_are_charged(provider: Provider) -> None:
    path = f"/service-plans/{provider.plan_id}"
    version = provider.admin.get(path).expect(200)["version"]
    provider.admin.patch(path, {"payment": "prepaid"}, version=version).expect(200)
    setup_at = now_ms() - 70_000
    times = {"setup_at": setup_at, "answered_at": setup_at, "ended_at": setup_at + 60_000}
    cdr = provider.cdr(a_leg("did", called_number="+12095550100", **times), direction="inbound", setup_at=setup_at)

    provider.send(cdr)

    assert provider.balance() == -6_000


def test_a_leg_that_ended_before_it_was_answered_is_unrated_not_free(provider: Provider) -> None:
    setup_at = now_ms() - 10_000
    leg = provider.pstn_leg(setup_at=setup_at) | {"ended_at": setup_at}
    cdr = provider.cdr(leg, setup_at=setup_at)

    provider.send(cdr)

    assert provider.charges(cdr["call_id"])[0]["code"] == "duration_invalid"
    assert unrated(provider) == [cdr["call_id"]]


def test_unrated_calls_of_another_isp_are_not_listed(api: ApiClient) -> None:
    provider, stranger = a_provider(api, rates=()), a_provider(api)

    provider.send(provider.outbound())

    assert unrated(stranger) == []


def test_what_a_call_would_cost_is_what_it_costs(provider: Provider) -> None:
    asked = {"customer_id": provider.customer_id, "number": "+442071234567", "seconds": 43}
    cdr = provider.outbound("+442071234567", seconds=43)
    provider.send(cdr)

    answer = provider.admin.post("/price-checks", asked)

    price, [charge] = answer.expect(200), provider.charges(cdr["call_id"])
    assert price["amount"] == charge["amount"] == "0.096000"
    assert price["verified"] is True
    assert price["proof"]["entry"] == charge["proof"]["entry"]


def test_a_price_can_be_asked_for_a_plan_and_for_incoming_calls(provider: Provider) -> None:
    asked = {"service_plan_id": provider.plan_id, "number": "+18005550100", "seconds": 60, "kind": "did"}

    price = provider.admin.post("/price-checks", asked).expect(200)

    assert (price["amount_micros"], price["proof"]["leg"]["service"]) == (12_000, "TOLLFREE")


def test_prices_are_asked_of_ones_own_plans(api: ApiClient, provider: Provider) -> None:
    stranger = a_provider(api)

    for asked in ({"service_plan_id": provider.plan_id}, {"customer_id": provider.customer_id}):
        assert stranger.admin.post("/price-checks", asked | {"number": "+12095550123", "seconds": 1}).status == 404


@pytest.mark.parametrize("asked", [{}, {"number": "+12095550123"}, {"seconds": 5}, {"seconds": -1, "kind": "sip"}])
def test_a_price_check_needs_a_payer_a_number_and_a_length(provider: Provider, asked: dict[str, object]) -> None:
    assert provider.admin.post("/price-checks", asked).expect(422)["code"] == "invalid_request"
