"""One row of a table of subscribers, held against the tenant it is to change.

The file says what is to be: a row makes a subscriber or changes the one of its username; a column that isn't there
leaves its field as it is, an empty cell empties it (or gives the default, where it can't be empty). An empty password
is kept, or made for a new subscriber.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from chalicelib.domain.csv_text import CsvRow, shown
from chalicelib.domain.sentences import Sentence, say
from chalicelib.domain.subscriber_csv import BY_FIELD, BY_NAME, CellError, Column, read_cell

Action = Literal["create", "update", "unchanged", "bad"]
Fields = Mapping[str, Any]

# Of several records of a name, and of none
_REFERENCE_FAULTS = {
    "security_group": ("groups_alike", "no_group_called"),
    "date_range": ("ranges_alike", "no_range_called"),
}

PASSWORDS = {"sip_password": "sip", "softphone_password": "softphone"}


@dataclass(frozen=True, slots=True)
class LineError:
    """``field`` is a column; empty: the row as a whole. ``message`` None: the title of the code says it."""

    line: int
    field: str
    message: Sentence | None
    code: str

    def to_json(self) -> dict[str, Any]:
        """To be stored, its message to be told later in any language."""
        message = self.message.to_json() if self.message else None
        return {"line": self.line, "field": self.field, "message": message, "code": self.code}


@dataclass(frozen=True, slots=True)
class Existing:
    """A subscriber of the tenant. ``values`` by field, the username among them."""

    subscriber_id: str
    version: int
    values: Fields


@dataclass(frozen=True, slots=True)
class ImportTarget:
    """The tenant that rows are held against. ``references``: by field, the ids of each name."""

    existing: Mapping[str, Existing]  # by username in lower case
    references: Mapping[str, Mapping[str, Sequence[str]]]
    defaults: Fields
    find_wrong_fields: Callable[[Fields], Sequence[str]]  # by the rules of the API
    has_password: Callable[[Existing, str, str], bool]  # the subscriber, of this kind, this one
    is_service_number: Callable[[str], bool]


@dataclass(slots=True)
class PlannedRow:
    """``whole``: all fields as they are to be. ``changes``: those that are new. ``passwords``: as given, by kind."""

    line: int
    existing: Existing | None = None
    whole: dict[str, Any] = field(default_factory=dict)
    changes: dict[str, Any] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict)
    errors: list[LineError] = field(default_factory=list)

    @property
    def action(self) -> Action:
        if self.errors:
            return "bad"
        if self.existing is None:
            return "create"
        return "update" if self.changes or self.passwords else "unchanged"

    def text(self, name: str) -> str:
        return str(self.whole.get(name, ""))

    def blame(self, column: str, message: Sentence, code: str = "invalid") -> None:
        """Once per column: the first thing that is wrong with it."""
        if all(error.field != column for error in self.errors):
            self.errors.append(LineError(self.line, column, message, code))


def plan_row(row: CsvRow, target: ImportTarget, *, width: int) -> PlannedRow:
    """``width``: the number of columns."""
    planned = PlannedRow(row.line)
    if row.cells is None:
        planned.blame("", say("row_width", count=row.count, width=width), "wrong_cells")
        return planned
    planned.existing = target.existing.get(row.cells["username"].strip().lower())
    given: dict[str, Any] = {}
    for name, cell in row.cells.items():
        column = BY_NAME[name]
        try:
            given[column.stored_as] = _read_field(column, cell, planned.existing, target)
        except CellError as error:
            planned.blame(name, error.sentence, error.code)
    _compare(planned, given, target)
    return planned


def _read_field(column: Column, cell: str, existing: Existing | None, target: ImportTarget) -> Any:
    value = read_cell(column, cell)
    if value is None:
        return target.defaults[column.stored_as]
    if column.stored_as in target.references:
        current = str(existing.values[column.stored_as]) if existing else ""
        return _resolve(str(value), column, current, target.references[column.stored_as])
    return value


def _resolve(name: str, column: Column, current: str, ids: Mapping[str, Sequence[str]]) -> str:
    """The id behind a name; of several with one name, the one that the subscriber has."""
    if not name:
        return ""
    found = ids.get(name, ())
    if len(found) == 1:
        return found[0]
    if current in found:
        return current
    alike, missing = _REFERENCE_FAULTS[column.name]
    if found:
        raise CellError(Sentence(alike, {"count": len(found), "name": shown(name)}), code="ambiguous_name")
    raise CellError(Sentence(missing, {"name": shown(name)}), code="reference_not_found")


def _compare(planned: PlannedRow, given: dict[str, Any], target: ImportTarget) -> None:
    """With the subscriber as it is, or with nothing."""
    passwords = {name: given.pop(name, "") for name in PASSWORDS}
    existing = planned.existing
    if existing is not None:
        given["username"] = existing.values["username"]  # it can't change, not even its capitals
    planned.whole = {**(existing.values if existing else target.defaults), **given}
    for name in target.find_wrong_fields({**planned.whole, **passwords}):
        column = BY_FIELD[name]
        quoted = column.kind not in {"secret", "flag"}
        cell = shown(planned.text(name))
        planned.blame(column.name, say("cell_unusable", cell=cell, rule=column.rule) if quoted else column.rule)
    if existing is None:
        planned.changes = planned.whole
    else:
        planned.changes = {name: value for name, value in given.items() if value != existing.values[name]}
    planned.passwords = {
        PASSWORDS[name]: password
        for name, password in passwords.items()
        if password and not (existing and target.has_password(existing, PASSWORDS[name], password))
    }
