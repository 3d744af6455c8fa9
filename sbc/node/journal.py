"""What the node's programs wrote, read from the systemd journal by journalctl(1)."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field

import orjson

MOST_LINES = 10_000
MOST_BYTES = 1_000_000  # of text: what is in memory at once
_READ_S = 120.0
_LONGEST = 4 * 1024 * 1024  # a line of journalctl's answer; journald itself cuts what programs write (LineMax=48K)
# As the units have it (SyslogIdentifier=). journald doesn't always find out the unit, of a process that has just begun
# or is about to end; this comes with the connection.
_IDENTIFIER = re.compile(r"patchbay-([a-z]+)")
# As systemd writes it: the numbers of one sequence go up by one with each entry of the machine
_CURSOR = re.compile(r"s=(?P<sequence>[0-9a-f]+);i=(?P<number>[0-9a-f]+);[0-9a-z=;]+")


class JournalError(OSError):
    """journalctl doesn't answer."""


@dataclass(frozen=True, slots=True)
class Line:
    """``part``: of the node. ``cursor``: its place in the journal."""

    part: str
    at_ms: int
    text: str
    cursor: str


@dataclass(slots=True)
class Chunk:
    """``gap``: the journal has deleted what came first. ``gone``: at most so many lines, those of other programs
    included, or None if that can't be said. ``unreadable``: entries that were left out."""

    lines: list[Line] = field(default_factory=list)
    gap: bool = False
    gone: int | None = None
    unreadable: int = 0


class Journal:
    def __init__(
        self, parts: Sequence[str], *, command: Sequence[str] = ("journalctl",), most_lines: int = MOST_LINES
    ) -> None:
        self._most_lines = most_lines
        self._argv = [*command, "--quiet", "--all", "--output=json", "--output-fields=MESSAGE,SYSLOG_IDENTIFIER"]
        self._matches = ["_TRANSPORT=stdout", *(f"SYSLOG_IDENTIFIER=patchbay-{part}" for part in parts)]

    async def read(self, after: str) -> Chunk:
        """The lines after a cursor, the oldest first; after "": all that there are. Raises ``JournalError``.

        The entry at the cursor is asked for, too: if another comes first, it is gone, and so may be others."""
        try:
            async with asyncio.timeout(_READ_S):
                return await self._read(after)
        except TimeoutError as error:
            raise JournalError(f"journalctl: no end after {_READ_S:g} s") from error

    async def _read(self, after: str) -> Chunk:
        place = [f"--cursor={after}"] if after else []
        chunk, size = Chunk(), 0
        async with contextlib.aclosing(self._entries(place)) as entries:
            async for entry in entries:
                line = read_entry(entry)
                if line is None:
                    chunk.unreadable += 1
                    continue
                if line.cursor == after:
                    after = ""
                    continue
                if after:
                    chunk.gone = count_between(after, line.cursor)
                    chunk.gap, after = chunk.gone != 0, ""
                chunk.lines.append(line)
                size += len(line.text.encode())
                if len(chunk.lines) >= self._most_lines or size >= MOST_BYTES:
                    break
        return chunk

    async def _entries(self, place: Sequence[str]) -> AsyncGenerator[bytes, None]:
        process = await self._start(place)
        assert process.stdout is not None  # noqa: S101 (asked for)
        assert process.stderr is not None  # noqa: S101
        try:
            while entry := await _read_line(process.stdout):
                yield entry
            said = (await process.stderr.read()).decode(errors="replace").strip()
            if await process.wait() != 0:
                raise JournalError(f"journalctl: {said}")
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()

    async def _start(self, place: Sequence[str]) -> asyncio.subprocess.Process:
        pipe = asyncio.subprocess.PIPE
        try:
            return await asyncio.create_subprocess_exec(
                *self._argv, *place, *self._matches, stdin=asyncio.subprocess.DEVNULL, stdout=pipe, stderr=pipe,
                limit=_LONGEST,
            )  # fmt: skip
        except OSError as error:
            raise JournalError(f"journalctl: {error}") from error


async def _read_line(stream: asyncio.StreamReader) -> bytes:
    """Empty at the end. Of a line that is too long, pieces that are no entries."""
    try:
        return await stream.readline()
    except ValueError:
        return b"-"


def read_entry(entry: bytes) -> Line | None:
    """None if it isn't a line of a part of the node. Bytes that are no UTF-8 become U+FFFD."""
    try:
        found = orjson.loads(entry)
        part = _IDENTIFIER.fullmatch(found["SYSLOG_IDENTIFIER"])
        text = _text(found["MESSAGE"])
        at_ms, cursor = int(found["__REALTIME_TIMESTAMP"]) // 1000, str(found["__CURSOR"])
    except (ValueError, KeyError, TypeError):
        return None
    return Line(part[1], at_ms, text, cursor) if part and text else None


def _text(message: object) -> str:
    """journalctl gives what is no UTF-8, or has control characters, as a list of bytes."""
    if isinstance(message, list):
        return bytes(message).decode(errors="replace")
    if not isinstance(message, str):
        raise TypeError(f"a message of type {type(message).__name__}")
    return message


def is_cursor(text: str) -> bool:
    return _CURSOR.fullmatch(text) is not None


def count_between(earlier: str, later: str) -> int | None:
    """Entries of all programs between two; None if the journal was begun anew in between."""
    first, second = _CURSOR.fullmatch(earlier), _CURSOR.fullmatch(later)
    if first is None or second is None or first["sequence"] != second["sequence"]:
        return None
    return max(0, int(second["number"], 16) - int(first["number"], 16) - 1)
