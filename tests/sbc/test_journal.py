from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from sbc.hook.journal import (
    VERSION,
    Journal,
    JournalError,
    JournalVersionError,
    OpenCall,
    advance_call,
    close_call,
    open_call,
    queue_cdr,
)


def _run(path: Path, work: Callable[[Journal], Awaitable[None]]) -> None:
    async def main() -> None:
        journal = Journal(path)
        try:
            await work(journal)
        finally:
            await journal.close()

    asyncio.run(main())


def test_a_call_is_there_until_it_is_closed_and_then_its_record_waits(tmp_path: Path) -> None:
    async def first(journal: Journal) -> None:
        await journal.write(open_call(1, "call_1", routed="r1", progress="p1"))
        await journal.write(open_call(2, "call_2", routed="r2", progress="p2"))
        await journal.write(advance_call(1, progress="p3"))
        await journal.write(*close_call(2), queue_cdr(2, "call_2", "{}"))

    async def second(journal: Journal) -> None:
        assert await journal.open_calls() == [OpenCall(1, "call_1", "r1", "p3", None)]
        assert await journal.depth() == 1

    _run(tmp_path / "journal", first)
    _run(tmp_path / "journal", second)


def test_one_bad_write_fails_alone_and_changes_nothing(tmp_path: Path) -> None:
    async def work(journal: Journal) -> None:
        good = [journal.write(open_call(n, f"call_{n}", routed="", progress="")) for n in range(20)]
        bad = journal.write(queue_cdr(50, "call_x", "{}"), ("INSERT INTO nowhere VALUES (1)", ()))
        more = [journal.write(open_call(n, f"call_{n}", routed="", progress="")) for n in range(20, 40)]

        await asyncio.gather(*good, *more)

        with pytest.raises(JournalError):
            await bad
        assert len(await journal.open_calls()) == 40
        assert await journal.depth() == 0

    _run(tmp_path / "journal", work)


def test_a_record_is_queued_once(tmp_path: Path) -> None:
    async def work(journal: Journal) -> None:
        await asyncio.gather(*(journal.write(queue_cdr(1, "call_1", f"{n}")) for n in range(3)))

        assert await journal.read("SELECT cdr FROM records") == [("0",)]

    _run(tmp_path / "journal", work)


def test_numbers_go_on_after_those_of_open_calls_and_of_records_that_wait(tmp_path: Path) -> None:
    async def first(journal: Journal) -> None:
        assert [journal.next_number(), journal.next_number()] == [1, 2]
        await journal.write(open_call(1, "call_1", routed="", progress=""))
        await journal.write(queue_cdr(2, "call_2", "{}"))

    async def second(journal: Journal) -> None:
        assert journal.next_number() == 3

    _run(tmp_path / "journal", first)
    _run(tmp_path / "journal", second)


OLD_JOURNAL = """
CREATE TABLE calls (call_id TEXT PRIMARY KEY, routed TEXT NOT NULL, progress TEXT NOT NULL);
CREATE TABLE moves (call_id TEXT PRIMARY KEY, progress TEXT, seen_at INTEGER) WITHOUT ROWID;
CREATE TABLE outbox (number INTEGER PRIMARY KEY, call_id TEXT NOT NULL UNIQUE, cdr TEXT NOT NULL);
INSERT INTO calls VALUES ('call_1', 'r1', 'p1'), ('call_2', 'r2', 'p2');
INSERT INTO moves VALUES ('call_2', 'p3', 7);
INSERT INTO outbox VALUES (1, 'call_3', '{"n":3}'), (2, 'call_4', '{"n":4}');
"""


def test_a_journal_without_numbers_is_taken_over_whole(tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / "journal")) as connection:
        connection.executescript(OLD_JOURNAL)

    async def work(journal: Journal) -> None:
        calls = await journal.open_calls()
        assert [(call.call_id, call.routed, call.progress) for call in calls] == [
            ("call_1", "r1", "p1"), ("call_2", "r2", "p3"),
        ]  # fmt: skip
        for call in calls:
            await journal.write(*close_call(call.number), queue_cdr(call.number, call.call_id, "{}"))
        records = await journal.read("SELECT call_id FROM records")
        assert sorted(records) == [("call_1",), ("call_2",), ("call_3",), ("call_4",)]

    _run(tmp_path / "journal", work)
    _run(tmp_path / "journal", _nothing_open)


async def _nothing_open(journal: Journal) -> None:
    assert await journal.open_calls() == []
    assert await journal.depth() == 4


def test_a_journal_says_its_version(tmp_path: Path) -> None:
    async def work(journal: Journal) -> None:
        assert await journal.read("PRAGMA user_version") == [(VERSION,)]

    _run(tmp_path / "journal", work)
    _run(tmp_path / "journal", work)


def test_a_journal_of_a_later_release_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.executescript(f"CREATE TABLE later (x); PRAGMA user_version = {VERSION + 1}")

    with pytest.raises(JournalVersionError, match="run the later release"):
        _run(path, _nothing_open)

    with contextlib.closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT name FROM sqlite_schema").fetchall() == [("later",)]


def test_tables_and_columns_that_a_later_release_has_added_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    _run(path, _with_one_call)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "CREATE TABLE later (x INTEGER PRIMARY KEY); INSERT INTO later VALUES (7);"
            "ALTER TABLE open_calls ADD COLUMN later TEXT; ALTER TABLE records ADD COLUMN later TEXT;"
        )

    async def work(journal: Journal) -> None:
        assert [call.call_id for call in await journal.open_calls()] == ["call_1"]
        number = journal.next_number()
        await journal.write(open_call(number, "call_2", routed="r", progress="p"))
        await journal.write(*close_call(number), queue_cdr(number, "call_2", "{}"))
        assert await journal.read("SELECT x FROM later") == [(7,)]

    _run(path, work)


async def _with_one_call(journal: Journal) -> None:
    await journal.write(open_call(1, "call_1", routed="r1", progress="p1"))
