"""Tables as people keep them in spreadsheets: read with what spreadsheets do to them, written so that none runs them.

Reading takes UTF-8 with or without a byte order mark, commas, semicolons (Excel where the comma is the decimal sign) or
tabs, quoted line breaks (RFC 4180), and passes over empty lines. In writing, a cell that a spreadsheet would run as a
formula gets an apostrophe before it, which reading takes off again.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce

from chalicelib.domain.sentences import Sentence, SentenceError, say

BOM = "\ufeff"
SEPARATORS = (",", ";", "\t")
MAX_NAMED = 5  # columns in a message
MAX_SHOWN = 40  # characters of a cell in a message
# What a spreadsheet takes for the beginning of a formula (OWASP, "CSV Injection"), full-width forms included. The other
# separator counts too: a spreadsheet that splits there makes the rest of the cell a cell of its own.
_FORMULA = "=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20"


class CsvError(SentenceError):
    """The file can't be read as a whole; the sentence says what to do. ``code`` is of ``errors.CATALOGUE``."""

    def __init__(self, sentence: Sentence, *, code: str = "import_unreadable") -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True, slots=True)
class CsvRow:
    """``line``: where it begins, from 1. ``cells`` by column; None: it has another number of cells than the header."""

    line: int
    cells: dict[str, str] | None
    count: int


@dataclass(frozen=True, slots=True)
class CsvTable:
    separator: str
    columns: tuple[str, ...]
    rows: tuple[CsvRow, ...]


def read_table(data: bytes, *, known: Sequence[str], required: Sequence[str], max_rows: int) -> CsvTable:
    """``known``: the columns that may be there, in lower case. Raises ``CsvError``."""
    text = _decoded(data)
    separator, text, skipped = _find_separator(text, known)
    records = _records(text, separator, skipped)
    header = next(records, None)
    if header is None:
        raise CsvError(say("file_empty"))
    columns = tuple(_column_name(cell) for cell in header[1])
    _check_columns(columns, known, required)
    rows: list[CsvRow] = []
    for line, cells in records:
        if len(rows) == max_rows:
            raise CsvError(say("too_many_rows", n=max_rows), code="import_too_large")
        named = dict(zip(columns, (_bare(cell, separator) for cell in cells), strict=False))
        rows.append(CsvRow(line, named if len(cells) == len(columns) else None, len(cells)))
    if not rows:
        raise CsvError(say("only_header"))
    return CsvTable(separator, columns, tuple(rows))


def write_table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, separator: str) -> bytes:
    """With a byte order mark, by which Excel knows UTF-8."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator)
    writer.writerow(columns)
    writer.writerows([_guarded(cell, separator) for cell in row] for row in rows)
    return (BOM + out.getvalue()).encode()


def shown(cell: str) -> str:
    """A cell as quoted in a message."""
    return repr(cell if len(cell) <= MAX_SHOWN else f"{cell[:MAX_SHOWN]}…")


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise CsvError(say("file_utf16"))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise CsvError(say("line_not_utf8", line=line)) from error


def _find_separator(text: str, known: Sequence[str]) -> tuple[str, str, int]:
    """The separator under which the header has the most known columns; the text and how many lines were skipped before
    it: Excel may begin with ``sep=;``."""
    skipped = 0
    if re.match(r"sep=.\r?\n", text):
        text, skipped = text.split("\n", 1)[1], 1
    best = max(SEPARATORS, key=lambda separator: len(_first_cells(text, separator) & set(known)))
    return best, text, skipped


def _first_cells(text: str, separator: str) -> set[str]:
    try:
        record = next(_records(text, separator, 0), None)
    except CsvError:
        return set()
    return set() if record is None else {_column_name(cell) for cell in record[1]}


def _records(text: str, separator: str, skipped: int) -> Iterator[tuple[int, list[str]]]:
    """The line each begins at, and its cells; none for empty lines."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    before = 0
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise CsvError(say("row_unreadable", line=before + 1 + skipped, fault=str(error))) from error
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield before + 1 + skipped, cells
        before = reader.line_num


def _column_name(cell: str) -> str:
    return re.sub(r"[\s-]+", "_", cell.strip().lower())


def _check_columns(columns: Sequence[str], known: Sequence[str], required: Sequence[str]) -> None:
    wrong = [name for name in dict.fromkeys(columns) if name not in known]
    doubled = [name for name in dict.fromkeys(columns) if columns.count(name) > 1 and name in known]
    missing = [name for name in required if name not in columns]
    told = [("columns_unknown", wrong), ("columns_doubled", doubled), ("columns_missing", missing)]
    found = [Sentence(code, {"names": _listed(names)}) for code, names in told if names]
    if found:
        faults = reduce(lambda one, another: say("one_and_another", one=one, another=another), found)
        raise CsvError(say("columns_wrong", faults=faults), code="import_columns")


def _listed(names: Sequence[str]) -> str | Sentence:
    first = ", ".join(shown(name) for name in names[:MAX_NAMED])
    return say("names_and_more", names=first, n=len(names) - MAX_NAMED) if len(names) > MAX_NAMED else first


def _guarded(cell: str, separator: str) -> str:
    return re.sub(rf"{_cell_start(separator)}('*[{_FORMULA}])", r"\1'\2", cell)


def _bare(cell: str, separator: str) -> str:
    """What ``_guarded`` made of it, as it was before."""
    return re.sub(rf"{_cell_start(separator)}'('*[{_FORMULA}])", r"\1\2", cell)


def _cell_start(separator: str) -> str:
    other = ";" if separator == "," else ","
    return rf"(^|{other}[\s\"]*)"
