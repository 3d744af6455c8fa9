"""What a node tells a peer of registrations that it may have missed."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from sbc.hook.kamailio_rpc import RpcError
from sbc.hook.locations import Locations
from sbc.hook.metrics import Metrics
from sbc.hook.missed_contacts import AT_ONCE, MARGIN_MS, SETTLED_MS, MissedContacts, read_active
from tests.sbc.locations import LocationDb

OWN, PEER, THIRD = "10.0.0.1", "10.0.0.2", "10.0.0.3"
MINUTE_MS = 60_000


@dataclass
class Kamailio:
    """What it is told; ``active``: the peers that it tells of registrations itself."""

    active: set[str] = field(default_factory=set)
    told: list[dict[str, Any]] = field(default_factory=list)
    refuses: bool = False

    async def call(self, method: str, *params: str) -> Any:
        if method == "dmq.list_nodes":
            nodes = [{"host": host, "status": "active" if host in self.active else "pending"} for host in (PEER, THIRD)]
            return [{"host": OWN, "status": "active"}, *nodes]
        if self.refuses:
            raise RpcError("kamailio: gone")
        table, ruid, contact = params
        told = json.loads(contact)
        assert (method, table, ruid) == ("htable.sets", "missed", told["ruid"])
        self.told.append(told)
        return None


@dataclass
class Clock:
    now: int = field(default_factory=lambda: time.time_ns() // 1_000_000)

    def __call__(self) -> int:
        return self.now


@dataclass
class World:
    kamailio: Kamailio
    db: LocationDb
    clock: Clock
    missed: MissedContacts
    silent_s: dict[str, float]

    def check(self) -> list[str]:
        """One look; whose contacts were told."""
        self.kamailio.told.clear()
        asyncio.run(self.missed.check())
        return [contact["aor"].partition("@")[0] for contact in self.kamailio.told]

    def register(self, user: str, *, ago_ms: int = 0, via: str = OWN) -> None:
        path = f"<sip:127.0.0.1:5070;lr;at=192.0.2.1;port=5060;via={via};received=sip:192.0.2.7:5062>"
        self.db.register(user, "a.example", path=path, registered_at_ms=self.clock.now - ago_ms)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    kamailio, clock, db = Kamailio({PEER, THIRD}), Clock(), LocationDb(tmp_path / "location.db")
    silent_s = {PEER: 0.1, THIRD: 0.1}
    missed = MissedContacts(
        rpc=kamailio,  # type: ignore[arg-type]
        locations=Locations(db.path),
        own=OWN,
        peers=(PEER, THIRD),
        silent_s=lambda peer: silent_s[peer],
        patience_s=2.5,
        clock=clock,
        metrics=Metrics(),
    )
    yield World(kamailio, db, clock, missed, silent_s)
    db.close()


def test_at_the_start_all_that_this_node_registered_is_told_once(world: World) -> None:
    world.register("ann", ago_ms=50 * MINUTE_MS)
    world.register("bob", via=PEER)

    assert (world.check(), world.check()) == (["ann"], [])


@pytest.mark.parametrize("how", ["kamailio", "hook"])
def test_after_a_split_only_what_was_registered_since_is_told(world: World, how: str) -> None:
    """``how``: who notices that the peer isn't there."""
    world.register("ann")
    world.check()
    world.clock.now += MINUTE_MS
    world.check()
    if how == "kamailio":
        world.kamailio.active.discard(PEER)
    else:
        world.silent_s[PEER] = 3.0
    world.clock.now += MINUTE_MS
    apart = world.check()
    world.register("bob")
    world.register("cy", via=THIRD)
    world.register("dora", ago_ms=MINUTE_MS + MARGIN_MS - 2000)
    world.register("eve", ago_ms=MINUTE_MS + MARGIN_MS + 1000)

    world.kamailio.active.add(PEER)
    world.silent_s[PEER] = 0.1

    assert (apart, world.check(), world.check()) == ([], ["dora", "bob"], [])


def test_what_comes_while_late_timeouts_may_hide_a_peer_is_told_again(world: World) -> None:
    world.register("old", ago_ms=MINUTE_MS)
    first = world.check()
    world.clock.now += SETTLED_MS // 2
    world.register("ann")
    soon = world.check()

    world.clock.now += SETTLED_MS // 2

    assert (first, soon, world.check(), world.check()) == (["old"], [], ["ann"], [])


def test_one_peer_that_is_gone_for_long_keeps_nothing_from_another(world: World) -> None:
    world.kamailio.active.clear()
    world.check()
    world.register("ann")

    world.kamailio.active.add(PEER)
    first = world.check()
    world.kamailio.active.add(THIRD)

    assert (first, world.check()) == (["ann"], ["ann"])


def test_many_are_told_in_pieces_and_none_twice(world: World) -> None:
    users = [f"user{number:03}" for number in range(2 * AT_ONCE + 5)]
    for number, user in enumerate(users):
        world.register(user, ago_ms=(3 - number % 3) * MINUTE_MS)

    pieces = [world.check() for _ in range(4)]

    assert [len(piece) for piece in pieces] == [AT_ONCE, AT_ONCE, 5, 0]
    assert sorted(user for piece in pieces for user in piece) == users


def test_what_could_not_be_told_is_told_at_the_next_look(world: World) -> None:
    world.register("ann")
    world.kamailio.refuses = True
    with pytest.raises(RpcError):
        world.check()

    world.kamailio.refuses = False

    assert world.check() == ["ann"]


def test_an_expired_contact_is_not_told(world: World) -> None:
    world.register("ann")
    world.db.renew("ann", left_s=-5)

    assert world.check() == []


def test_a_contact_is_told_as_kamailio_itself_does(world: World) -> None:
    world.register("ann", ago_ms=MINUTE_MS)

    world.check()

    (told,) = world.kamailio.told
    assert told["last_modified"] == (world.clock.now - MINUTE_MS) // 1000
    assert told["expires"] == pytest.approx(time.time() + 600, abs=30)
    assert (told["action"], told["aor"], told["c"]) == (1, "ann@a.example", "sip:ann@192.0.2.7:5062")
    assert (told["q"], told["methods"], told["received"], told["instance"]) == (1000, 0xFFFFFFFF, "", "")
    assert f";via={OWN};" in told["path"]


def test_nodes_are_read_however_many_there_are() -> None:
    one = {"host": PEER, "status": "active"}

    assert read_active([one, {"host": THIRD, "status": "pending"}]) == {PEER}
    assert read_active(one) == {PEER}
    assert read_active(None) == set()
