"""A carrier's second gateway takes what the first can't, never what a person has refused."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.local.processes import GatewayClient
from tests.local.systems import System
from tests.system.phone import Phone
from tests.system.provider import Provider, Tenant, a_provider

pytestmark = pytest.mark.system

FIRST = "127.0.0.3"


@pytest.fixture(scope="module")
def first_gateway(system: System) -> Iterator[Phone]:
    settings = system.settings
    gateway = Phone((settings.sip_host, settings.sip_port), user="gateway", domain=FIRST, address=FIRST)
    yield gateway
    gateway.close()


@pytest.fixture(scope="module")
def provider(system: System, first_gateway: Phone) -> Provider:
    settings = system.settings
    first = {"name": "first", "host": FIRST, "port": first_gateway.port}
    second = {"name": "second", "host": settings.gateway_host, "port": settings.gateway_sip_port}
    return a_provider(system, gateways=[first, second])


@pytest.mark.parametrize("status", [500, 503])
def test_a_gateway_in_trouble_hands_over_to_the_second(
    provider: Provider, tenant: Tenant, first_gateway: Phone, gateway: GatewayClient, status: int
) -> None:
    first_gateway.answers = status
    ann = tenant.phone("ann")

    call = ann.dial("2092489001")

    assert call.wait_status() == 200
    assert call.hang_up() == 200
    record = provider.call(call.call_id)
    assert [(leg["gateway_name"], leg["sip_status"]) for leg in record["legs"]] == [("first", status), ("second", 200)]
    assert [charge["state"] for charge in record["charges"]] == ["rated"]


@pytest.mark.parametrize("status", [486, 603, 404])
def test_what_a_person_or_the_number_refuses_goes_back_to_the_caller(
    provider: Provider, tenant: Tenant, first_gateway: Phone, gateway: GatewayClient, status: int
) -> None:
    first_gateway.answers = status
    ann = tenant.phone("ann")
    before = len(gateway.get_calls())

    call = ann.dial("2092489001")

    assert call.wait_status() == status
    assert len(gateway.get_calls()) == before
    record = provider.call(call.call_id)
    assert [(leg["gateway_name"], leg["sip_status"]) for leg in record["legs"]] == [("first", status)]
    assert record["charges"] == []


def test_a_gateway_that_says_nothing_hands_over_within_ten_seconds(
    provider: Provider, tenant: Tenant, first_gateway: Phone
) -> None:
    first_gateway.answers = -1
    ann = tenant.phone("ann")

    call = ann.dial("2092489001")

    assert call.wait_status(timeout_s=10) == 200
    call.hang_up()


def test_both_gateways_can_call_in(provider: Provider, tenant: Tenant, first_gateway: Phone) -> None:
    tenant.did("+12095550666", "ann")
    provider.wait_in_force()
    ann = tenant.phone("ann")

    call = first_gateway.dial("+12095550666")

    assert call.wait_status() == 200
    ann.wait_incoming()
    call.hang_up()
