"""One running system for all of these tests, an ISP per module; a failed test prints what everybody saw."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.chromium import chromium, context, open_phone, page_url  # noqa: F401 (fixtures)
from tests.local.processes import GatewayClient
from tests.local.systems import System, run_system
from tests.system.programs import Programs
from tests.system.provider import Provider, Tenant, a_provider

_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    report = yield
    if report.when == "call":
        item.stash[_FAILED] = report.failed
    return report


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with run_system(tmp_path_factory.mktemp("faults") / "var") as system:
        yield system


@pytest.fixture(scope="session")
def programs(system: System) -> Programs:
    return Programs(system)


@pytest.fixture(scope="session")
def gateway(system: System) -> GatewayClient:
    settings = system.settings
    return GatewayClient(settings.gateway_url, settings.gateway_host, settings.gateway_sip_port)


@pytest.fixture(scope="module")
def provider(system: System) -> Provider:
    return a_provider(system)


@pytest.fixture(scope="module")
def tenant(provider: Provider) -> Tenant:
    """With ann (101), bob (102) and cy (103)."""
    tenant = provider.tenant()
    for username, alias in (("ann", "101"), ("bob", "102"), ("cy", "103")):
        tenant.subscriber(username, alias=alias, max_calls=0)
    provider.wait_in_force()
    return tenant


@pytest.fixture(autouse=True)
def _phones_of_the_test(request: pytest.FixtureRequest) -> Iterator[None]:
    """Nothing for tests that have a system of their own."""
    if "provider" not in request.fixturenames:
        yield
        return
    provider: Provider = request.getfixturevalue("provider")
    programs: Programs = request.getfixturevalue("programs")
    with provider.closing():
        yield
        if request.node.stash.get(_FAILED, False):
            print(programs.report())
            for phone in provider.phones:
                print(f"--- phone {phone.user} {phone.port}", *phone.trace[-200:], sep="\n")
