"""What a table of subscribers would do to a tenant: decided for all rows before anything is written.

Names may be handed on inside the file, such as an alias from one subscriber to another: what counts is that each name
has one owner when all is done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from chalicelib.domain.csv_text import CsvTable, shown
from chalicelib.domain.import_rows import Fields, ImportTarget, PlannedRow, plan_row
from chalicelib.domain.parts import subscriber_hash
from chalicelib.domain.sentences import say
from chalicelib.domain.subscriber_csv import COLUMNS

Verb = Literal["create", "update", "free"]

COLUMN_ORDER = {column.name: place for place, column in enumerate(COLUMNS)}


@dataclass(frozen=True, slots=True)
class Step:
    """One write. ``free`` takes the alias from who gives it up, before somebody else gets it. ``version``: that the
    stored subscriber must have; 0: there is none yet."""

    verb: Verb
    line: int
    subscriber_id: str
    version: int
    username: str
    values: Fields
    passwords: Mapping[str, str]


def plan_rows(table: CsvTable, target: ImportTarget) -> list[PlannedRow]:
    """One for each row, in their order."""
    rows = [plan_row(row, target, width=len(table.columns)) for row in table.rows]
    _check_owners(rows, target)
    _check_service_numbers(rows, target)
    for row in rows:
        row.errors.sort(key=lambda error: COLUMN_ORDER.get(error.field, -1))
    return rows


def make_steps(rows: Sequence[PlannedRow], *, new_id: Callable[[], str]) -> list[Step]:
    """What is to be written, so ordered that neighbours stand in the same snapshot part."""
    given_up = {name: row for row in rows for name in _old_names(row) - _new_names(row)}
    wanted = {name for row in rows for name in _new_names(row) - _old_names(row)}
    first = {row.line: row for name, row in given_up.items() if name in wanted}
    frees = [_step("free", row, row.existing.subscriber_id, version=0) for row in first.values() if row.existing]
    steps = [
        _step("create", row, new_id(), version=0)
        if row.existing is None
        else _step("update", row, row.existing.subscriber_id, version=row.line in first)
        for row in rows
        if row.action in {"create", "update"}
    ]
    return sorted(frees, key=_place) + sorted(steps, key=_place)


def _step(verb: Verb, row: PlannedRow, subscriber_id: str, *, version: int) -> Step:
    """``version``: how many steps of this import have changed the subscriber before."""
    known = row.existing.version if row.existing else 0
    frees = verb == "free"
    values = {"alias": ""} if frees else row.changes
    passwords = {} if frees else row.passwords
    return Step(verb, row.line, subscriber_id, known + version, row.text("username"), values, passwords)


def _place(step: Step) -> tuple[str, str]:
    return subscriber_hash(step.subscriber_id), step.subscriber_id


def _old_names(row: PlannedRow) -> set[str]:
    return set() if row.existing is None else _names(row.existing.values)


def _new_names(row: PlannedRow) -> set[str]:
    return _names(row.whole)


def _names(values: Fields) -> set[str]:
    """Usernames and aliases share one name space, without regard to capitals."""
    return {str(values[name]).lower() for name in ("username", "alias") if values.get(name)}


def _check_owners(rows: Sequence[PlannedRow], target: ImportTarget) -> None:
    """Who isn't in the file keeps its names; then usernames come before aliases, and earlier lines before later."""
    in_file = {row.text("username").lower() for row in rows}
    owners: dict[str, str | int] = {}  # a subscriber that isn't in the file, or a line
    for username, existing in target.existing.items():
        if username not in in_file:
            owners |= dict.fromkeys(_names(existing.values), str(existing.values["username"]))
    for column in ("username", "alias"):
        for row, name in _claims(rows, column):
            owner, own = owners.setdefault(name, row.line), shown(row.text(column))
            if isinstance(owner, str):
                row.blame(column, say("used_by_subscriber", name=own, subscriber=owner), "name_taken")
            elif owner != row.line:
                row.blame(column, say("used_in_line", name=own, line=owner), "duplicate")


def _claims(rows: Sequence[PlannedRow], column: str) -> Iterator[tuple[PlannedRow, str]]:
    for row in rows:
        name = row.text(column).lower()
        if name:
            yield row, name


def _check_service_numbers(rows: Sequence[PlannedRow], target: ImportTarget) -> None:
    """An alias is looked up before the dialplan, so it must not hide an emergency number."""
    for row in rows:
        for column in ("username", "alias"):
            name = str(row.changes.get(column, ""))
            if name and target.is_service_number(name):
                row.blame(column, say("alias_is_service_number", name=shown(name)), "service_number")
