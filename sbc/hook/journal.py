"""The journal: open calls, records not yet acknowledged and records the API rejected, in SQLite.

Everything that was asked for in one round of the loop is committed together (group commit) and answered only after the
commit is synced, so that what a caller was told survives a crash. The loop itself commits: nearly every request waits
for the disk anyway, those that come in meanwhile are the next group, and handing each commit to a thread and back cost
more than the commit (bench/calls.py).
"""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Statement = tuple[str, tuple[Any, ...]]

# Exclusive: nobody else reads it while the hook runs (``/rejected`` shows what people may want), which saves the locks
# and the shared memory, a third of the system calls of a commit.
_PRAGMAS = ("busy_timeout=5000", "locking_mode=EXCLUSIVE", "journal_mode=WAL", "synchronous=FULL")

# By number alone: each table is one tree, and a call's step writes one page of it.
_SCHEMA = """
CREATE TABLE IF NOT EXISTS open_calls (
  number INTEGER PRIMARY KEY, call_id TEXT NOT NULL, routed TEXT NOT NULL, progress TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS open_moves (number INTEGER PRIMARY KEY, progress TEXT, seen_at INTEGER);
CREATE TABLE IF NOT EXISTS records (number INTEGER PRIMARY KEY, call_id TEXT NOT NULL, cdr TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS rejected (call_id TEXT PRIMARY KEY, cdr TEXT NOT NULL, code TEXT NOT NULL,
  message TEXT NOT NULL, rejected_at INTEGER NOT NULL);
"""

# The tables of a journal that was begun before calls had numbers.
_TAKE_OVER = """
BEGIN IMMEDIATE;
INSERT INTO open_calls
  SELECT calls.rowid + (SELECT coalesce(max(number), 0) FROM outbox), call_id, routed,
    coalesce(moves.progress, calls.progress)
  FROM calls LEFT JOIN moves USING (call_id);
INSERT INTO records SELECT number, call_id, cdr FROM outbox;
DROP TABLE calls;
DROP TABLE moves;
DROP TABLE outbox;
COMMIT;
"""
_HAS_OLD_TABLES = "SELECT count(*) = 3 FROM sqlite_schema WHERE name IN ('calls', 'moves', 'outbox')"
_LAST_NUMBER = "SELECT coalesce(max(number), 0) FROM (SELECT number FROM open_calls UNION SELECT number FROM records)"
# Of the batch that goes next: the records of long calls have low numbers, and may be young.
_WAITING_SINCE = """
SELECT min(json_extract(cdr, '$.ended_at')) FROM (SELECT cdr FROM records ORDER BY number LIMIT 100)
"""
_REJECTED = "SELECT call_id, code, message, rejected_at FROM rejected ORDER BY rejected_at DESC LIMIT ?"
_ADVANCE = """
INSERT INTO open_moves (number, progress) VALUES (?, ?) ON CONFLICT (number) DO UPDATE SET progress = excluded.progress
"""
_SEE = """
INSERT INTO open_moves (number, seen_at) VALUES (?, ?) ON CONFLICT (number) DO UPDATE SET seen_at = excluded.seen_at
"""

_OPEN_CALLS = """
SELECT number, call_id, routed, coalesce(open_moves.progress, open_calls.progress), seen_at
FROM open_calls LEFT JOIN open_moves USING (number) ORDER BY number
"""


class JournalError(OSError):
    """The journal couldn't be written; nothing of the job was."""


@dataclass(frozen=True, slots=True)
class OpenCall:
    number: int
    call_id: str
    routed: str
    progress: str
    seen_at: int | None


@dataclass(frozen=True, slots=True)
class RejectedRecord:
    """What the API refused, and why; ``rejected_at`` in milliseconds."""

    call_id: str
    code: str
    message: str
    rejected_at: int


@dataclass(frozen=True, slots=True)
class _Job:
    """``alone``: one statement, which SQLite commits by itself if nothing is to be committed with it."""

    work: Callable[[sqlite3.Connection], Any]
    done: asyncio.Future[Any]
    alone: bool = False


class Journal:
    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._connection = sqlite3.connect(path, isolation_level=None)
        path.chmod(0o600)
        for pragma in _PRAGMAS:
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.executescript(_SCHEMA)
        if self._connection.execute(_HAS_OLD_TABLES).fetchone()[0]:
            self._connection.executescript(_TAKE_OVER)
        last = int(self._connection.execute(_LAST_NUMBER).fetchone()[0])
        self._numbers = itertools.count(last + 1)
        self._jobs: list[_Job] = []
        self._loop = asyncio.get_running_loop()

    def next_number(self) -> int:
        """The key of a call and of its record in this journal, larger than all that are in it."""
        return next(self._numbers)

    def write(self, *statements: Statement) -> asyncio.Future[None]:
        """Queued before this returns, so that writes keep their order; done when synced. Fails with
        ``JournalError``. Without statements: waits for all that was queued before."""

        def work(connection: sqlite3.Connection) -> None:
            for statement in statements:
                connection.execute(*statement)

        return self._submit(work, alone=len(statements) == 1)

    def read(self, sql: str, parameters: Sequence[Any] = ()) -> asyncio.Future[list[tuple[Any, ...]]]:
        return self._submit(lambda connection: connection.execute(sql, parameters).fetchall())

    def write_many(self, sql: str, rows: Sequence[tuple[Any, ...]]) -> asyncio.Future[None]:
        return self._submit(lambda connection: (connection.executemany(sql, rows), None)[1])

    async def open_calls(self) -> list[OpenCall]:
        rows = await self.read(_OPEN_CALLS)
        return [OpenCall(*row) for row in rows]

    async def depth(self) -> int:
        """How many records wait for the API."""
        return int((await self.read("SELECT count(*) FROM records"))[0][0])

    async def waiting_since(self) -> int | None:
        """When the call ended whose record has waited longest, in milliseconds; None: no record waits."""
        found = (await self.read(_WAITING_SINCE))[0][0]
        return None if found is None else int(found)

    async def rejected(self, *, limit: int) -> list[RejectedRecord]:
        """The newest first."""
        rows = await self.read(_REJECTED, (limit,))
        return [RejectedRecord(*row) for row in rows]

    async def close(self) -> None:
        self._flush()
        self._connection.close()

    def _submit(self, work: Callable[[sqlite3.Connection], Any], *, alone: bool = False) -> asyncio.Future[Any]:
        done: asyncio.Future[Any] = self._loop.create_future()
        if not self._jobs:
            self._loop.call_soon(self._flush)
        self._jobs.append(_Job(work, done, alone))
        return done

    def _flush(self) -> None:
        jobs, self._jobs = self._jobs, []
        if jobs:
            _answer(jobs, self._commit(jobs))

    def _commit(self, jobs: list[_Job]) -> list[Any]:
        """The results in order, an exception for a job that failed: one bad job doesn't fail the group."""
        try:
            return self._transact(jobs)
        except sqlite3.Error as error:
            if len(jobs) == 1:
                return [JournalError(f"journal: {error}")]
            return [self._commit([job])[0] for job in jobs]

    def _transact(self, jobs: list[_Job]) -> list[Any]:
        if len(jobs) == 1 and jobs[0].alone:
            return [jobs[0].work(self._connection)]
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            results = [job.work(self._connection) for job in jobs]
            self._connection.execute("COMMIT")
        except sqlite3.Error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
        return results


def _answer(jobs: list[_Job], results: list[Any]) -> None:
    for job, result in zip(jobs, results, strict=True):
        if job.done.done():  # its request was given up
            continue
        if isinstance(result, JournalError):
            job.done.set_exception(result)
        else:
            job.done.set_result(result)


def open_call(number: int, call_id: str, *, routed: str, progress: str) -> Statement:
    return (
        "INSERT INTO open_calls (number, call_id, routed, progress) VALUES (?, ?, ?, ?)",
        (number, call_id, routed, progress),
    )


def advance_call(number: int, *, progress: str) -> Statement:
    """Into a narrow table, so that the row with the whole plan is written once."""
    return _ADVANCE, (number, progress)


def see_call(number: int, seen_at: int) -> Statement:
    return _SEE, (number, seen_at)


def close_call(number: int) -> tuple[Statement, Statement]:
    return (
        ("DELETE FROM open_calls WHERE number = ?", (number,)),
        ("DELETE FROM open_moves WHERE number = ?", (number,)),
    )


def queue_cdr(number: int, call_id: str, cdr: str) -> Statement:
    """Once for a number, however often it is asked for."""
    return "INSERT OR IGNORE INTO records (number, call_id, cdr) VALUES (?, ?, ?)", (number, call_id, cdr)
