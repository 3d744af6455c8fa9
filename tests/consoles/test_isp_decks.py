"""Prices in the ISP console: rate decks by hand and from files, service decks, and plans that refer to them."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.consoles import isp_steps as steps
from tests.consoles.visitor import Visitor
from tests.local.systems import System
from tests.system.provider import Json, Provider, a_provider

pytestmark = pytest.mark.browser
HEADER = "prefix,rate_per_minute,description,minimum_s,increment_s"


@pytest.fixture(scope="module")
def provider(system: System) -> Provider:
    return a_provider(system)


@pytest.fixture
def clerk(visitor: Visitor, provider: Provider) -> Visitor:
    """Logged in."""
    steps.log_in(visitor, provider.namespace)
    expect(visitor.page.get_by_role("heading", level=1, name="Your first call")).to_be_visible()
    return visitor


def a_deck(provider: Provider, name: str, *rates: tuple[str, int]) -> Json:
    deck = provider.api.post("/rate-decks", {"name": name, "currency": "USD"})
    rows = {"rates": [{"prefix": prefix, "rate_micros": micros} for prefix, micros in rates]}
    return provider.api.put(f"/rate-decks/{deck['id']}/rates", rows, if_match=deck["version"])


def stored(provider: Provider, deck: Json) -> dict[str, int]:
    return {rate["prefix"]: rate["rate_micros"] for rate in provider.api.pages(f"/rate-decks/{deck['id']}/rates")}


def test_a_deck_is_filled_from_a_file_whose_wrong_rows_name_their_lines(clerk: Visitor, provider: Provider) -> None:
    clerk.go("Rate decks")
    clerk.page.get_by_role("button", name="Add rate deck").first.click()
    clerk.type("Name", "Retail")
    clerk.look("rate-deck-form")
    clerk.saves()
    clerk.look("rate-decks")
    clerk.page.get_by_role("link", name="Rates of Retail").click()
    clerk.sees("No rate yet")
    clerk.look("rates-empty")

    clerk.page.get_by_role("button", name="Upload CSV").first.click()
    with clerk.page.expect_download() as template:
        clerk.press("Download the template")
    clerk.type("Or paste the rows here", f"{HEADER}\n+1,0.01,USA and Canada,0,1\n+12o9,cheap,Stockton,30,6")
    clerk.sees("2 problems; nothing has been saved")
    expect(clerk.drawer.get_by_role("listitem")).to_have_text(
        [
            'Line 3: "+12o9" is no prefix: digits with a leading plus, or a service number such as 911',
            'Line 3: "cheap" is no price: a number with a point and at most six decimals',
        ]
    )
    expect(clerk.drawer.get_by_role("button", name="Save 1 rates")).to_be_disabled()
    clerk.look("rates-faults")

    clerk.type("Or paste the rows here", f"{HEADER}\n+1,0.01,USA and Canada,0,1\n+1209,0.008,Stockton,30,6")
    clerk.sees("2 new, 0 changed, 0 lost, 0 as before")
    clerk.look("rates-preview")
    clerk.saves("Save 2 rates")

    deck = next(one for one in provider.api.pages("/rate-decks") if one["name"] == "Retail")
    assert template.value.suggested_filename == "rates-template.csv"
    assert stored(provider, deck) == {"+1": 10_000, "+1209": 8_000}


def test_the_template_is_a_file_that_can_be_uploaded(clerk: Visitor, provider: Provider) -> None:
    deck = a_deck(provider, "Template", ("+44", 1))
    clerk.open(f"/rate-decks/{deck['id']}")
    clerk.press("Upload CSV")
    with clerk.page.expect_download() as template:
        clerk.press("Download the template")

    clerk.page.locator("input[type=file]").set_input_files(template.value.path())

    clerk.sees("3 new, 0 changed, 1 lost, 0 as before")
    clerk.page.get_by_text("Add and change", exact=True).click()
    clerk.sees("3 new, 0 changed, 0 lost, 1 as before")


def test_a_number_finds_its_rate_and_changes_are_saved_together(clerk: Visitor, provider: Provider) -> None:
    deck = a_deck(provider, "Wholesale", ("+1", 10_000), ("+1209", 8_000), ("+44", 20_000))
    clerk.open(f"/rate-decks/{deck['id']}")
    clerk.type("Number, prefix or description", "+1 (209) 555-0100")
    clerk.sees("+12095550100 gets the rate of +1209")
    expect(clerk.page.get_by_role("table", name="Rates").get_by_role("row")).to_have_count(3)  # with the header
    clerk.look("rates-search")
    clerk.type("Number, prefix or description", "")

    clerk.press("+44")
    clerk.type("Price a minute", "0.03", within=clerk.drawer)
    clerk.look("rate-form")
    clerk.saves("Take the change")
    clerk.press("Delete: +1209")
    clerk.press("Delete: +1")
    clerk.page.get_by_role("button", name="Undo").last.click()
    clerk.sees("Not saved yet: 0 new, 1 changed, 1 lost.")
    clerk.page.get_by_role("navigation").get_by_role("link", name="Customers").click()
    clerk.sees("Leave without saving?")
    clerk.press("Stay here")
    clerk.press("Review and save")
    clerk.sees("0 new, 1 changed, 1 lost, 1 as before")
    clerk.look("rates-review")
    assert stored(provider, deck) == {"+1": 10_000, "+1209": 8_000, "+44": 20_000}
    clerk.saves("Save 2 rates")

    assert stored(provider, deck) == {"+1": 10_000, "+44": 30_000}
    clerk.look("rates")


def test_who_saves_rates_second_is_shown_what_differs_from_the_first(clerk: Visitor, provider: Provider) -> None:
    deck = a_deck(provider, "Raced", ("+1", 10_000))
    clerk.open(f"/rate-decks/{deck['id']}")
    clerk.press("Add rate")
    clerk.type("Prefix", "+55", within=clerk.drawer)
    clerk.type("Price a minute", "0.05", within=clerk.drawer)
    clerk.saves("Add to the changes")
    provider.api.put(
        f"/rate-decks/{deck['id']}/rates", {"rates": [{"prefix": "+49", "rate_micros": 1}]}, if_match=deck["version"]
    )

    clerk.press("Review and save")
    clerk.press("Save 2 rates")

    clerk.sees("Somebody else saved other rates in the meantime.")
    clerk.sees("2 new, 0 changed, 1 lost, 0 as before")
    assert stored(provider, deck) == {"+49": 1}
    clerk.saves("Save 2 rates")
    assert stored(provider, deck) == {"+1": 10_000, "+55": 50_000}


def test_a_service_deck_is_made_and_a_plan_has_it_and_no_rate_deck(clerk: Visitor, provider: Provider) -> None:
    clerk.go("Service decks")
    clerk.page.get_by_role("button", name="Add service deck").first.click()
    clerk.type("Name", "Minutes 2")
    clerk.press("Add entry")
    clerk.press("Add entry")
    for place, price in ((1, "0.02"), (2, "0.05")):
        entry = clerk.page.get_by_role("group", name=f"Entry {place}")
        clerk.type("Price a minute", price, within=entry)
    clerk.look("service-deck-form")
    entry = clerk.page.get_by_role("group", name="Entry 2")
    clerk.field("Service", within=entry).click()
    clerk.page.get_by_role("option", name="Outgoing, fixed").last.click()
    clerk.press("Create", within=clerk.drawer)
    expect(entry.get_by_role("alert")).to_contain_text("PSTN has another entry with the same start, number 1")
    clerk.field("Service", within=entry).click()
    clerk.page.get_by_role("option", name="Outgoing, mobile").last.click()
    clerk.saves()
    clerk.sees("Outgoing, fixed $0.02, Outgoing, mobile $0.05")
    clerk.look("service-decks")

    clerk.go("Service plans")
    clerk.press("Default")
    clerk.choose("Service deck", "Minutes 2")
    clerk.choose("Rate deck", "No rate deck")
    clerk.look("plan-decks")
    clerk.saves("Save")

    plan = provider.api.get(f"/service-plans/{provider.plan_id}")
    deck = next(one for one in provider.api.pages("/service-decks") if one["name"] == "Minutes 2")
    assert (plan["rate_deck_id"], plan["service_deck_id"]) == ("", deck["id"])
    assert [(entry["service"], entry["rate_micros"]) for entry in deck["entries"]] == [
        ("PSTN", 20_000),
        ("MOBILE", 50_000),
    ]
