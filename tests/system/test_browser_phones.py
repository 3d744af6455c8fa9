"""A browser phone on the whole system: decided, recorded and charged like any other, and heard at the carrier's end."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from local.gateway.behaviour import choose_tone_hz
from tests.browser.browser_phone import BrowserPhone
from tests.browser.chromium import MICROPHONE_HZ
from tests.local.processes import GatewayClient, wait_for
from tests.system.provider import Provider, Tenant

pytestmark = pytest.mark.system

TONE = "2092489200"  # the test gateway plays its tone alone


@pytest.fixture
def browser(provider: Provider, tenant: Tenant, open_phone: Callable[[str], BrowserPhone]) -> BrowserPhone:
    """Ann's, registered where the API says that browser phones connect."""
    url = next(sbc["websocket_url"] for sbc in provider.api.get("/sbcs")["items"])
    phone = open_phone("ann")
    password = tenant.people["ann"]["passwords"]["softphone"]
    registration = phone.register(url=url, password=password, domain=tenant.domain)
    assert registration.registered, registration
    return phone


def test_a_call_outside_is_heard_both_ways_and_charged(
    provider: Provider, browser: BrowserPhone, gateway: GatewayClient
) -> None:
    browser.call(TONE)
    browser.wait("confirmed")
    wait_for(lambda: browser.hears(choose_tone_hz(TONE)))
    wait_for(lambda: abs(heard_at(gateway, TONE) - MICROPHONE_HZ) < 3)
    browser.do("hangUp")

    wait_for(lambda: any(call["dialled"] == TONE for call in provider.calls()), limit_s=15)
    record = next(call for call in provider.calls() if call["dialled"] == TONE)
    details = provider.api.get(f"/calls/{record['call_id']}")
    assert details["result"] == "answered"
    assert [charge["kind"] for charge in details["charges"]] == ["pstn"]


def test_the_api_shows_a_browser_phone_while_its_page_is_open(
    provider: Provider, tenant: Tenant, browser: BrowserPhone
) -> None:
    def shown() -> list[str]:
        live = provider.api.get(f"{tenant.path}/live")
        return [one["transport"] for one in live["registrations"] if live["state"] == "fresh"]

    wait_for(lambda: shown() == ["ws"], limit_s=20)
    browser.page.close()
    wait_for(lambda: provider.api.get(f"{tenant.path}/live")["state"] == "fresh" and shown() == [], limit_s=20)


def heard_at(gateway: GatewayClient, number: str) -> float:
    """The loudest tone of the newest call to the number; 0 if there is none yet."""
    calls = [call for call in gateway.get_calls() if call["to_number"].endswith(number)]
    tones = calls[-1]["heard"]["tones"] if calls else []
    return float(tones[-1]["hz"]) if tones else 0.0


def test_the_sip_password_opens_no_browser(
    provider: Provider, tenant: Tenant, open_phone: Callable[[str], BrowserPhone]
) -> None:
    url = next(sbc["websocket_url"] for sbc in provider.api.get("/sbcs")["items"])
    tenant.phone("bob")  # registers with the SIP password

    refused = open_phone("bob").register(
        url=url, password=tenant.people["bob"]["passwords"]["sip"], domain=tenant.domain
    )

    assert (refused.registered, refused.status) == (False, 401)


def test_a_call_in_by_did_rings_the_browser(
    provider: Provider, tenant: Tenant, browser: BrowserPhone, gateway: GatewayClient
) -> None:
    number = tenant.did("+12095550177", "ann")
    provider.wait_in_force()

    placed = gateway.place(to=number, **{"from": "+12125550100"}, tone_hz=1300, seconds=4)
    browser.answer()
    browser.wait("confirmed")

    wait_for(lambda: browser.hears(1300))
    assert gateway.wait_until_ended(placed)["state"] == "ended"
