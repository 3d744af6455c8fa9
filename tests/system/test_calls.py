"""The base line: calls through the whole system are connected, recorded and charged."""

from __future__ import annotations

import pytest

from tests.local.processes import GatewayClient, wait_for
from tests.system.provider import Provider, Tenant

pytestmark = pytest.mark.system


def test_a_call_between_phones_is_recorded_and_charged_as_a_sip_line(provider: Provider, tenant: Tenant) -> None:
    ann, bob = tenant.phone("ann"), tenant.phone("bob")

    call = ann.dial("102")
    assert call.wait_status() == 200
    bob.wait_incoming()
    assert call.hang_up() == 200

    record = provider.call(call.call_id)
    assert (record["direction"], record["result"], record["hangup_by"]) == ("internal", "answered", "caller")
    assert [charge["kind"] for charge in record["charges"]] == ["sip"]


def test_a_call_outside_reaches_the_gateway_and_is_charged(
    provider: Provider, tenant: Tenant, gateway: GatewayClient
) -> None:
    ann = tenant.phone("ann")

    call = ann.dial("2092489001")
    assert call.wait_status() == 200
    assert call.hang_up() == 200

    record = provider.call(call.call_id)
    assert [(leg["kind"], leg["called_number"]) for leg in record["legs"]] == [("pstn", "+12092489001")]
    assert record["charges"][0]["amount_micros"] == 60_000  # six seconds, the least that is billed
    (seen,) = [each for each in gateway.get_calls() if each["sip_call_id"] == call.call_id]
    assert (seen["to_number"], seen["state"], seen["ended_by"]) == ("+12092489001", "ended", "far side")


def test_a_call_id_used_twice_makes_two_calls_and_two_charges(provider: Provider, tenant: Tenant) -> None:
    ann = tenant.phone("ann")

    for _ in range(2):
        call = ann.dial("2092489001", call_id="the-same@phone")
        assert call.wait_status() == 200
        assert call.hang_up() == 200

    wait_for(lambda: len(provider.calls_with("the-same@phone")) == 2)
    provider.assert_ledger_agrees(provider.calls())
