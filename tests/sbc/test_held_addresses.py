"""The hook tells Kamailio which service addresses this machine has."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sbc.addresses import is_held
from sbc.hook.held_addresses import TELL_S, HeldAddresses
from sbc.hook.locations import Locations
from sbc.hook.settings import SettingsError, parse_settings
from tests.sbc.locations import LocationDb

FIRST, SECOND = "192.0.2.1", "192.0.2.2"


@dataclass
class Machine:
    """What ``HeldAddresses`` sees, and what it told; ``up``: whether Kamailio answers."""

    has: set[str] = field(default_factory=set)
    told: list[str] = field(default_factory=list)
    here: set[str] = field(default_factory=set)
    now: float = 0.0
    up: bool = True

    def tell(self, held: HeldAddresses) -> list[str]:
        """One look; the addresses told of."""
        self.told.clear()
        asyncio.run(held.tell())
        return list(self.told)

    async def call(self, method: str, table: str, address: str, *own: str) -> None:
        from sbc.hook.kamailio_rpc import RpcError, RpcRefusedError

        if not self.up:
            raise RpcError("kamailio: gone")
        if method == "htable.delete":
            if address not in self.here:
                raise RpcRefusedError(404, "no such key")
            self.here.remove(address)
            return
        assert (method, *own) == ("htable.sets", "10.0.0.1")
        if table == "here":
            self.here.add(address)
            return
        assert table == "holder"
        assert address in self.here  # before the others hear of it
        self.told.append(address)


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def held(machine: Machine) -> HeldAddresses:
    return HeldAddresses(
        rpc=machine,  # type: ignore[arg-type]
        addresses=(FIRST, SECOND),
        own="10.0.0.1",
        clock=lambda: machine.now,
        look=lambda address: address in machine.has,
    )


def test_an_address_is_told_when_it_comes_and_anew_from_time_to_time(machine: Machine, held: HeldAddresses) -> None:
    machine.has = {FIRST}

    assert machine.tell(held) == [FIRST]
    assert machine.tell(held) == []
    machine.has = {FIRST, SECOND}
    assert machine.tell(held) == [FIRST, SECOND]
    machine.now += TELL_S
    assert machine.tell(held) == [FIRST, SECOND]


def test_an_address_that_went_is_not_told_of(machine: Machine, held: HeldAddresses) -> None:
    machine.has = {FIRST}
    machine.tell(held)

    machine.has, machine.now = set(), TELL_S

    assert machine.tell(held) == []
    assert machine.here == set()


def test_one_that_kamailio_has_forgotten_already_may_go(machine: Machine, held: HeldAddresses) -> None:
    machine.has = {FIRST, SECOND}
    machine.tell(held)
    machine.here.clear()

    machine.has, machine.now = {SECOND}, TELL_S

    assert machine.tell(held) == [SECOND]


def test_it_is_told_again_at_once_while_kamailio_is_away(machine: Machine, held: HeldAddresses) -> None:
    machine.has, machine.up = {FIRST}, False
    assert machine.tell(held) == []

    machine.up = True

    assert machine.tell(held) == [FIRST]


def test_only_addresses_of_this_machine_are_held() -> None:
    assert is_held("127.0.0.1")
    assert not is_held("192.0.2.1")
    assert not is_held("127.0.0.2")


def test_service_addresses_need_peers(tmp_path: Path) -> None:
    source = {
        "sbc_id": "s", "node": "n", "data_dir": str(tmp_path), "seal_key_file": "k", "kamailio_socket": "s",
        "listen_port": 1, "parts_dir": "p", "service_addresses": ["192.0.2.1"],
    }  # fmt: skip

    with pytest.raises(SettingsError, match="service_addresses: they move between nodes"):
        parse_settings(source)
    peers = {"peers": ["10.0.0.2:1"], "peer_listen": "10.0.0.1:1"}
    with pytest.raises(SettingsError, match="service_addresses: 'x:1' is no address"):
        parse_settings(source | peers | {"service_addresses": ["x"]})


def test_phones_of_an_address_that_is_elsewhere_are_the_other_nodes_to_report(tmp_path: Path) -> None:
    database = LocationDb(tmp_path / "location.db")
    path = "<sip:127.0.0.1:5070;lr;at={};port=5060;via=10.0.0.1;received=sip:198.51.100.7:5060>"
    websocket = "sip:198.51.100.7:9;transport=ws"
    database.register("ann", "a.test", path=path.format(FIRST))
    database.register("bob", "a.test", path=path.format(SECOND))
    database.register("cy", "a.test", path=path.format(FIRST), received=websocket, connection=4)
    database.register("gone", "a.test", path=path.format(FIRST), received=websocket, connection=-1)
    database.register("dora", "a.test")

    found = Locations(database.path, held=lambda address: address == FIRST).read({"a.test"})

    database.close()
    assert [contact.username for contact in found["a.test"]] == ["ann", "cy", "dora"]
