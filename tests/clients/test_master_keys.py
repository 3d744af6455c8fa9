"""The ring of master keys in a running process: it learns of a new key in time, and asks no oftener than it may."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from chalicelib.clients import seal
from chalicelib.clients.master_keys import MOST_READINGS, NAME, WINDOW_S, MasterKeys
from chalicelib.clients.seal import UnknownKeyError, open_at_rest, open_text, seal_at_rest, seal_text
from chalicelib.clients.secrets import READ_AGAIN_S, FileSecrets, SecretMovedError
from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.key_ring import READY_MS, named_key, read_ring, write_ring

OLD, NEW = b"o" * 32, b"n" * 32
HA1 = "0123456789abcdef0123456789abcdef"


@dataclass
class Stored:
    """Secrets that count how often they are read, and may be out of reach."""

    value: bytes | None = OLD
    readings: int = 0
    silent: bool = False

    def find(self, name: str) -> bytes | None:
        assert name == NAME
        self.readings += 1
        if self.silent:
            raise PatchbayError("try_again")
        return self.value

    def find_previous(self, name: str) -> bytes | None:
        raise AssertionError(name)

    def put_new(self, name: str, value: bytes) -> bytes:
        assert name == NAME
        self.value = self.value or value
        return self.value

    def rotate(self, key_id: str, *, now_s: float) -> None:
        assert self.value is not None
        self.value = write_ring(read_ring(self.value).add(key_id, NEW, now_ms=int(now_s * 1000)))


@dataclass
class Process:
    """One that serves requests: ``frozen`` clocks stand still, as Lambda's may between two requests."""

    stored: Stored
    now_s: float = 1_800_000_000.0
    ticks: float = 1000.0
    keys: MasterKeys = field(init=False)

    def __post_init__(self) -> None:
        self.keys = MasterKeys(self.stored, clock=lambda: self.ticks, wall_clock=lambda: self.now_s)

    def wait(self, seconds: float, *, frozen: bool = False) -> None:
        self.now_s += seconds
        self.ticks += 0 if frozen else seconds


@pytest.fixture
def stored() -> Stored:
    return Stored()


@pytest.fixture
def process(stored: Stored) -> Process:
    return Process(stored)


def test_the_ring_is_read_once_for_many_values(process: Process) -> None:
    for _ in range(100):
        assert process.keys.current().secret == OLD

    assert process.stored.readings == 1


def test_an_installation_without_a_key_makes_its_first(process: Process) -> None:
    process.stored.value = None

    made = process.keys.current()

    assert process.stored.value == made.secret
    assert (made.id, len(made.secret)) == ("", 32)


@pytest.mark.parametrize("frozen", [False, True])
def test_every_process_knows_a_new_key_before_anybody_uses_it(process: Process, frozen: bool) -> None:
    process.keys.ring()
    process.stored.rotate("k2", now_s=process.now_s)

    process.wait(READ_AGAIN_S, frozen=frozen)

    assert process.keys.ring().newest.id == "k2"
    assert process.keys.current().id == ""
    process.wait(READY_MS / 1000 - READ_AGAIN_S, frozen=frozen)
    assert process.keys.current().id == "k2"


def test_a_value_of_a_key_that_is_unknown_here_is_looked_for_at_once(process: Process) -> None:
    process.keys.ring()
    process.stored.rotate("k2", now_s=process.now_s)

    found = process.keys.find("k2")

    assert found is not None
    assert found.secret == NEW
    assert process.stored.readings == 2


def test_values_of_no_key_do_not_make_a_process_ask_without_end(process: Process) -> None:
    for n in range(1000):
        assert process.keys.find(f"k{n}") is None
    assert process.stored.readings == 1 + MOST_READINGS

    process.wait(WINDOW_S)
    process.stored.rotate("new", now_s=process.now_s)

    assert process.keys.find("new") is not None
    assert process.stored.readings == 2 + MOST_READINGS


def test_a_key_that_is_known_is_found_however_much_was_asked(process: Process) -> None:
    for n in range(100):
        process.keys.find(f"k{n}")

    assert process.keys.find("") is not None


def test_keys_that_were_read_hold_while_secrets_can_not_be(process: Process) -> None:
    process.keys.ring()
    process.stored.silent = True
    process.wait(READ_AGAIN_S * 3)

    assert process.keys.current().secret == OLD
    with pytest.raises(PatchbayError):
        process.keys.find("k2")  # it may well be there: the answer is "try again", not "there is none"
    with pytest.raises(PatchbayError):
        Process(process.stored).keys.ring()


@pytest.fixture
def files(tmp_path: Path) -> FileSecrets:
    return FileSecrets(str(tmp_path / "secrets"))


def test_a_ring_is_replaced_only_while_it_is_the_one_that_was_read(files: FileSecrets) -> None:
    files.put_new(NAME, OLD)
    files.replace(NAME, OLD, b"second")

    with pytest.raises(SecretMovedError):
        files.replace(NAME, OLD, b"third")

    assert files.find(NAME) == b"second"


@pytest.fixture
def rotated(process: Process, monkeypatch: pytest.MonkeyPatch) -> Process:
    """The process whose keys seal and open."""
    monkeypatch.setattr(seal, "master_keys", lambda: process.keys)
    return process


def test_what_is_sealed_names_the_key_and_what_was_sealed_before_still_opens(rotated: Process) -> None:
    old = seal_at_rest(HA1, "ann", "a.example"), seal_text("kept", owner="job")
    rotated.stored.rotate("k2", now_s=rotated.now_s)
    rotated.wait(READY_MS / 1000)
    new = seal_at_rest(HA1, "ann", "a.example"), seal_text("kept", owner="job")

    assert [named_key(text)[0] for text in (*old, *new)] == ["", "", "k2", "k2"]
    assert [open_at_rest(text, "Ann", "a.example") for text in (old[0], new[0])] == [HA1, HA1]
    assert [open_text(text, owner="job") for text in (old[1], new[1])] == ["kept", "kept"]


def test_another_process_opens_what_was_sealed_with_a_key_it_has_not_heard_of(
    rotated: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its clock is an hour ahead of the other's, and it has read the ring a second before the rotation."""
    ahead = Process(rotated.stored, now_s=rotated.now_s + 3600)
    rotated.keys.ring()
    ahead.keys.ring()
    rotated.stored.rotate("k2", now_s=rotated.now_s)
    ahead.keys.find("k2")
    monkeypatch.setattr(seal, "master_keys", lambda: ahead.keys)
    sealed = seal_at_rest(HA1, "ann", "a.example")
    assert named_key(sealed)[0] == "k2"

    monkeypatch.setattr(seal, "master_keys", lambda: rotated.keys)

    assert open_at_rest(sealed, "ann", "a.example") == HA1


def test_a_value_of_a_dropped_key_is_refused_as_such(rotated: Process) -> None:
    old = seal_at_rest(HA1, "ann", "a.example")
    rotated.stored.rotate("k2", now_s=rotated.now_s)
    assert rotated.stored.value is not None
    rotated.stored.value = write_ring(read_ring(rotated.stored.value).drop(""))
    rotated.keys.read_now()

    with pytest.raises(UnknownKeyError):
        open_at_rest(old, "ann", "a.example")
