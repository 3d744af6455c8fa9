"""Subscribers as a table: its columns, and what stands in their cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from chalicelib.domain.csv_text import CsvTable, read_table, shown, write_table
from chalicelib.domain.sentences import Sentence, SentenceError, say

MAX_ROWS = 10_000

Kind = Literal["text", "number", "flag", "secret"]

# What people and their spreadsheets write (Excel's own values in English and Portuguese among them)
YES = frozenset({"yes", "true", "1", "sim", "verdadeiro"})
NO = frozenset({"no", "false", "0", "não", "nao", "falso"})


@dataclass(frozen=True, slots=True)
class Column:
    """``rule``: what a cell may hold, as told to whoever wrote another. ``field``: of the subscriber."""

    name: str
    rule: Sentence
    kind: Kind = "text"
    field: str = ""

    @property
    def stored_as(self) -> str:
        return self.field or self.name


_FORWARD = say("column_forward")
_PASSWORD = say("column_password")

COLUMNS = (
    Column("username", say("column_username")),
    Column("alias", say("column_alias")),
    Column("name", say("column_name")),
    Column("email", say("column_email")),
    Column("area_code", say("column_area_code")),
    Column("caller_id", say("column_caller_id")),
    Column("security_group", say("column_security_group"), field="security_group_id"),
    Column("date_range", say("column_date_range"), field="date_range_id"),
    Column("voicemail_to_email", say("column_voicemail"), kind="flag"),
    Column("language", say("column_language")),
    Column("call_group", say("column_group_number"), kind="number"),
    Column("pickup_group", say("column_group_number"), kind="number"),
    Column("forward_always", _FORWARD),
    Column("forward_busy", _FORWARD),
    Column("forward_no_answer", _FORWARD),
    Column("forward_unreachable", say("column_forward_unreachable")),
    Column("max_calls", say("column_max_calls"), kind="number"),
    Column("dial_timeout_s", say("column_dial_timeout"), kind="number"),
    Column("suspended", say("column_flag"), kind="flag"),
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


class CellError(SentenceError):
    """The cell can't be used; the sentence says why, and ``code`` what kind of mistake it is."""

    def __init__(self, sentence: Sentence, *, code: str = "invalid") -> None:
        super().__init__(sentence)
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
        raise CellError(say("cell_no_flag", cell=shown(text), rule=column.rule))
    return None


def _read_number(text: str, column: Column) -> int | None:
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise CellError(say("cell_no_number", cell=shown(text), rule=column.rule))
    return int(text)
