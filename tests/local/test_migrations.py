"""Data migrations on one machine: the scheduler's thread runs them, a command shows how far they are."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib.migrations import MIGRATIONS
from chalicelib.storage.migrations import begin_again, migration_states
from chalicelib.storage.transaction import SYSTEM
from chalicelib.workflows.run_migrations import run_migrations
from local.migrate import show_migrations
from local.scheduler import start_migrations
from tests.golden import release as golden
from tests.golden.release import releases
from tests.local.processes import wait_for

LONG_S = 60


@pytest.fixture
def upgraded(tmp_path: Path) -> Iterator[None]:
    """A database of the first release; all migrations have been seen, and their delay is over."""
    first = releases()[0]
    with golden.upgraded(first, first.fresh_items(), tmp_path):
        run_migrations(slice_s=0)
        yield


def all_done() -> bool:
    states = migration_states().values()
    return len(states) == len(MIGRATIONS) and all(state.state == "done" for state in states)


def test_the_schedulers_thread_runs_them_until_they_are_done_and_again_by_order(upgraded: None) -> None:
    ended = threading.Event()
    worker = start_migrations(ended)
    try:
        wait_for(all_done, limit_s=LONG_S)
        begin_again(migration_states()[1], actor=SYSTEM)
        assert not all_done()
        wait_for(all_done, limit_s=LONG_S)
    finally:
        ended.set()
        worker.join(timeout=LONG_S)

    assert not worker.is_alive()
    assert [int(migration_states()[number].runs) for number in (1, 2)] == [2, 1]


def test_the_thread_ends_when_it_is_told_to_with_work_left(upgraded: None) -> None:
    ended = threading.Event()
    ended.set()

    worker = start_migrations(ended)
    worker.join(timeout=LONG_S)

    assert not worker.is_alive()
    assert not all_done()


def test_the_command_says_how_far_each_is(upgraded: None) -> None:
    first, second, *_ = show_migrations().splitlines()

    assert first == "0001 contacts: pending, 0 seen, 0 changed, 0 steps"
    assert second.startswith("0002 usage: pending")
