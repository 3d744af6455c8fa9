"""Lines wait in the journal while they can't be sent; what is lost is counted."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sbc.node.cloudwatch_logs import LogsError, RefusedError
from sbc.node.journal import Chunk, JournalError, Line
from sbc.node.log_events import LogEvent
from sbc.node.log_shipper import LONGEST_PAUSE_S, LOOK_S, LogShipper, Position

GROUPS = {"hook": "/p/node/hook", "kamailio": "/p/node/kamailio"}
CURSOR = "s=aa;i={:x};b=1;m=2;t=3;x=4"


def a_line(number: int, part: str = "hook") -> Line:
    return Line(part, 1000 + number, f"line {number}", CURSOR.format(number))


@dataclass
class FakeJournal:
    chunks: list[Chunk | JournalError]
    asked: list[str] = field(default_factory=list)

    async def read(self, after: str) -> Chunk:
        self.asked.append(after)
        chunk = self.chunks.pop(0) if self.chunks else Chunk()
        if isinstance(chunk, JournalError):
            raise chunk
        return chunk


@dataclass
class FakeLogs:
    """``faults``: of the next attempts; None or a number of events left out is one that goes well."""

    faults: list[Exception | int | None] = field(default_factory=list)
    taken: list[tuple[str, str, list[str]]] = field(default_factory=list)

    async def put(self, group: str, stream: str, events: Sequence[LogEvent]) -> int:
        fault = self.faults.pop(0) if self.faults else None
        if isinstance(fault, Exception):
            raise fault
        self.taken.append((group, stream, [event.text for event in events]))
        return fault or 0


@dataclass
class Shipped:
    directory: Path
    journal: FakeJournal
    logs: FakeLogs = field(default_factory=FakeLogs)

    def __post_init__(self) -> None:
        self.position = Position(self.directory / "logs" / "position.json", "machine-1")
        self.shipper = self.again()

    def again(self) -> LogShipper:
        """As after a restart."""
        return LogShipper(journal=self.journal, logs=self.logs, groups=GROUPS, stream="a", position=self.position)

    def step(self, count: int = 1) -> list[float]:
        async def steps() -> list[float]:
            return [await self.shipper.step() for _ in range(count)]

        return asyncio.run(steps())


@pytest.fixture
def two_lines(tmp_path: Path) -> Shipped:
    return Shipped(tmp_path, FakeJournal([Chunk([a_line(1), a_line(2, "kamailio")])]))


def test_each_program_has_its_group_and_the_node_its_stream(two_lines: Shipped) -> None:
    pauses = two_lines.step(4)

    assert two_lines.logs.taken == [("/p/node/hook", "a", ["line 1"]), ("/p/node/kamailio", "a", ["line 2"])]
    assert pauses == [0, 0, 0, LOOK_S]
    assert two_lines.journal.asked == ["", CURSOR.format(2)]


def test_the_position_is_kept_once_all_is_sent_and_taken_up_after_a_restart(two_lines: Shipped) -> None:
    two_lines.step(2)
    assert two_lines.position.read() == ""

    two_lines.step()
    two_lines.shipper = two_lines.again()
    two_lines.step()

    assert two_lines.position.read() == CURSOR.format(2)
    assert two_lines.journal.asked == ["", CURSOR.format(2)]


def test_while_nothing_can_be_sent_nothing_more_is_read_and_pauses_grow(
    two_lines: Shipped, caplog: pytest.LogCaptureFixture
) -> None:
    two_lines.logs.faults = [LogsError("PutLogEvents: status 503")] * 8

    pauses = two_lines.step(9)

    assert pauses == [0, 1, 2, 4, 8, 16, 32, LONGEST_PAUSE_S, LONGEST_PAUSE_S]
    assert two_lines.journal.asked == [""]
    assert "lines wait, next attempt in 1 s: PutLogEvents: status 503" in caplog.messages
    two_lines.step(2)
    assert [texts for _, _, texts in two_lines.logs.taken] == [["line 1"], ["line 2"]]


def test_a_pause_is_short_again_after_a_success(two_lines: Shipped) -> None:
    fault = LogsError("out of reach")
    two_lines.logs.faults = [fault, fault, None, fault]

    assert two_lines.step(5) == [0, 1, 2, 0, 1]


def test_what_is_refused_for_good_holds_nobody_up_and_is_counted(
    two_lines: Shipped, caplog: pytest.LogCaptureFixture
) -> None:
    two_lines.logs.faults = [RefusedError("there is no log group /p/node/hook")]

    two_lines.step(3)

    assert "lines lost: 1 of /p/node/hook: there is no log group /p/node/hook" in caplog.messages
    assert two_lines.logs.taken == [("/p/node/kamailio", "a", ["line 2"])]
    assert two_lines.position.read() == CURSOR.format(2)


def test_what_is_left_out_is_counted(two_lines: Shipped, caplog: pytest.LogCaptureFixture) -> None:
    two_lines.logs.faults = [1]

    two_lines.step(2)

    assert "lines lost: 1 of /p/node/hook, too old or in the future" in caplog.messages


@pytest.mark.parametrize(("gone", "told"), [(7, "at most 7"), (None, "nobody knows how many")])
def test_what_the_journal_deleted_is_counted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, gone: int | None, told: str
) -> None:
    shipped = Shipped(tmp_path, FakeJournal([Chunk([a_line(9)], gap=True, gone=gone, unreadable=2)]))

    shipped.step(2)

    assert f"lines lost: the journal deleted them before they were sent, {told}" in caplog.messages
    assert "lines lost: 2 that can't be read" in caplog.messages
    assert [texts for _, _, texts in shipped.logs.taken] == [["line 9"]]


def test_a_journal_that_cannot_be_read_is_tried_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    shipped = Shipped(tmp_path, FakeJournal([JournalError("journalctl: no"), Chunk([a_line(1)])]))

    assert shipped.step(3) == [1, 0, 0]
    assert len(shipped.logs.taken) == 1
    assert "lines wait, next attempt in 1 s: journalctl: no" in caplog.messages


def test_the_journal_of_another_machine_begins_at_its_beginning(two_lines: Shipped) -> None:
    two_lines.step(3)

    assert Position(two_lines.position.path, "machine-2").read() == ""


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"machine":"machine-1","cursor":"--vacuum-size=1"}'])
def test_a_position_that_is_none_is_not_taken_for_one(two_lines: Shipped, content: str) -> None:
    two_lines.position.path.parent.mkdir()
    two_lines.position.path.write_text(content)

    two_lines.step()

    assert two_lines.journal.asked == [""]


def test_lines_are_sent_once_also_where_no_position_can_be_kept(
    two_lines: Shipped, caplog: pytest.LogCaptureFixture
) -> None:
    two_lines.position.path.parent.write_text("a file in the way")

    two_lines.step(4)

    assert len(two_lines.logs.taken) == 2
    assert two_lines.journal.asked == ["", CURSOR.format(2)]
    assert any(message.startswith("position not kept") for message in caplog.messages)


def test_what_is_left_is_sent_before_the_end(two_lines: Shipped) -> None:
    async def stopped() -> None:
        stop = asyncio.Event()
        stop.set()
        await two_lines.shipper.run(stop)

    asyncio.run(stopped())

    assert len(two_lines.logs.taken) == 2
    assert json.loads(two_lines.position.path.read_text())["cursor"] == CURSOR.format(2)


def test_an_end_does_not_wait_for_what_cannot_be_sent(two_lines: Shipped) -> None:
    async def stopped() -> None:
        stop = asyncio.Event()
        stop.set()
        await asyncio.wait_for(two_lines.shipper.run(stop), 5)

    two_lines.logs.faults = [LogsError("out of reach")] * 9
    asyncio.run(stopped())

    assert two_lines.logs.taken == []
    assert two_lines.position.read() == ""


@pytest.fixture(autouse=True)
def _see_all(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
