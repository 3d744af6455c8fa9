"""Limits on calls at once, and where calls go that nobody takes: by SIP, in the record, and on the bill."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.local.processes import GatewayClient, wait_for
from tests.local.systems import System
from tests.system.phone import Phone
from tests.system.provider import Provider, Tenant, a_provider

pytestmark = pytest.mark.system

DID = "+12095550444"
OUTSIDE = "+12092489001"


CARRIER = "127.0.0.4"


@pytest.fixture(scope="module")
def carrier(system: System) -> Iterator[Phone]:
    """Where calls come in: another machine of the carrier's than the one that takes calls."""
    settings = system.settings
    carrier = Phone((settings.sip_host, settings.sip_port), user="+4315550100", domain=CARRIER, address=CARRIER)
    yield carrier
    carrier.close()


@pytest.fixture(scope="module")
def provider(system: System, carrier: Phone) -> Provider:
    settings = system.settings
    first = {"name": "first", "host": settings.gateway_host, "port": settings.gateway_sip_port}
    return a_provider(system, gateways=[first, {"name": "inbound", "host": CARRIER, "port": carrier.port}])


@contextmanager
def changed(provider: Provider, tenant: Tenant, username: str, **fields: Any) -> Iterator[None]:
    before = provider.api.get(tenant.person(username))
    tenant.change(username, **fields)
    provider.wait_in_force()
    try:
        yield
    finally:
        tenant.change(username, **{name: before[name] for name in fields})
        provider.wait_in_force()


def test_a_subscriber_at_its_limit_can_neither_call_nor_be_called(provider: Provider, tenant: Tenant) -> None:
    ann, bob, cy = tenant.phone("ann"), tenant.phone("bob"), tenant.phone("cy")
    with changed(provider, tenant, "ann", max_calls=1):
        first = ann.dial("102")
        assert first.wait_status() == 200

        assert ann.dial("103").wait_status() == 486
        assert cy.dial("101").wait_status() == 486
        first.hang_up()
        wait_for(lambda: cy.dial("101").wait_status() == 200)

        assert ann.dial("102").wait_status() == 486  # a received call counts too
        cy.calls[-1].hang_up()
    assert len(bob.received) == 1


def test_a_tenant_at_its_limit_has_no_more_calls_but_those_for_help(provider: Provider, tenant: Tenant) -> None:
    ann, _, cy = tenant.phone("ann"), tenant.phone("bob"), tenant.phone("cy")
    provider.api.change(tenant.path, max_calls=1)
    provider.wait_in_force()
    try:
        first = ann.dial("102")
        assert first.wait_status() == 200

        assert cy.dial("102").wait_status() == 486
        assert cy.dial("2092489001").wait_status() == 486
        help_call = cy.dial("911")
        assert help_call.wait_status() == 200
        for call in (help_call, first):
            call.hang_up()
        wait_for(lambda: cy.dial("102").wait_status() == 200)
        cy.calls[-1].hang_up()
    finally:
        provider.api.change(tenant.path, max_calls=0)
        provider.wait_in_force()


def test_an_inbound_call_over_the_limit_is_busy_for_the_carrier(
    provider: Provider, tenant: Tenant, gateway: GatewayClient
) -> None:
    ann, _ = tenant.phone("ann"), tenant.phone("bob")
    tenant.did("+12095550555", "ann")
    with changed(provider, tenant, "ann", max_calls=1):
        first = ann.dial("102")
        assert first.wait_status() == 200

        placed = gateway.place(**{"to": "+12095550555", "from": "+4315550100"})

        assert gateway.wait_until_ended(placed)["sip_status"] == 486
        first.hang_up()


@pytest.mark.parametrize(
    ("rule", "answers"), [("forward_always", 200), ("forward_busy", 486), ("forward_no_answer", 0)]
)
def test_a_forward_to_a_colleague_rings_there(provider: Provider, tenant: Tenant, rule: str, answers: int) -> None:
    ann, bob, cy = tenant.phone("ann"), tenant.phone("bob", answers=answers), tenant.phone("cy")
    with changed(provider, tenant, "bob", **{rule: "103", "dial_timeout_s": 5}):
        call = ann.dial("102")
        assert call.wait_status() == 200
        invite = cy.wait_incoming().invite
        assert invite is not None
        assert call.hang_up() == 200

        assert (len(bob.received) == 0) is (rule == "forward_always")
        assert "102@" in invite.get("Diversion") or "History-Info" in dict(invite.headers)
    record = provider.call(call.call_id)
    assert record["legs"][-1]["subscriber_id"] == tenant.people["cy"]["id"]
    assert [charge["kind"] for charge in record["charges"]] == ["sip"]


@pytest.mark.parametrize(
    ("rule", "answers"), [("forward_always", 200), ("forward_busy", 486), ("forward_no_answer", 0)]
)
def test_a_forward_to_the_outside_is_paid_by_who_set_it(
    provider: Provider, tenant: Tenant, gateway: GatewayClient, rule: str, answers: int
) -> None:
    ann = tenant.phone("ann")
    tenant.phone("bob", answers=answers)
    with changed(provider, tenant, "bob", **{rule: OUTSIDE, "dial_timeout_s": 5}):
        call = ann.dial("102")
        assert call.wait_status() == 200
        assert call.hang_up() == 200
    record = provider.call(call.call_id)
    (charge,) = [each for each in record["charges"] if each["kind"] == "pstn"]
    assert charge["charged_subscriber_id"] == tenant.people["bob"]["id"]
    assert charge["number"] == OUTSIDE


def test_a_forward_the_forwarder_may_not_call_is_left_out(provider: Provider, tenant: Tenant) -> None:
    ann = tenant.phone("ann")
    tenant.phone("bob", answers=486)
    with changed(provider, tenant, "bob", forward_busy="+442079460000"):
        assert ann.dial("102").wait_status() == 486


def test_nobody_registered_goes_where_no_answer_goes(provider: Provider, tenant: Tenant) -> None:
    ann, cy = tenant.phone("ann"), tenant.phone("cy")
    with changed(provider, tenant, "bob", forward_no_answer="103"):
        call = ann.dial("102")
        assert call.wait_status() == 200
        cy.wait_incoming()
        call.hang_up()


def test_forwards_in_a_circle_end(provider: Provider, tenant: Tenant) -> None:
    ann = tenant.phone("ann")
    with (
        changed(provider, tenant, "bob", forward_always="103"),
        changed(provider, tenant, "cy", forward_always="102"),
    ):
        assert ann.dial("102").wait_status() == 482


def test_a_call_from_outside_that_is_forwarded_outside_costs_both_ways_and_the_forwarder_pays(
    provider: Provider, tenant: Tenant, carrier: Phone
) -> None:
    tenant.did(DID, "bob")
    tenant.phone("bob", answers=0)
    with changed(provider, tenant, "bob", forward_no_answer=OUTSIDE, dial_timeout_s=5):
        call = carrier.dial(DID)
        assert call.wait_status() == 200
        assert call.hang_up() == 200
    record = provider.call(call.call_id)
    charges = {each["kind"]: each for each in record["charges"]}
    assert set(charges) == {"did", "pstn"}
    assert charges["pstn"]["charged_subscriber_id"] == tenant.people["bob"]["id"]
    assert [leg["leg"] for leg in record["legs"]] == ["a", "b1", "b2"]


def test_calls_limits_and_forwards_left_a_ledger_that_agrees(provider: Provider, tenant: Tenant) -> None:
    provider.assert_ledger_agrees(provider.calls())
