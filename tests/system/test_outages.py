"""The API, its database or the hook is away: warm tenants go on, and nothing is lost."""

from __future__ import annotations

import pytest

from tests.local.processes import wait_for
from tests.system.phone import Phone, PhoneCall
from tests.system.programs import Programs
from tests.system.provider import Provider, Tenant

pytestmark = pytest.mark.system

CALLS = 8


def talk(phone: Phone, number: str) -> PhoneCall:
    call = phone.dial(number)
    assert call.wait_status() == 200
    assert call.hang_up() == 200
    return call


def warm(tenant: Tenant) -> tuple[Phone, Phone]:
    ann, bob = tenant.phone("ann"), tenant.phone("bob")
    talk(ann, "102")
    return ann, bob


def assert_recorded_once(provider: Provider, calls: list[PhoneCall]) -> None:
    """Each has one record, and the ledger agrees with all there are."""
    wanted = sorted(call.call_id for call in calls)

    def come() -> list[str]:
        return sorted(each["sip_call_id"] for each in provider.calls_with(*wanted))

    wait_for(lambda: len(come()) >= len(wanted), limit_s=60)
    assert come() == wanted
    provider.assert_ledger_agrees(provider.calls())


@pytest.mark.parametrize("away", ["api", "dynoxide"])
def test_without_api_or_database_warm_tenants_call_and_register_and_records_come_once_afterwards(
    provider: Provider, tenant: Tenant, programs: Programs, away: str
) -> None:
    ann, bob = warm(tenant)
    before = bob.dial("101")
    assert before.wait_status() == 200

    with programs.stopped(away):
        assert tenant.phone("cy").register().status == 200  # nobody asked for cy's password before
        calls = [talk(ann, number) for number in ("102", "103", "2092489001") for _ in range(CALLS)]
        assert before.hang_up() == 200
        wait_for(lambda: programs.metric("hook_journal_depth") >= len(calls) + 1)
        assert len(programs.live_calls()) == 0
    programs.wait_healthy("api")

    assert_recorded_once(provider, [*calls, before])
    wait_for(lambda: programs.metric("hook_journal_depth") == 0)


def test_a_hook_killed_while_the_api_is_away_goes_on_from_its_disk(
    provider: Provider, tenant: Tenant, programs: Programs
) -> None:
    ann, _ = warm(tenant)

    with programs.stopped("api"):
        calls = [talk(ann, "2092489001")]
        programs.kill("hook")
        programs.wait_healthy("hook")
        calls += [talk(ann, "2092489001"), talk(ann, "102")]
        assert ann.register().status == 200

    assert_recorded_once(provider, calls)


def test_a_tenant_nobody_has_called_yet_gets_503_while_the_api_is_away_and_calls_afterwards(
    provider: Provider, programs: Programs
) -> None:
    cold = provider.tenant("cold")
    cold.subscriber("ann", alias="101")
    provider.wait_in_force()
    ann = cold.phone("ann", register=False)

    with programs.stopped("api"):
        assert ann.register().status == 503
        assert ann.dial("101").wait_status() == 503

    wait_for(lambda: ann.register().status == 200)


def test_changes_made_before_the_api_went_away_are_in_force_when_it_is_back(
    provider: Provider, tenant: Tenant, programs: Programs
) -> None:
    ann, _ = warm(tenant)

    with programs.stopped("hook"):
        tenant.change("ann", suspended=True)
    try:
        wait_for(lambda: ann.dial("102").wait_status() == 403, limit_s=5)
        assert not programs.is_registered("ann", tenant.domain)
    finally:
        tenant.change("ann", suspended=False)
        provider.wait_in_force()
