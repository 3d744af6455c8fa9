"""What the API serves is spoiled on its way: calls go on with the last good part, and the hook says so."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.local.processes import wait_for
from tests.local.systems import System
from tests.system.programs import Programs
from tests.system.provider import Provider, Tenant
from tests.system.tampering import Spoil, TamperingProxy

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def proxy(system: System, programs: Programs) -> Iterator[TamperingProxy]:
    """The hook asks this instead of the API while the module runs."""
    file = system.paths.run / "hook.json"
    direct = file.read_text()
    proxy = TamperingProxy(system.settings.http_url)
    file.write_text(json.dumps(json.loads(direct) | {"api_url": proxy.url}))
    programs.kill("hook")
    programs.wait_healthy("hook")
    yield proxy
    file.write_text(direct)
    programs.kill("hook")
    programs.wait_healthy("hook")
    proxy.close()


def rewritten(change: Callable[[dict[str, Any]], object]) -> Spoil:
    def spoil(status: int, content: bytes) -> tuple[int, bytes]:
        document = json.loads(gzip.decompress(content))
        change(document)
        return status, gzip.compress(json.dumps(document).encode())

    return spoil


SPOILED: dict[str, Spoil] = {
    "cut off": lambda status, content: (status, content[: len(content) // 2]),
    "no JSON": lambda status, _: (status, gzip.compress(b"{")),
    "nothing": lambda status, _: (status, b""),
    "another key": rewritten(lambda part: part.update(key="tenant/ten_x/core")),
    "without its tenant": rewritten(lambda part: part.pop("tenant_id")),
    "of a wrong type": rewritten(lambda part: part.update(subscribers={"ann": 1}, dids=[1])),
    "older": rewritten(lambda part: part.update(version=1)),
}


@pytest.mark.parametrize("way", SPOILED)
@pytest.mark.parametrize("part", ["core", "subscribers/0"])
def test_a_broken_part_never_replaces_a_good_one(
    provider: Provider, tenant: Tenant, programs: Programs, proxy: TamperingProxy, *, part: str, way: str
) -> None:
    ann, bob = tenant.phone("ann"), tenant.phone("bob")
    assert ann.dial("102").wait_status() == 200
    ann.calls[-1].hang_up()
    rejected = programs.metric("hook_rejected_parts_total")
    key = f"tenant/{tenant.id}/{part}"
    proxy.spoil[key] = SPOILED[way]

    try:
        provider.api.change(tenant.path, name=f"renamed {way}")
        tenant.change("cy", name=f"renamed {way}")
        wait_for(lambda: programs.metric("hook_rejected_parts_total") > rejected)

        assert ann.dial("102").wait_status() == 200
        ann.calls[-1].hang_up()
        assert ann.register().status == 200
        assert "part rejected, the last good one stays" in programs.log("hook")
        assert key in programs.log("hook")
        assert not provider._is_in_force()
        assert len(bob.received) == 2
    finally:
        del proxy.spoil[key]
    provider.wait_in_force()


@pytest.mark.parametrize("status", [500, 403])
def test_an_api_in_trouble_leaves_the_parts_as_they_are(
    provider: Provider, tenant: Tenant, programs: Programs, proxy: TamperingProxy, status: int
) -> None:
    ann, _ = tenant.phone("ann"), tenant.phone("bob")
    key = f"tenant/{tenant.id}/subscribers/0"
    asked = len(proxy.asked)
    proxy.spoil[key] = lambda *_: (status, b"{}")

    try:
        tenant.change("cy", name=f"renamed {status}")
        wait_for(lambda: len(proxy.asked) > asked)

        assert ann.dial("102").wait_status() == 200
        ann.calls[-1].hang_up()
        assert not provider._is_in_force()
    finally:
        del proxy.spoil[key]
    provider.wait_in_force()


def test_a_hook_that_finds_broken_parts_on_its_disk_fetches_them_again(
    provider: Provider, tenant: Tenant, programs: Programs, system: System
) -> None:
    ann, _ = tenant.phone("ann"), tenant.phone("bob")
    assert ann.dial("102").wait_status() == 200
    ann.calls[-1].hang_up()
    held = [path for path in (system.paths.hook / "parts").rglob("*") if path.is_file()]
    assert held

    with programs.stopped("hook"):
        for path in held:
            path.write_bytes(path.read_bytes()[:-7])

    wait_for(lambda: ann.register().status == 200)
    assert ann.dial("102").wait_status() == 200
    ann.calls[-1].hang_up()
