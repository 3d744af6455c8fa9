"""Two ISPs use the same carrier: its address says nothing about whose call it is, the number does."""

from __future__ import annotations

import pytest

from tests.local.processes import GatewayClient, wait_for
from tests.local.systems import System
from tests.system.provider import Provider, Tenant, a_provider

pytestmark = pytest.mark.system

OURS, THEIRS, NOBODYS = "+12095550111", "+12095550222", "+12095550333"


@pytest.fixture(scope="module")
def other(system: System) -> Tenant:
    """Of another ISP, with ann (101) too."""
    other = a_provider(system).tenant()
    other.subscriber("ann", alias="101", max_calls=0)
    other.did(THEIRS, "ann")
    other.provider.wait_in_force()
    return other


def test_each_number_reaches_its_own_tenant_and_a_strangers_nobody(
    provider: Provider, tenant: Tenant, other: Tenant, gateway: GatewayClient
) -> None:
    tenant.did(OURS, "ann")
    provider.wait_in_force()
    our_ann = tenant.phone("ann")
    with other.provider.closing():
        their_ann = other.phone("ann")

        for number in (OURS, THEIRS, NOBODYS):
            placed = gateway.place(**{"to": number, "from": "+4315550100", "seconds": 0.3})
            record = gateway.wait_until_ended(placed)
            assert (record["answered_at"] is None) is (number == NOBODYS)

        assert len(our_ann.received) == len(their_ann.received) == 1

    for each in (provider, other.provider):
        wait_for(lambda each=each: each.calls())  # type: ignore[misc]
    ours, theirs = provider.calls(), other.provider.calls()
    assert [(call["did"], call["direction"]) for call in ours] == [(OURS, "inbound")]
    assert [(call["did"], call["direction"]) for call in theirs] == [(THEIRS, "inbound")]
    provider.assert_ledger_agrees(ours)
    other.provider.assert_ledger_agrees(theirs)


def test_another_isps_number_is_reached_by_the_carrier_not_behind_its_back(
    provider: Provider, tenant: Tenant, other: Tenant, gateway: GatewayClient
) -> None:
    """The two ISPs haven't agreed to connect on-net; here the carrier answers itself."""
    ann = tenant.phone("ann")
    with other.provider.closing():
        their_ann = other.phone("ann")

        call = ann.dial(THEIRS)
        assert call.wait_status() == 200
        assert call.hang_up() == 200

        assert their_ann.received == []
    assert [each["direction"] for each in gateway.get_calls() if each["to_number"] == THEIRS][-1] == "in"


def test_a_caller_who_claims_to_be_the_carrier_is_challenged(provider: Provider, tenant: Tenant) -> None:
    ann = tenant.phone("ann")
    stranger = tenant.phone("bob", register=False, address="127.0.1.50")
    stranger.password = ""

    call = stranger.dial(OURS, from_user="+4315550100", from_domain="127.0.0.2")

    assert call.wait_status() == 407
    assert ann.received == []
