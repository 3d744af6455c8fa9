"""A message of a peer is taken as it was signed or not at all; what it says holds as long as the peer speaks."""

from __future__ import annotations

import hmac
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sbc.hook.count_table import BUCKETS, CountRange, CountTable, bucket_of
from sbc.hook.count_teller import CountTeller
from sbc.hook.jsonio import dump
from sbc.hook.peer_counts import MOST_PEERS, PeerCounts
from sbc.hook.peer_epoch import OwnEpoch
from sbc.hook.peer_messages import (
    LARGEST,
    PeerMessage,
    PeerMessageError,
    open_message,
    peer_key,
    seal_message,
)
from tests.sbc.hook_process import SEAL_KEY

KEY = peer_key(SEAL_KEY)
OWN_EPOCH = 70
HOLD_S = 5.0


def a_message(sequence: int = 1, *, epoch: int = 50, node: str = "n2", **fields: Any) -> PeerMessage:
    values = {"heard": {"n1": OWN_EPOCH}, "counts": CountRange(0, BUCKETS, {"tenant/t": 3})}
    return PeerMessage(node, epoch, sequence, **(values | fields))


def signed(body: dict[str, Any]) -> bytes:
    text = dump(body)
    return hmac.digest(KEY, text, "sha256") + text


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def epoch() -> OwnEpoch:
    return OwnEpoch(OWN_EPOCH)


@pytest.fixture
def counts(clock: Clock, epoch: OwnEpoch) -> PeerCounts:
    return PeerCounts(node="n1", epoch=epoch, hold_s=HOLD_S, clock=clock)


@pytest.mark.parametrize("counted", [{"tenant/t": 3}, CountRange(0, BUCKETS, {"tenant/t": 3})])
def test_a_message_is_read_as_it_was_written(counted: Any) -> None:
    message = a_message(counts=counted)

    assert open_message(seal_message(message, KEY), KEY) == message


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_a_message_altered_in_any_byte_is_dropped(position: int, difference: int) -> None:
    datagram = bytearray(seal_message(a_message(), KEY))
    datagram[position % len(datagram)] ^= difference

    with pytest.raises(PeerMessageError) as dropped:
        open_message(bytes(datagram), KEY)
    assert dropped.value.reason == "forged"


@given(st.binary(max_size=100))
def test_noise_is_dropped(datagram: bytes) -> None:
    with pytest.raises(PeerMessageError) as dropped:
        open_message(datagram, KEY)
    assert dropped.value.reason == "forged"


def test_the_seal_key_itself_and_that_of_another_sbc_sign_nothing() -> None:
    for key in (SEAL_KEY, peer_key(bytes(32))):
        with pytest.raises(PeerMessageError, match="forged"):
            open_message(seal_message(a_message(), key), KEY)


def test_an_oversized_message_is_dropped_unread() -> None:
    message = a_message(counts={f"subscriber/{number:040}": 1 for number in range(1500)})

    with pytest.raises(PeerMessageError) as dropped:
        open_message(seal_message(message, KEY), KEY)
    assert len(seal_message(message, KEY)) > LARGEST
    assert dropped.value.reason == "oversized"


@pytest.mark.parametrize(
    "change",
    [
        {"node": ""},
        {"node": "n" * 200},
        {"epoch": "50"},
        {"sequence": 1.5},
        {"heard": []},
        {"heard": {"n1": "70"}},
        {"counts": {"tenant/t": -1}},
        {"counts": {"tenant/t": True}},
        {"counts": None},
        {"buckets": [0]},
        {"buckets": [5, 5]},
        {"buckets": [-1, 5]},
        {"buckets": [0, BUCKETS + 1]},
        {"buckets": ["0", "9"]},
        {"buckets": [bucket_of("tenant/t") + 1, BUCKETS]},
    ],
)
def test_a_signed_message_that_makes_no_sense_is_dropped(change: dict[str, Any]) -> None:
    body = {"node": "n2", "epoch": 50, "sequence": 1, "heard": {}, "counts": {"tenant/t": 3}}

    with pytest.raises(PeerMessageError) as dropped:
        open_message(signed(body | change), KEY)
    assert dropped.value.reason == "malformed"
    assert open_message(signed(body), KEY).node == "n2"


def test_a_table_told_in_ranges_is_the_same_table() -> None:
    table, copy = CountTable(), CountTable()
    for number in range(3000):
        table.put(f"subscriber/sub_{number:026}", number % 3 + 1)
    copy.put("subscriber/gone", 7)

    ranges = list(table.ranges(800))
    for each in reversed(ranges):
        copy.replace(each)

    assert len(ranges) > 50
    assert (ranges[0].first, ranges[-1].end) == (0, BUCKETS)
    assert copy.counts() == table.counts()
    assert copy.get("subscriber/gone") == 0


def test_messages_fit_an_ethernet_frame_however_much_is_counted() -> None:
    teller = CountTeller(node="node-1", epoch=OwnEpoch(1_800_000_000_000), heard=lambda: {"node-2": 1_800_000_000_000})
    for number in range(5000):
        teller.note(f"subscriber/sub_{number:026}", 1)

    messages = [*teller.tell(teller.take_changes()), *teller.everything()]

    assert max(len(seal_message(message, KEY)) for message in messages) < 1500 - 48
    assert [message.sequence for message in messages] == list(range(1, len(messages) + 1))


def test_what_came_before_is_not_taken_again(counts: PeerCounts) -> None:
    counts.take(a_message(2, counts={"tenant/t": 2}))

    for old in (a_message(2), a_message(1), a_message(9, epoch=49)):
        with pytest.raises(PeerMessageError) as dropped:
            counts.take(old)
        assert dropped.value.reason == "replayed"
    assert counts.in_use("tenant/t") == 2


def test_a_message_made_in_an_earlier_life_of_the_reader_counts_nothing_but_is_answered(counts: PeerCounts) -> None:
    for number, heard in enumerate(({}, {"n1": OWN_EPOCH - 1}, {"n3": OWN_EPOCH}), start=1):
        assert counts.take(a_message(number, heard=heard))

    assert (counts.in_use("tenant/t"), counts.reachable(), counts.heard()) == (0, set(), {"n2": 50})


def test_a_node_rises_above_what_each_peer_remembers_of_it(counts: PeerCounts, epoch: OwnEpoch) -> None:
    first = counts.take(a_message(1, heard={"n1": OWN_EPOCH + 1000}))
    risen = epoch.value
    second = counts.take(a_message(1, node="n3", heard={"n1": risen + 5}))

    assert (first, second, counts.reachable()) == (True, True, set())
    assert OWN_EPOCH + 1000 < risen < epoch.value - 5
    assert counts.take(a_message(2, heard={"n1": epoch.value}))
    assert (counts.in_use("tenant/t"), counts.reachable()) == (3, {"n2"})


def test_two_nodes_of_one_name_outbid_each_other_slowly(counts: PeerCounts, epoch: OwnEpoch, clock: Clock) -> None:
    counts.take(a_message(1, heard={"n1": OWN_EPOCH}))
    risen = []

    for number in range(2, 100):
        counts.take(a_message(number, heard={"n1": epoch.value + 1}))
        risen.append(epoch.value)
        clock.now += HOLD_S / 10

    assert len(set(risen)) <= 98 / 10 + 1


def test_a_node_that_has_this_ones_name_is_none_of_its_peers(counts: PeerCounts) -> None:
    with pytest.raises(PeerMessageError, match="foreign"):
        counts.take(a_message(node="n1"))


def test_names_of_peers_are_not_remembered_without_limit(counts: PeerCounts) -> None:
    for number in range(MOST_PEERS):
        counts.take(a_message(node=f"peer-{number}"))

    with pytest.raises(PeerMessageError, match="foreign"):
        counts.take(a_message(node="one more"))


def test_a_silent_peer_is_counted_for_a_while_and_then_no_more(counts: PeerCounts, clock: Clock) -> None:
    counts.take(a_message())

    clock.now += HOLD_S
    held = counts.in_use("tenant/t")
    clock.now += 0.01

    assert (held, counts.in_use("tenant/t"), counts.reachable()) == (3, 0, set())
    assert (counts.states()["n2"].in_force, counts.states()["n2"].counts) == (False, {})


def test_who_comes_back_counts_as_it_tells_anew(counts: PeerCounts, clock: Clock) -> None:
    counts.take(a_message(1, counts={"tenant/t": 3, "tenant/u": 1}))
    clock.now += HOLD_S + 1

    asks = counts.take(a_message(2, counts={"tenant/u": 2}))

    assert asks
    assert (counts.in_use("tenant/t"), counts.in_use("tenant/u")) == (0, 2)


def test_a_peer_that_restarts_in_time_is_counted_throughout(counts: PeerCounts, clock: Clock) -> None:
    counts.take(a_message(8))
    clock.now += HOLD_S - 1

    first = counts.take(a_message(1, epoch=51, heard={}))
    meanwhile = counts.in_use("tenant/t")
    second = counts.take(a_message(2, epoch=51, counts=CountRange(0, BUCKETS, {"tenant/t": 1})))

    assert (first, meanwhile, second, counts.in_use("tenant/t")) == (True, 3, False, 1)


def test_all_peers_count_together(counts: PeerCounts) -> None:
    counts.take(a_message(node="n2"))
    counts.take(a_message(node="n3", counts={"tenant/t": 4}))

    assert counts.in_use("tenant/t") == 7
