"""Calls that were made with real phones, in the ISP console: found, explained, charged, counted."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from tests.consoles import isp_steps as steps
from tests.consoles.visitor import Visitor
from tests.local.processes import wait_for
from tests.local.systems import System
from tests.system.provider import Provider, Tenant, a_provider

pytestmark = pytest.mark.browser


@dataclass
class Called:
    provider: Provider
    tenant: Tenant
    unpriced_deck: str


@pytest.fixture(scope="module")
def called(system: System) -> Called:
    """Ann has called Bob, the outside, and what her rights don't allow; another customer's deck has no rates yet."""
    provider = a_provider(system)
    tenant = provider.tenant()
    tenant.subscriber("ann", alias="101")
    tenant.subscriber("bob", alias="102")
    deck = provider.api.post("/rate-decks", {"name": "Later", "currency": "USD"})["id"]
    plan = {"name": "Early", "currency": "USD", "rate_deck_id": deck, "carrier_id": provider.carrier_id}
    dialplan = next(iter(provider.api.pages("/dialplans")))["id"]
    plan_id = provider.api.post("/service-plans", plan | {"dialplan_id": dialplan})["id"]
    early = provider.api.post("/customers", {"name": "Early bird", "service_plan_id": plan_id})
    second = provider.tenant("early", customer_id=early["id"], main_number="+12095550002")
    second.subscriber("eve", alias="201")
    provider.wait_in_force()
    with provider.closing():
        ann, bob, eve = tenant.phone("ann"), tenant.phone("bob"), second.phone("eve")
        for caller, dialled, status in ((ann, "102", 200), (ann, "2092489001", 200), (ann, "011442079460123", 403)):
            call = caller.dial(dialled)
            assert call.wait_status() == status
            if status == 200:
                assert call.hang_up() == 200
        bob.wait_incoming()
        call = eve.dial("2092489001")
        assert call.wait_status() == 200
        assert call.hang_up() == 200
    wait_for(lambda: len(provider.calls()) == 4, limit_s=30)
    return Called(provider, tenant, deck)


@pytest.fixture
def clerk(visitor: Visitor, called: Called) -> Visitor:
    """Logged in."""
    steps.log_in(visitor, called.provider.namespace)
    expect(visitor.page.get_by_role("heading", level=1, name="Your first call")).to_be_visible()
    return visitor


def rows(visitor: Visitor) -> int:
    """Those of a list that has been loaded."""
    expect(visitor.page.locator(".mantine-Skeleton-root")).to_have_count(0)
    return visitor.page.get_by_role("table").first.get_by_role("row").count() - 1


def test_calls_are_filtered_in_the_address_and_explained_on_every_row(clerk: Visitor, called: Called) -> None:
    clerk.go("Calls")
    expect(clerk.page.get_by_role("button", name=re.compile("^Explain: "))).to_have_count(4)
    clerk.look("calls")

    clerk.page.get_by_label("Result").select_option("Refused")
    expect(clerk.page.get_by_role("button", name=re.compile("^Explain: "))).to_have_count(1)
    clerk.page.get_by_label("Result").select_option("All")
    clerk.type("Beginning of a number", "+1 209 248")
    expect(clerk.page.get_by_role("button", name=re.compile("^Explain: "))).to_have_count(2)
    clerk.choose("Tenant", "early")
    expect(clerk.page.get_by_role("button", name=re.compile("^Explain: "))).to_have_count(1)
    clerk.page.reload()
    expect(clerk.page.get_by_role("button", name="Explain: Eve to 2092489001")).to_be_visible()
    assert rows(clerk) == 1
    assert clerk.field("Beginning of a number").input_value() == "+1 209 248"

    clerk.press("Explain: Eve to 2092489001")
    clerk.sees("Decisions in order")
    expect(clerk.drawer.get_by_role("list").first.get_by_role("listitem")).not_to_have_count(0)
    clerk.look("call-detail")
    clerk.press("Close")
    expect(clerk.drawer).to_be_hidden()


def test_a_call_is_explained_before_it_is_made(clerk: Visitor) -> None:
    clerk.go("Calls")
    clerk.press("Explain a call")
    clerk.press("Explain", within=clerk.drawer)
    expect(clerk.drawer.get_by_text("Needed")).to_have_count(3)
    clerk.choose("Tenant", "main", within=clerk.drawer)
    clerk.choose("Caller", "Ann (ann, 101)")
    clerk.type("Dialled number", "2092489001", within=clerk.drawer)
    clerk.press("Explain", within=clerk.drawer)

    clerk.sees("What the carrier would get")
    expect(clerk.drawer.locator("pre").first).to_contain_text("INVITE sip:")
    clerk.look("explain-form")

    clerk.type("Dialled number", "011442079460123", within=clerk.drawer)
    clerk.press("Explain", within=clerk.drawer)
    expect(clerk.drawer.locator("pre")).to_have_count(0)
    expect(clerk.drawer.get_by_role("alert").first).to_be_visible()


def test_a_call_from_a_carrier_is_explained_too(clerk: Visitor) -> None:
    clerk.open("/calls?open=explain")
    clerk.page.get_by_text("From a carrier", exact=True).click()
    clerk.choose("Tenant", "main", within=clerk.drawer)
    clerk.choose("Carrier", "Carrier", within=clerk.drawer)
    clerk.choose_listed("Gateway", "first")
    clerk.type("Dialled number", "+12095550199", within=clerk.drawer)
    clerk.press("Explain", within=clerk.drawer)

    clerk.sees("Decisions in order")
    clerk.look("explain-carrier", schemes=("light",))


def test_charges_are_proved_and_a_call_without_a_price_is_rated_again(clerk: Visitor, called: Called) -> None:
    clerk.go("Charges")
    clerk.look("charges")
    clerk.page.get_by_role("row").filter(has_text="$0.06").get_by_role("button").click()
    clerk.drawer.get_by_text("Proof", exact=True).click()
    clerk.sees("the amount follows")
    clerk.sees("USA, version 1")
    clerk.look("charge-proof")
    clerk.press("Close")

    clerk.page.get_by_label("Which calls").select_option("Without a price")
    clerk.sees("no rates have been put into it yet")
    assert rows(clerk) == 1
    clerk.look("charges-unrated")
    clerk.page.get_by_role("row").filter(has_text="Early bird").get_by_role("button").click()
    clerk.press("Rate again")
    clerk.sees("it still can't be priced")
    deck = called.provider.api.get(f"/rate-decks/{called.unpriced_deck}")
    rates = {"rates": [{"prefix": "+1", "rate_micros": 60_000, "minimum_s": 60, "increment_s": 60}]}
    called.provider.api.put(f"/rate-decks/{deck['id']}/rates", rates, if_match=deck["version"])
    clerk.press("Rate again")

    clerk.sees("The call has been rated.")
    expect(clerk.drawer.get_by_text("$0.06", exact=True)).to_be_visible()
    clerk.press("Close")
    clerk.sees("Every call has its price")
    assert list(called.provider.api.pages("/charges", state="unrated")) == []


def test_what_a_call_would_cost_is_asked_with_its_proof(clerk: Visitor) -> None:
    clerk.go("Charges")
    clerk.press("What would a call cost?")
    clerk.choose("Customer", "Customer")
    clerk.type("Number", "+12095550100", within=clerk.drawer)
    clerk.type("Length in seconds", "61", within=clerk.drawer)
    clerk.press("Show the price")

    expect(clerk.drawer.get_by_text("$0.66", exact=True)).to_be_visible()  # 66 s, in steps of six
    clerk.look("price-check")


def test_the_home_page_counts_the_calls_of_each_day(clerk: Visitor) -> None:
    chart = clerk.page.get_by_role("figure", name="Calls")
    expect(chart.get_by_text("3 of 4 answered")).to_be_visible()
    chart.get_by_role("group", name="Calls: the arrow keys").focus()
    clerk.page.keyboard.press("ArrowLeft")

    expect(chart.get_by_text(re.compile("Attempts 4, Answered 3$"))).to_be_visible()
    clerk.page.keyboard.press("Escape")
    chart.get_by_text("As a table").click()
    expect(chart.get_by_role("row").last).to_contain_text("43")
    chart.get_by_text("As a table").click()
    expect(clerk.page.get_by_role("figure", name="Charged")).to_contain_text("$0.")
    clerk.page.get_by_text("7 days", exact=True).click()
    clerk.look("home-charts")
    assert "days=7" in clerk.page.url
