"""A tenant of 10,000 subscribers is loaded while others call. Waiting times say something only when nothing else runs,
so this is one of the load tests; the exact figures are the benchmark's."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from tests.domain.snapshots import Body, a_carrier, a_gateway, a_subscriber, a_tenant, an_isp, part_bodies
from tests.sbc.conftest import sealed, with_password
from tests.sbc.fake_api import FakeApi
from tests.sbc.fake_kamailio import FakeKamailio
from tests.sbc.hook_process import HookClient, HookProcess, write_settings

SUBSCRIBERS = 10_000


def _parts() -> list[Body]:
    ha1 = sealed("0" * 32, "anybody")
    people = [
        a_subscriber(f"user{n}", alias=f"{n + 1000}", sip_ha1=ha1, softphone_ha1=ha1, max_calls=2, language="en")
        for n in range(SUBSCRIBERS)
    ]
    big = a_tenant(*people, name="big", shards=16, dids={})
    small = a_tenant(with_password("alice", alias="101"), with_password("bob", alias="102"))
    return part_bodies(an_isp(small, big, carriers=[a_carrier(a_gateway())]))


@pytest.mark.load
def test_a_large_tenant_loads_while_the_calls_of_others_stay_fast(tmp_path: Path) -> None:
    socket_path = tmp_path / "kamailio.rpc"
    with (
        FakeApi(_parts()) as api,
        FakeKamailio(socket_path),
        HookProcess(write_settings(tmp_path, api_url=api.url, kamailio=socket_path)) as hook,
    ):
        small, large = HookClient(hook.port), HookClient(hook.port)
        small.event("cancelled", small.invite("102")["call_id"])
        taken: list[float] = []
        loaded = threading.Event()

        def call_on() -> None:
            while not loaded.is_set() or len(taken) < 100:
                started = time.perf_counter()
                call_id = small.invite("102")["call_id"]
                taken.append(time.perf_counter() - started)
                small.event("cancelled", call_id)

        caller = threading.Thread(target=call_on)
        caller.start()
        started = time.perf_counter()
        answer = large.invite("1005", user="user1", domain="big.ring.example")
        load_s = time.perf_counter() - started
        loaded.set()
        caller.join()
        small.close()
        large.close()

    p99_s = sorted(taken)[int(len(taken) * 0.99)]
    assert answer["action"] == "ring"
    assert load_s < 1.5
    assert p99_s < 0.1, f"{p99_s * 1000:.1f} ms while loading for {load_s * 1000:.0f} ms"
