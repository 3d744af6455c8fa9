"""One hook process per test module, with its API and its Kamailio."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from sbc.hook.ha1 import seal_ha1
from tests.domain.snapshots import DID, DOMAIN, Body, a_carrier, a_gateway, a_subscriber, a_tenant, an_isp, part_bodies
from tests.sbc.fake_api import FakeApi
from tests.sbc.fake_kamailio import FakeKamailio
from tests.sbc.hook_process import SEAL_KEY, HookClient, HookProcess, write_settings

SIP_HA1 = "0123456789abcdef0123456789abcdef"
SOFTPHONE_HA1 = "fedcba9876543210fedcba9876543210"


def sealed(ha1: str, username: str, domain: str = DOMAIN) -> str:
    return seal_ha1(ha1, key=SEAL_KEY, username=username, domain=domain, nonce=os.urandom(12))


def with_password(username: str, **fields: object) -> Body:
    return a_subscriber(
        username,
        sip_ha1=sealed(SIP_HA1, username),
        softphone_ha1=sealed(SOFTPHONE_HA1, username),
        **fields,
    )


def usual_parts() -> list[Body]:
    """alice 101, bob 102 with one call at a time, carol 103 who forwards to bob; two gateways; a DID of alice's."""
    tenant = a_tenant(
        with_password("alice", alias="101"),
        with_password("bob", alias="102", max_calls=1),
        with_password("carol", alias="103", forward_no_answer="102", forward_busy="102"),
        with_password("dave", alias="104", security_group_id=""),
        with_password("erin", alias="105", suspended=True),
        dids={DID: "alice"},
    )
    carrier = a_carrier(a_gateway("gw1"), a_gateway("gw2", networks=("192.0.2.2/32",)))
    return part_bodies(an_isp(tenant, carriers=[carrier]))


@dataclass(frozen=True, slots=True)
class World:
    api: FakeApi
    kamailio: FakeKamailio
    hook: HookProcess
    client: HookClient

    def record(self, call_id: str) -> Body:
        self.api.wait_for(lambda: call_id in self.api.cdrs)
        return self.api.cdrs[call_id]


@pytest.fixture(scope="module")
def module_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with a_world(tmp_path_factory.mktemp("hook")) as world:
        yield world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A world of its own, for tests that break something."""
    with a_world(tmp_path) as world:
        yield world


@contextmanager
def a_world(directory: Path, **settings: object) -> Iterator[World]:
    """``settings``: of the hook."""
    socket_path = directory / "kamailio.rpc"
    with FakeApi(usual_parts()) as api, FakeKamailio(socket_path) as kamailio:
        path = write_settings(
            directory,
            api_url=api.url,
            kamailio=socket_path,
            **{"reconcile_interval_s": 0.2, "reconcile_grace_s": 600.0, **settings},
        )
        with HookProcess(path) as hook:
            client = HookClient(hook.port)
            yield World(api, kamailio, hook, client)
            client.close()
