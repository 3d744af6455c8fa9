from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from sbc.hook.journal import Journal, JournalError, OpenCall, advance_call, close_call, open_call, queue_cdr


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
        await journal.write(open_call("call_1", routed="r1", progress="p1"))
        await journal.write(open_call("call_2", routed="r2", progress="p2"))
        await journal.write(advance_call("call_1", progress="p3"))
        await journal.write(*close_call("call_2"), queue_cdr("call_2", "{}"))

    async def second(journal: Journal) -> None:
        assert await journal.open_calls() == [OpenCall("call_1", "r1", "p3", None)]
        assert await journal.depth() == 1

    _run(tmp_path / "journal", first)
    _run(tmp_path / "journal", second)


def test_one_bad_write_fails_alone_and_changes_nothing(tmp_path: Path) -> None:
    async def work(journal: Journal) -> None:
        good = [journal.write(open_call(f"call_{n}", routed="", progress="")) for n in range(20)]
        bad = journal.write(queue_cdr("call_x", "{}"), ("INSERT INTO nowhere VALUES (1)", ()))
        more = [journal.write(open_call(f"call_{n}", routed="", progress="")) for n in range(20, 40)]

        await asyncio.gather(*good, *more)

        with pytest.raises(JournalError):
            await bad
        assert len(await journal.open_calls()) == 40
        assert await journal.depth() == 0

    _run(tmp_path / "journal", work)


def test_a_record_is_queued_once(tmp_path: Path) -> None:
    async def work(journal: Journal) -> None:
        await asyncio.gather(*(journal.write(queue_cdr("call_1", f"{n}")) for n in range(3)))

        assert await journal.read("SELECT cdr FROM outbox") == [("0",)]

    _run(tmp_path / "journal", work)
