"""The ring of master keys: which one seals, which one a value names, and which may go."""

from __future__ import annotations

import base64
import json

import pytest

from chalicelib.domain.key_ring import (
    FIRST,
    READY_MS,
    KeyRing,
    MasterKey,
    RingError,
    name_key,
    named_key,
    read_ring,
    write_ring,
)

OLD, NEW, NEXT = b"o" * 32, b"n" * 32, b"x" * 32
NOW = 1_800_000_000_000


def one() -> KeyRing:
    return read_ring(OLD)


def two() -> KeyRing:
    return one().add("k2", NEW, now_ms=NOW)


def test_32_bytes_are_the_first_key_and_stay_so_until_a_second_comes() -> None:
    assert one() == KeyRing((MasterKey(FIRST, OLD),))
    assert write_ring(one()) == OLD


def test_a_ring_is_read_as_it_was_written() -> None:
    assert read_ring(write_ring(two())) == two()
    assert read_ring(write_ring(two().drop(FIRST))) == two().drop(FIRST)


def test_a_new_key_is_known_before_it_is_used() -> None:
    ring = two()

    assert ring.newest.id == "k2"
    assert ring.current(NOW).id == FIRST
    assert ring.current(NOW + READY_MS - 1).id == FIRST
    assert ring.current(NOW + READY_MS).id == "k2"


def test_a_clock_that_is_before_every_key_seals_with_the_oldest() -> None:
    ring = two().drop(FIRST)

    assert ring.current(0).id == "k2"


def test_no_key_is_added_while_the_newest_waits_to_be_used() -> None:
    with pytest.raises(RingError):
        two().add("k3", NEXT, now_ms=NOW + READY_MS - 1)
    assert [key.id for key in two().add("k3", NEXT, now_ms=NOW + READY_MS).keys] == [FIRST, "k2", "k3"]


@pytest.mark.parametrize(("key_id", "secret"), [("k2", NEXT), ("", NEXT), ("K3", NEXT), ("a.b", NEXT), ("k3", b"x")])
def test_a_key_has_an_id_of_its_own_and_32_bytes(key_id: str, secret: bytes) -> None:
    with pytest.raises(RingError):
        two().add(key_id, secret, now_ms=NOW + READY_MS)


def test_a_former_key_can_be_dropped_and_the_newest_never() -> None:
    assert [key.id for key in two().drop(FIRST).keys] == ["k2"]
    for key_id in ("k2", "k9"):
        with pytest.raises(RingError):
            two().drop(key_id)


@pytest.mark.parametrize(
    "stored",
    [
        b"",
        b"x" * 31,
        b"{}",
        b'{"keys": []}',
        b'{"keys": [1]}',
        json.dumps({"keys": [{"id": "a", "key": "eA==", "use_from": 0}]}).encode(),
        json.dumps({"keys": [{"id": "a", "key": base64.b64encode(NEW).decode(), "use_from": 0}] * 2}).encode(),
        json.dumps({"keys": [{"id": "a", "key": "?" * 44, "use_from": 0}]}).encode(),
    ],
)
def test_what_is_no_ring_is_refused_and_never_taken_for_a_key(stored: bytes) -> None:
    with pytest.raises(RingError):
        read_ring(stored)


def test_secrets_are_not_shown() -> None:
    assert "nnnn" not in repr(two())


def test_a_value_names_its_key_and_one_of_before_is_of_the_first() -> None:
    assert named_key(name_key("k2", "c2VhbGVk")) == ("k2", "c2VhbGVk")
    assert named_key(name_key(FIRST, "c2VhbGVk")) == (FIRST, "c2VhbGVk")
    assert name_key(FIRST, "c2VhbGVk") == "c2VhbGVk"


@pytest.mark.parametrize("text", ["", ".", ".x", "UPPER.x", "a-b.x", "a" * 17 + ".x"])
def test_text_without_a_name_is_of_the_first(text: str) -> None:
    assert named_key(text) == (FIRST, text)
