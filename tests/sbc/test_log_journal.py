"""The journal of a real systemd-journald, read as it is on a node."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from sbc.node.journal import MOST_BYTES, Chunk, Journal, JournalError, count_between, read_entry
from tests.sbc.journald import Journald, a_journald

HOOK, KAMAILIO = "patchbay-hook", "patchbay-kamailio"
METRICS = '{"_aws":{"Timestamp":1700000000000,"CloudWatchMetrics":[]},"stage":"dev","LiveCalls":2}'


@pytest.fixture
def journald(tmp_path: Path) -> Iterator[Journald]:
    with a_journald(tmp_path) as found:
        yield found


def read(journald: Journald, after: str = "") -> Chunk:
    return asyncio.run(Journal(("hook", "kamailio"), command=journald.inside("journalctl")).read(after))


def test_lines_are_as_the_programs_wrote_them(journald: Journald) -> None:
    journald.write(HOOK, f'{METRICS}\n{{"level":"INFO","message":"é"}}\n'.encode())
    journald.write(KAMAILIO, b"<3>12(34) INFO: \xff\n" + b"x" * 9000 + b"\n")
    journald.write("sshd", b"not of the node\n")

    found = read(journald)

    assert [(line.part, line.text) for line in found.lines] == [
        ("hook", METRICS),
        ("hook", '{"level":"INFO","message":"é"}'),
        ("kamailio", "<3>12(34) INFO: \ufffd"),
        ("kamailio", "x" * 9000),
    ]
    assert not found.gap


def test_what_was_read_is_not_read_again(journald: Journald) -> None:
    journald.write(HOOK, b"one\ntwo\n")
    [_, two] = read(journald).lines
    assert read(journald, two.cursor) == Chunk()

    journald.write(KAMAILIO, b"three\n")
    found = read(journald, two.cursor)

    assert [line.text for line in found.lines] == ["three"]
    assert not found.gap


def test_a_long_journal_is_read_piece_by_piece(journald: Journald) -> None:
    journald.write(HOOK, b"".join(b"%d\n" % number for number in range(20)))
    journal = Journal(("hook",), command=journald.inside("journalctl"), most_lines=8)

    pieces = [asyncio.run(journal.read("")).lines]
    while piece := asyncio.run(journal.read(pieces[-1][-1].cursor)).lines:
        pieces.append(piece)

    assert [len(piece) for piece in pieces] == [8, 8, 4]
    assert [int(line.text) for piece in pieces for line in piece] == list(range(20))


def test_no_more_than_a_megabyte_is_read_at_once(journald: Journald) -> None:
    """Each is within journald's LineMax. It may split one: what was sent before it had accepted has no sender's PID."""
    journald.write(HOOK, (b"x" * 40_000 + b"\n") * 30)

    *lines, last = read(journald).lines

    size = sum(len(line.text) for line in lines)
    assert size < MOST_BYTES <= size + len(last.text)


def test_what_the_journal_has_deleted_is_noticed_and_counted(journald: Journald) -> None:
    journald.write(HOOK, b"sent\n")
    [sent] = read(journald).lines
    journald.write(HOOK, b"lost\nlost\nlost\n")
    journald.control("--rotate")
    journald.control("--vacuum-size=1")
    journald.write(HOOK, b"kept\n")

    found = read(journald, sent.cursor)

    assert [line.text for line in found.lines] == ["kept"]
    assert found.gap
    assert found.gone is not None
    assert 3 <= found.gone < 30  # with what journald says of itself


@pytest.mark.parametrize(("number", "gone"), [("10", 0), ("11", 1), ("1f", 15)])
def test_lines_may_be_deleted_that_were_all_sent(tmp_path: Path, number: str, gone: int) -> None:
    cursor = "s=aa;i={};b=1;m=2;t=3;x=4"
    entry = {
        "MESSAGE": "kept",
        "SYSLOG_IDENTIFIER": HOOK,
        "__REALTIME_TIMESTAMP": "1",
        "__CURSOR": cursor.format(number),
    }
    (tmp_path / "entries").write_text(json.dumps(entry) + "\n")
    journal = Journal(("hook",), command=["sh", "-c", f"cat {tmp_path}/entries"])

    found = asyncio.run(journal.read(cursor.format("f")))

    assert [line.text for line in found.lines] == ["kept"]
    assert (found.gap, found.gone) == (gone > 0, gone)


def test_a_journal_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="no such thing"):
        asyncio.run(Journal(("hook",), command=["sh", "-c", "echo no such thing >&2; exit 1"]).read(""))
    with pytest.raises(JournalError, match="nowhere"):
        asyncio.run(Journal(("hook",), command=[str(tmp_path / "nowhere")]).read(""))


@pytest.mark.parametrize(
    "entry",
    [
        b"-- No entries --\n",
        b'{"MESSAGE":"of nobody"}\n',
        b'{"MESSAGE":null,"SYSLOG_IDENTIFIER":"patchbay-hook","__REALTIME_TIMESTAMP":"1","__CURSOR":"s"}\n',
        b'{"MESSAGE":"x","SYSLOG_IDENTIFIER":"patchbay-hook","__REALTIME_TIMESTAMP":"soon","__CURSOR":"s"}\n',
        b'{"MESSAGE":"x","SYSLOG_IDENTIFIER":"patchbay","__REALTIME_TIMESTAMP":"1","__CURSOR":"s"}\n',
    ],
)
def test_what_is_no_line_of_a_part_is_left_out(entry: bytes) -> None:
    assert read_entry(entry) is None


def test_entries_between_two_are_counted_where_they_are_of_one_sequence() -> None:
    first, tenth = "s=aa;i=f;b=1;m=2;t=3;x=4", "s=aa;i=18;b=1;m=2;t=3;x=4"

    assert count_between(first, tenth) == 8
    assert count_between(first, first) == 0
    assert count_between(first, tenth.replace("aa", "bb")) is None
    assert count_between("nonsense", tenth) is None
