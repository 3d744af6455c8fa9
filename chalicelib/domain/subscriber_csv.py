"""Subscribers as a table: its columns, and what stands in their cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from chalicelib.domain.csv_text import CsvTable, read_table, shown, write_table

MAX_ROWS = 10_000

Kind = Literal["text", "number", "flag", "secret"]

# What people and their spreadsheets write (Excel's own values in English and Portuguese among them)
YES = frozenset({"yes", "true", "1", "sim", "verdadeiro"})
NO = frozenset({"no", "false", "0", "não", "nao", "falso"})


@dataclass(frozen=True, slots=True)
class Column:
    """``rule``: what a cell may hold, as told to whoever wrote another. ``field``: of the subscriber."""

    name: str
    rule: str
    kind: Kind = "text"
    field: str = ""

    @property
    def stored_as(self) -> str:
        return self.field or self.name


_FORWARD = "A username, an alias or a number; empty: none"
_PASSWORD = "10 to 64 characters without spaces; empty: kept, or made for a new subscriber"  # noqa: S105

COLUMNS = (
    Column("username", "1 to 40 letters, digits, dots, dashes and underlines; letter or digit at both ends"),
    Column("alias", "At most 20 letters, digits, dots, dashes and underlines; letter or digit at both ends"),
    Column("name", "At most 100 characters in one line"),
    Column("email", "One e-mail address; needed for voicemail_to_email"),
    Column("area_code", "At most 6 digits"),
    Column("caller_id", "International with the plus, such as +12092480999"),
    Column(
        "security_group", "Name of a security group; empty: nothing outside may be called", field="security_group_id"
    ),
    Column("date_range", "Name of a date range; empty: none", field="date_range_id"),
    Column("voicemail_to_email", "yes or no; yes needs an e-mail address", kind="flag"),
    Column("language", "Such as en-US or pt-BR"),
    Column("call_group", "A number from 1 to 9999", kind="number"),
    Column("pickup_group", "A number from 1 to 9999", kind="number"),
    Column("forward_always", _FORWARD),
    Column("forward_busy", _FORWARD),
    Column("forward_no_answer", _FORWARD),
    Column("forward_unreachable", "A username, an alias or a number; empty: as on no answer"),
    Column("max_calls", "A number from 0 (no limit) to 1000", kind="number"),
    Column("dial_timeout_s", "Seconds from 5 to 180", kind="number"),
    Column("suspended", "yes or no", kind="flag"),
    Column("sip_password", _PASSWORD, kind="secret"),
    Column("softphone_password", _PASSWORD, kind="secret"),
)
BY_NAME = {column.name: column for column in COLUMNS}
BY_FIELD = {column.stored_as: column for column in COLUMNS}
REQUIRED = ("username",)
EXPORTED = tuple(column for column in COLUMNS if column.kind != "secret")

_SAMPLES = (
    {"username": "alice", "alias": "1000", "name": "Alice Example", "email": "alice@example.com"},
    {"username": "bob", "alias": "1001", "name": "Bob Example", "caller_id": "+12092480999", "max_calls": 4},
)
_SAMPLE_DEFAULTS: dict[str, Any] = {
    "voicemail_to_email": False, "language": "en-US", "call_group": 1, "pickup_group": 1, "max_calls": 2,
    "dial_timeout_s": 30, "suspended": False,
}  # fmt: skip


class CellError(ValueError):
    """The cell can't be used; the message says why, and ``code`` what kind of mistake it is."""

    def __init__(self, message: str, *, code: str = "invalid") -> None:
        super().__init__(message)
        self.code = code


def read_subscriber_table(data: bytes) -> CsvTable:
    """Raises ``CsvError``."""
    return read_table(data, known=[column.name for column in COLUMNS], required=REQUIRED, max_rows=MAX_ROWS)


def read_cell(column: Column, cell: str) -> str | int | bool | None:
    """The field's value; None for an empty cell of a field that can't be empty. Raises ``CellError``."""
    text = cell if column.name == "name" else cell.strip()  # a name may begin with a space, and comes back so
    if column.kind == "flag":
        return _read_flag(text, column)
    if column.kind == "number":
        return _read_number(text, column)
    return text if text or column.name != "language" else None


def write_subscribers(rows: Iterable[Mapping[str, Any]], *, separator: str) -> bytes:
    """``rows``: values by column."""
    names = [column.name for column in EXPORTED]
    return write_table(names, ([_written(row[name]) for name in names] for row in rows), separator=separator)


def template(separator: str) -> str:
    """Every column, and two rows as examples."""
    names = [column.name for column in COLUMNS]
    rows = ([_written((_SAMPLE_DEFAULTS | sample).get(name, "")) for name in names] for sample in _SAMPLES)
    return write_table(names, rows, separator=separator).decode("utf-8-sig")


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _read_flag(text: str, column: Column) -> bool | None:
    word = text.lower()
    if word in YES or word in NO:
        return word in YES
    if word:
        raise CellError(f"{shown(text)} is neither yes nor no. {column.rule}")
    return None


def _read_number(text: str, column: Column) -> int | None:
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise CellError(f"{shown(text)} is no whole number. {column.rule}")
    return int(text)
