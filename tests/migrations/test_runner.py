"""How migrations are run: in order, in steps that nothing interrupts for good, by several at once."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from chalicelib.domain.errors import PatchbayError
from chalicelib.migrations import MIGRATIONS
from chalicelib.migrations.migration import Migration, Place, Step
from chalicelib.storage import keys
from chalicelib.storage.database import database
from chalicelib.storage.migrations import MigrationState, begin_again, migration_states
from chalicelib.storage.transaction import SYSTEM, Transaction
from chalicelib.workflows.run_migrations import run_migrations, skip_migrations

_numbers = itertools.count(5001)
AT = 1_800_000_000_000
DELAY_MS = 300_000  # the setting's default


@dataclass
class Counting:
    """Counts to ``upto`` in an item, one a step, in the step's transaction."""

    upto: int = 3
    number: int = field(default_factory=lambda: next(_numbers))
    before_commit: Callable[[int], None] = lambda _place: None
    fails: list[Exception] = field(default_factory=list)
    begun: list[int] = field(default_factory=list)

    def step(self, place: Place, tx: Transaction) -> Step:
        at = place.get("at", 0)
        self.begun.append(at)
        if self.fails:
            raise self.fails.pop(0)
        tx.update("COUNTING", str(self.number), "ADD counted :one", one=1)
        self.before_commit(at)
        return Step({"at": at + 1} if at + 1 < self.upto else None, seen=1, changed=1)

    @property
    def migration(self) -> Migration:
        return Migration(self.number, f"counting-{self.number}", "Counts", self.step)

    @property
    def counted(self) -> int:
        key = {"PK": {"S": "COUNTING"}, "SK": {"S": str(self.number)}}
        found = database().client.get_item(TableName=database().table_name, Key=key, ConsistentRead=True)
        return int(found["Item"]["counted"]["N"]) if "Item" in found else 0

    @property
    def state(self) -> MigrationState:
        return migration_states()[self.number]


class Clock:
    """Stands still unless told; starts after the delay of what is seen for the first time at ``AT``."""

    def __init__(self, at_ms: int = AT) -> None:
        self.at_ms = at_ms

    def __call__(self) -> int:
        return self.at_ms


def run(*counting: Counting, clock: Clock | None = None, **options: object) -> bool:
    migrations = [one.migration for one in counting]
    return run_migrations(migrations=migrations, clock=clock or Clock(), **options)  # type: ignore[arg-type]


def note(*counting: Counting) -> Clock:
    """They are known, and the delay is over."""
    assert not run(*counting)
    return Clock(AT + DELAY_MS)


@pytest.fixture(autouse=True)
def _on(dynamodb: str) -> None:
    """All of these need the database."""


def test_each_step_is_taken_once_and_noted_with_what_it_wrote() -> None:
    counting = Counting()

    assert run(counting, clock=note(counting))

    state = counting.state
    assert (state.state, state.steps, state.seen, state.changed, state.runs) == ("done", 3, 3, 3, 1)
    assert (counting.counted, counting.begun) == (3, [0, 1, 2])
    assert (state.started_at, state.ended_at) == (AT + DELAY_MS, AT + DELAY_MS)


def test_what_is_seen_for_the_first_time_waits_until_the_release_before_is_gone() -> None:
    counting, clock = Counting(), Clock()

    assert not run(counting, clock=clock)
    clock.at_ms = AT + DELAY_MS - 1
    assert not run(counting, clock=clock)
    assert counting.begun == []

    clock.at_ms += 1
    assert run(counting, clock=clock)


def test_one_that_is_done_is_not_run_again() -> None:
    counting = Counting()
    clock = note(counting)
    run(counting, clock=clock)

    assert run(counting, clock=clock)

    assert counting.begun == [0, 1, 2]


def test_the_second_waits_for_the_first() -> None:
    first, second = Counting(fails=[RuntimeError("made up")]), Counting()
    clock = note(first, second)

    assert not run(first, second, clock=clock)
    assert (first.state.state, second.begun) == ("pending", [])

    clock.at_ms += 10_000
    assert run(first, second, clock=clock)
    assert second.counted == 3


def test_it_goes_on_where_its_slice_ended() -> None:
    counting = Counting()
    clock = note(counting)

    for _ in range(3):
        stops = iter((False, True))
        run(counting, clock=clock, stop=lambda stops=stops: next(stops))

    assert (counting.begun, counting.state.state) == ([0, 1, 2], "done")


def test_a_step_that_dies_before_its_commit_has_done_nothing_and_is_taken_again() -> None:
    deaths = [1]

    def die_once(at: int) -> None:
        if at == 1 and deaths:
            deaths.pop()
            raise MemoryError

    counting = Counting(before_commit=die_once)
    clock = note(counting)

    assert not run(counting, clock=clock)
    state = counting.state
    assert (counting.counted, state.failures, state.last_error) == (1, 1, "MemoryError")

    assert not run(counting, clock=clock)  # it pauses
    clock.at_ms = int(state.not_before)
    assert run(counting, clock=clock)
    assert (counting.counted, counting.state.failures, counting.state.last_error) == (3, 0, "")


def test_the_pause_after_a_failure_grows_to_ten_minutes_and_it_is_never_given_up() -> None:
    counting = Counting(fails=[RuntimeError("x") for _ in range(12)])
    clock = note(counting)
    pauses: list[int] = []

    for _ in range(12):
        assert not run(counting, clock=clock)
        pauses.append(int(counting.state.not_before) - clock.at_ms)
        clock.at_ms = int(counting.state.not_before)

    assert pauses[:3] == [2_000, 4_000, 8_000]
    assert pauses[-1] == 600_000
    assert run(counting, clock=clock)


def test_a_step_that_lost_a_race_against_somebody_elses_write_is_taken_again_at_once() -> None:
    counting = Counting(fails=[PatchbayError("try_again"), PatchbayError("try_again")])

    assert run(counting, clock=note(counting))

    assert (counting.begun, counting.state.failures) == ([0, 0, 0, 1, 2], 0)


def test_what_is_kept_of_an_error_names_nothing_of_the_data() -> None:
    counting = Counting(fails=[ValueError("ann@example.com")])

    run(counting, clock=note(counting))

    assert counting.state.last_error == "ValueError"


def test_whoever_is_overtaken_between_reading_and_writing_writes_nothing() -> None:
    overtaken = Counting(upto=5)
    clock = note(overtaken)
    other = Counting(upto=5, number=overtaken.number)

    def overtake(at: int) -> None:
        if at == 2 and not other.begun:
            run(other, clock=clock)

    overtaken.before_commit = overtake

    assert not run(overtaken, clock=clock)

    assert (other.begun, overtaken.counted, overtaken.state.state) == ([2, 3, 4], 5, "done")


def test_several_runners_do_every_step_once() -> None:
    counting = Counting(upto=30)
    clock = note(counting)
    together = threading.Barrier(4)

    def work() -> None:
        together.wait()
        while not run(counting, clock=clock):
            pass

    runners = [threading.Thread(target=work) for _ in range(4)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join(timeout=120)

    assert not any(runner.is_alive() for runner in runners)
    assert (counting.counted, counting.state.steps, counting.state.state) == (30, 30, "done")


def test_one_that_is_run_again_begins_at_its_start() -> None:
    counting = Counting()
    clock = note(counting)
    run(counting, clock=clock)

    begin_again(counting.state, actor=SYSTEM)
    assert (counting.state.state, counting.state.steps) == ("pending", 0)

    assert run(counting, clock=clock)
    assert (counting.counted, counting.state.runs, counting.state.steps) == (6, 2, 3)


def test_a_step_may_ask_for_a_pause() -> None:
    number = next(_numbers)

    def step(place: Place, tx: Transaction) -> Step:
        return Step(None) if place else Step({"waited": True}, not_before=tx.now_ms + 60_000)

    pausing = [Migration(number, "pausing", "Pauses", step)]
    clock = Clock()
    run_migrations(migrations=pausing, clock=clock)
    clock.at_ms += DELAY_MS

    assert not run_migrations(migrations=pausing, clock=clock)
    clock.at_ms += 59_999
    assert not run_migrations(migrations=pausing, clock=clock)
    clock.at_ms += 1
    assert run_migrations(migrations=pausing, clock=clock)


def test_a_new_installation_has_nothing_to_do() -> None:
    counting = Counting()

    skip_migrations([counting.migration])

    assert (counting.state.state, counting.state.runs) == ("done", 0)
    assert run(counting)
    assert counting.begun == []


def test_what_is_known_is_not_skipped() -> None:
    counting = Counting()
    clock = note(counting)

    skip_migrations([counting.migration])

    assert counting.state.state == "pending"
    assert run(counting, clock=clock)


def test_numbers_are_in_order_and_never_used_twice() -> None:
    numbers = [migration.number for migration in MIGRATIONS]
    names = [migration.name for migration in MIGRATIONS]

    assert numbers == list(range(1, len(numbers) + 1))
    assert len(set(names)) == len(names)
    for migration in MIGRATIONS:
        assert migration.step.__module__ == f"chalicelib.migrations.m{migration.number:04d}_{migration.name}"
        assert keys.migration_sk(migration.number) == f"MIGRATION#{migration.number:04d}"
