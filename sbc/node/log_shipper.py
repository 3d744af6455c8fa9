"""Brings the lines of the node's programs to CloudWatch Logs, as a container's log driver would.

The journal on disk is what waits while they can't be sent: nothing is read before the batches before it were taken, so
memory has one chunk, and who writes never waits. Where it has got to is kept in a file once a chunk was sent whole. A
line arrives at least once: one whose batch was taken, but not answered or noted down before an end, comes again.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from sbc.node.cloudwatch_logs import LogsError, RefusedError
from sbc.node.journal import Chunk, JournalError, Line, is_cursor
from sbc.node.log_events import LogEvent, make_batches

log = logging.getLogger(__name__)

LOOK_S = 5.0
LONGEST_PAUSE_S = 60.0
END_S = 10.0  # for what is left when it is told to stop


class LineSource(Protocol):
    async def read(self, after: str) -> Chunk: ...


class LogSink(Protocol):
    async def put(self, group: str, stream: str, events: Sequence[LogEvent]) -> int: ...


@dataclass(frozen=True, slots=True)
class Position:
    """Of the last line that was sent. ``machine``: whose journal that is; another machine's begins at its beginning."""

    path: Path
    machine: str

    def read(self) -> str:
        """A cursor, or "" where there is none."""
        try:
            found = json.loads(self.path.read_text())
            machine, cursor = str(found["machine"]), str(found["cursor"])
        except FileNotFoundError:
            return ""
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.warning("position not read, the whole journal is sent: %s", error)
            return ""
        return cursor if machine == self.machine and is_cursor(cursor) else ""

    def write(self, cursor: str) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        new = self.path.with_suffix(".new")
        new.write_text(json.dumps({"machine": self.machine, "cursor": cursor}))
        new.replace(self.path)


@dataclass(slots=True)
class LogShipper:
    """``groups``: by part of the node."""

    journal: LineSource
    logs: LogSink
    groups: Mapping[str, str]
    stream: str
    position: Position
    _cursor: str | None = None
    _waiting: deque[tuple[str, list[LogEvent]]] = field(default_factory=deque)
    _next_cursor: str = ""
    _failures: int = 0

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            if pause_s := await self.step():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), pause_s)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(END_S):
                while await self.step() == 0:
                    pass

    async def step(self) -> float:
        """Sends a batch, or reads what there is to be sent. Returns how long to wait then, 0 if there may be more."""
        try:
            if self._waiting:
                await self._send()
                pause_s = 0.0
            else:
                pause_s = await self._read()
        except (JournalError, LogsError) as error:
            pause_s = min(LONGEST_PAUSE_S, 2.0**self._failures)
            self._failures = min(self._failures + 1, 10)
            log.warning("lines wait, next attempt in %g s: %s", pause_s, error)
        else:
            self._failures = 0
        return pause_s

    async def _read(self) -> float:
        if self._cursor is None:
            self._cursor = self.position.read()
        chunk = await self.journal.read(self._cursor)
        if chunk.gap:
            log.warning(
                "lines lost: the journal deleted them before they were sent, %s",
                "nobody knows how many" if chunk.gone is None else f"at most {chunk.gone}",
            )
        if chunk.unreadable and chunk.lines:
            log.warning("lines lost: %d that can't be read", chunk.unreadable)
        if not chunk.lines:
            return LOOK_S
        self._take(chunk.lines)
        return 0.0

    def _take(self, lines: Sequence[Line]) -> None:
        by_group: dict[str, list[LogEvent]] = {}
        for line in lines:
            by_group.setdefault(self.groups[line.part], []).append(LogEvent(line.at_ms, line.text))
        self._waiting.extend((group, batch) for group, events in by_group.items() for batch in make_batches(events))
        self._next_cursor = lines[-1].cursor

    async def _send(self) -> None:
        group, batch = self._waiting[0]
        try:
            rejected = await self.logs.put(group, self.stream, batch)
        except RefusedError as error:
            log.warning("lines lost: %d of %s: %s", len(batch), group, error)
        else:
            if rejected:
                log.warning("lines lost: %d of %s, too old or in the future", rejected, group)
        self._waiting.popleft()
        if not self._waiting:
            self._cursor = self._next_cursor
            self._note_down()

    def _note_down(self) -> None:
        try:
            self.position.write(self._next_cursor)
        except OSError as error:
            log.warning("position not kept, lines may come again after a restart: %s", error)
