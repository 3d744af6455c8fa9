"""Takes the next steps of the data migrations that aren't done, in their order: for a schedule, safe to run at any
time, by several at once, and while calls go on."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from chalicelib.domain.errors import PatchbayError
from chalicelib.migrations import MIGRATIONS
from chalicelib.migrations.migration import Migration
from chalicelib.observability import emit_counts, logger
from chalicelib.settings import settings
from chalicelib.storage.migrations import (
    MigrationMovedError,
    MigrationState,
    begin_migrations,
    migration_states,
    move_migration,
)
from chalicelib.storage.transaction import Transaction

SLICE_S = 10.0
LONGEST_PAUSE_S = 600
MOST_RACES = 50  # in a row and a slice, against what people write meanwhile

Ended = Callable[[], bool]
Clock = Callable[[], int]


def now() -> int:
    return time.time_ns() // 1_000_000


def run_migrations(
    *,
    slice_s: float = SLICE_S,
    stop: Ended = lambda: False,
    clock: Clock = now,
    migrations: Sequence[Migration] = MIGRATIONS,
) -> bool:
    """Whether all are done. One begins when those before it are done. ``stop``: asked before each step."""
    until = time.monotonic() + slice_s
    states = _all_states(migrations, clock)
    for migration in migrations:
        state = states[migration.number]
        if state.state == "done":
            continue
        if not _run(migration, state, clock, lambda: stop() or time.monotonic() >= until):
            return False
    return True


def skip_migrations(migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """For a new installation, whose items all are of this release. Those that are known already stay as they are."""
    at = now()
    begin_migrations(_names(migrations), state="done", started_at=at, ended_at=at)


def _all_states(migrations: Sequence[Migration], clock: Clock) -> dict[int, MigrationState]:
    """Those seen for the first time wait until no instance of the release before is at work any more."""
    states = migration_states()
    unknown = [migration for migration in migrations if migration.number not in states]
    if unknown:
        begin_migrations(_names(unknown), not_before=clock() + settings().migration_delay_s * 1000)
        states = migration_states()
    return states


def _names(migrations: Sequence[Migration]) -> list[tuple[int, str]]:
    return [(migration.number, migration.name) for migration in migrations]


def _run(migration: Migration, state: MigrationState, clock: Clock, ended: Ended) -> bool:
    """Whether it is done."""
    races = 0
    while state.state != "done":
        if ended() or clock() < int(state.not_before) or races > MOST_RACES:
            return False
        try:
            state, races = _take_step(migration, state, clock()), 0
        except MigrationMovedError:
            logger().info("migration is worked on elsewhere", extra={"migration": migration.name})
            return False
        except PatchbayError as error:
            if error.code != "try_again":
                return _note_failure(state, error, clock())
            races += 1
        except Exception as error:  # noqa: BLE001 - whatever it is: noted for the operator, and tried again
            return _note_failure(state, error, clock())
    return True


def _take_step(migration: Migration, state: MigrationState, at: int) -> MigrationState:
    tx = Transaction(now_ms=at)
    step = migration.step(dict(state.place), tx)
    done = step.place is None
    after = move_migration(
        tx,
        state,
        state="done" if done else "running",
        place=step.place or {},
        seen=int(state.seen) + step.seen,
        changed=int(state.changed) + step.changed,
        steps=int(state.steps) + 1,
        runs=int(state.runs) + (0 if state.started_at else 1),
        started_at=state.started_at or at,
        moved_at=at,
        ended_at=at if done else None,
        not_before=step.not_before,
        failures=0,
        last_error="" if done else state.last_error,
    )
    if done:
        told = {"migration": migration.name, "seen": int(after.seen), "changed": int(after.changed)}
        logger().info("migration done", extra=told)
    return after


def _note_failure(state: MigrationState, error: Exception, at: int) -> bool:
    """The next try comes after a pause that grows. What is kept of the error names no item: the log has the rest."""
    logger().exception("migration failed", extra={"migration": str(state.name)})
    emit_counts(MigrationFailures=1)
    failures = int(state.failures) + 1
    told = error.code if isinstance(error, PatchbayError) else type(error).__name__
    pause_ms = min(2**failures, LONGEST_PAUSE_S) * 1000
    try:
        move_migration(
            Transaction(now_ms=at),
            state,
            failures=failures,
            last_error=told,
            last_error_at=at,
            not_before=at + pause_ms,
        )
    except MigrationMovedError:
        logger().info("migration is worked on elsewhere", extra={"migration": str(state.name)})
    return False
