"""Whatever the network does, nodes agree on the true counts once messages flow, and never exceed what is stated."""

from __future__ import annotations

from collections import Counter as Tally
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.plan import Counter
from sbc.hook.admission import Admission
from sbc.hook.count_teller import CountTeller
from sbc.hook.peer_counts import PeerCounts
from sbc.hook.peer_epoch import OwnEpoch
from sbc.hook.peer_messages import PeerMessageError, open_message, peer_key, seal_message

KEY = peer_key(bytes(32))
HOLD_S = 5.0
LIMITS = {"tenant/t": 3, "subscriber/a": 1, "subscriber/b": 2, "gateway/g": 0}
NAMES = ("n1", "n2")


class Side:
    """A node: ``calls`` is its journal, which a restart finds again."""

    def __init__(self, name: str, world: World) -> None:
        self.name = name
        self.world = world
        self.calls: dict[str, set[str]] = {}
        self.starts = 0
        self.epoch = OwnEpoch(1000)
        self.start()

    def start(self, *, new_disk: bool = False) -> None:
        """``new_disk``: and a clock that is behind all there was, if never at the same millisecond twice."""
        self.starts += 1
        self.epoch = OwnEpoch(self.starts if new_disk else self.epoch.value + 1)
        self.counts = PeerCounts(node=self.name, epoch=self.epoch, hold_s=HOLD_S, clock=lambda: self.world.now)
        self.teller = CountTeller(node=self.name, epoch=self.epoch, heard=self.counts.heard)
        self.admission = Admission(elsewhere=self.counts.in_use, changed=self.teller.note)
        for call_id, keys in self.calls.items():
            self.admission.hold(call_id, [Counter(key, LIMITS[key]) for key in sorted(keys)])

    def take(self, call_id: str, key: str) -> None:
        if self.admission.take(call_id, [Counter(key, LIMITS[key])]) is None:
            self.calls.setdefault(call_id, set()).add(key)

    def release(self, call_id: str) -> None:
        self.calls.pop(call_id, None)
        self.admission.release(call_id)

    def truth(self) -> Tally[str]:
        return Tally(key for keys in self.calls.values() for key in keys)


@dataclass
class World:
    now: float = 0.0
    flying: list[tuple[int, bytes]] = field(default_factory=list)  # to whom, what
    sides: list[Side] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.sides = [Side(name, self) for name in NAMES]

    def tell(self, number: int, *, everything: bool) -> None:
        teller = self.sides[number].teller
        messages = teller.everything() if everything else teller.tell(teller.take_changes())
        self.flying += [(1 - number, seal_message(message, KEY)) for message in messages]

    def deliver(self, position: int, *, keep: bool = False) -> None:
        """``keep``: it comes again."""
        if not self.flying:
            return
        position %= len(self.flying)
        number, datagram = self.flying[position]
        if not keep:
            del self.flying[position]
        try:
            asks = self.sides[number].counts.take(open_message(datagram, KEY))
        except PeerMessageError:
            return
        if asks:
            self.tell(number, everything=True)

    def flow(self) -> None:
        """What is on its way arrives, and then what is told each second."""
        for _ in range(2):
            for number in range(len(NAMES)):
                self.tell(number, everything=True)
            while self.flying:
                self.deliver(0)

    def agree(self) -> bool:
        return all(
            side.counts.in_use(key) == other.truth()[key] and side.admission.in_use(key) == side.truth()[key]
            for side, other in (self.sides, reversed(self.sides))
            for key in LIMITS
        )


sides = st.integers(0, 1)
calls = st.integers(0, 2)
places = st.integers(0, 9)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("take"), sides, calls, st.sampled_from(sorted(LIMITS))),
        st.tuples(st.just("release"), sides, calls),
        st.tuples(st.just("tell"), sides, st.booleans()),
        st.tuples(st.just("deliver"), places),
        st.tuples(st.just("repeat"), places),
        st.tuples(st.just("lose"), places),
        st.tuples(st.just("restart"), sides, st.booleans()),
        st.tuples(st.just("wait"), st.sampled_from((0.5, HOLD_S + 1))),
    ),
    min_size=20,
    max_size=60,
)


def run(world: World, step: tuple) -> None:  # type: ignore[type-arg]
    match step:
        case "take", side, call, key:
            world.sides[side].take(f"{NAMES[side]}-{call}", key)
        case "release", side, call:
            world.sides[side].release(f"{NAMES[side]}-{call}")
        case "tell", side, everything:
            world.tell(side, everything=everything)
        case "deliver", place:
            world.deliver(place)
        case "repeat", place:
            world.deliver(place, keep=True)
        case "lose", place if world.flying:
            del world.flying[place % len(world.flying)]
        case "restart", side, new_disk:
            world.sides[side].start(new_disk=new_disk)
        case "wait", seconds:
            world.now += seconds


@settings(max_examples=120, deadline=None)
@given(steps)
def test_nodes_agree_once_messages_flow_whatever_was_lost_doubled_or_late(steps: list[tuple]) -> None:  # type: ignore[type-arg]
    world = World()
    world.flow()

    for step in steps:
        run(world, step)
        for side in world.sides:  # each keeps to the limit alone: with two nodes, twice the limit at most
            assert all(not limit or side.truth()[key] <= limit for key, limit in LIMITS.items())
    late = list(world.flying)
    world.flow()

    assert world.agree()
    world.flying = [*late, *late]
    while world.flying:
        world.deliver(len(world.flying) // 2)
    assert world.agree()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.booleans(), sides, calls, st.sampled_from(sorted(LIMITS))), max_size=40))
def test_without_delay_a_limit_is_never_exceeded(attempts: list[tuple[bool, int, int, str]]) -> None:
    world = World()
    world.flow()

    for releases, side, call, key in attempts:
        run(world, ("release", side, call) if releases else ("take", side, call, key))
        world.tell(side, everything=False)
        while world.flying:
            world.deliver(0)

        total = world.sides[0].truth() + world.sides[1].truth()
        assert all(not limit or total[key] <= limit for key, limit in LIMITS.items())
        assert world.agree()
