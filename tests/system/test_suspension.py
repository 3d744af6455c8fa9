"""Suspended at any level: no calls and no registrations within three seconds, but help can be called."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.local.processes import GatewayClient, wait_for
from tests.system.phone import Phone
from tests.system.programs import Programs
from tests.system.provider import Provider, Tenant, platform_admin

pytestmark = pytest.mark.system

IN_FORCE_S = 3.0
Switch = Callable[..., object]


@contextmanager
def within(seconds: float) -> Iterator[None]:
    started = time.monotonic()
    yield
    assert time.monotonic() - started < seconds


def switch(provider: Provider, tenant: Tenant, level: str) -> Switch:
    """What suspends (``suspended=True``) and resumes at this level."""
    if level == "isp":
        isp_id = provider.api.get("/me")["isp"]["id"]
        admin = platform_admin(provider.system)
        return lambda **fields: admin.change(f"/platform/isps/{isp_id}", **fields)
    path = {
        "customer": f"/customers/{provider.customer_id}",
        "tenant": tenant.path,
        "subscriber": tenant.person("ann"),
        "carrier": f"/carriers/{provider.carrier_id}",
    }[level]
    return lambda **fields: provider.api.change(path, **fields)


def status_of(phone: Phone, number: str) -> int:
    call = phone.dial(number)
    status = call.wait_status()
    if status == 200:
        call.hang_up()
    return status


@pytest.mark.parametrize("level", ["isp", "customer", "tenant", "subscriber"])
def test_a_suspension_ends_calls_and_registrations_in_three_seconds_and_is_undone(
    provider: Provider, tenant: Tenant, gateway: GatewayClient, programs: Programs, level: str
) -> None:
    ann, bob = tenant.phone("ann"), tenant.phone("bob")
    assert status_of(ann, "102") == 200
    change = switch(provider, tenant, level)

    change(suspended=True)

    try:
        with within(IN_FORCE_S):
            wait_for(lambda: status_of(ann, "102") == 403, limit_s=IN_FORCE_S)
            wait_for(lambda: not programs.is_registered("ann", tenant.domain), limit_s=IN_FORCE_S)
        assert programs.is_registered("bob", tenant.domain) is (level == "subscriber")
        assert ann.register().status == 403
        assert status_of(ann, "2092489001") == 403
        assert status_of(bob, "101") in {403, 480}
        helped = len([each for each in gateway.get_calls() if each["to_number"] == "911"])
        assert status_of(ann, "911") == 200
        assert len([each for each in gateway.get_calls() if each["to_number"] == "911"]) == helped + 1
    finally:
        change(suspended=False)
    with within(IN_FORCE_S):
        wait_for(lambda: ann.register().status == 200, limit_s=IN_FORCE_S)
        wait_for(lambda: bob.register().status == 200, limit_s=IN_FORCE_S)
        wait_for(lambda: status_of(ann, "102") == 200, limit_s=IN_FORCE_S)


def test_a_suspended_carrier_takes_no_calls_but_those_for_help(provider: Provider, tenant: Tenant) -> None:
    ann, _ = tenant.phone("ann"), tenant.phone("bob")
    change = switch(provider, tenant, "carrier")

    change(suspended=True)

    try:
        with within(IN_FORCE_S):
            wait_for(lambda: status_of(ann, "2092489001") == 503, limit_s=IN_FORCE_S)
        assert status_of(ann, "102") == 200
        assert status_of(ann, "911") == 200
    finally:
        change(suspended=False)
    wait_for(lambda: status_of(ann, "2092489001") == 200, limit_s=IN_FORCE_S)


def test_help_is_reached_while_suspended_with_the_api_down(
    provider: Provider, tenant: Tenant, programs: Programs
) -> None:
    ann = tenant.phone("ann")
    change = switch(provider, tenant, "tenant")
    change(suspended=True)
    try:
        wait_for(lambda: status_of(ann, "102") == 403, limit_s=IN_FORCE_S)

        with programs.stopped("api"):
            assert status_of(ann, "911") == 200
            assert status_of(ann, "102") == 403
    finally:
        change(suspended=False)
        provider.wait_in_force()


def test_a_changed_password_drops_the_registration_in_three_seconds(
    provider: Provider, tenant: Tenant, programs: Programs
) -> None:
    cy = tenant.phone("cy")

    made = provider.api.post(f"{tenant.person('cy')}/passwords", {"sip": ""})

    with within(IN_FORCE_S):
        wait_for(lambda: not programs.is_registered("cy", tenant.domain), limit_s=IN_FORCE_S)
    assert cy.register().status == 401
    cy.password = made["sip"]
    assert cy.register().status == 200
    tenant.people["cy"]["passwords"]["sip"] = made["sip"]
