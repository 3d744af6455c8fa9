"""What a table of subscribers would do, decided without a database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from chalicelib.domain.import_plan import Step, make_steps, plan_rows
from chalicelib.domain.import_rows import Existing, Fields, ImportTarget, PlannedRow
from chalicelib.domain.parts import subscriber_hash
from chalicelib.domain.subscriber_csv import (
    COLUMNS,
    EXPORTED,
    MAX_ROWS,
    read_subscriber_table,
    template,
    write_subscribers,
)

DEFAULTS: dict[str, Any] = {
    **{column.stored_as: "" for column in EXPORTED if column.name != "username"},
    "voicemail_to_email": False,
    "language": "en-US",
    "call_group": 1,
    "pickup_group": 1,
    "max_calls": 2,
    "dial_timeout_s": 30,
    "suspended": False,
}


def existing(username: str, **values: Any) -> Existing:
    return Existing(f"sub_{username}", 3, {**DEFAULTS, "username": username, **values})


def find_wrong_fields(values: Fields) -> Sequence[str]:
    """Stands for the API's schema: x is bad everywhere."""
    return [name for name, value in values.items() if value == "x"]


def a_target(*people: Existing, groups: dict[str, list[str]] | None = None) -> ImportTarget:
    return ImportTarget(
        existing={str(one.values["username"]).lower(): one for one in people},
        references={"security_group_id": groups or {}, "date_range_id": {"Office": ["dtr_1"]}},
        defaults=DEFAULTS,
        find_wrong_fields=find_wrong_fields,
        has_password=lambda one, kind, password: password == f"{one.values['username']}-{kind}",
        is_service_number=lambda name: name == "911",
    )


def plan(text: str, *people: Existing, groups: dict[str, list[str]] | None = None) -> list[PlannedRow]:
    return plan_rows(read_subscriber_table(text.encode()), a_target(*people, groups=groups))


def steps_of(rows: list[PlannedRow]) -> list[Step]:
    ids = iter(f"sub_new{n}" for n in range(1000))
    return make_steps(rows, new_id=lambda: next(ids))


def told(row: PlannedRow, place: int = 0) -> str:
    message = row.errors[place].message
    assert message is not None
    return message.into("en")


def errors_of(rows: list[PlannedRow]) -> list[tuple[int, str, str]]:
    return [(error.line, error.field, error.code) for row in rows for error in row.errors]


def test_a_new_username_makes_a_subscriber_with_defaults() -> None:
    [row] = plan("username,alias,max_calls,suspended\nann,1000,,SIM\n")

    assert row.action == "create"
    assert row.changes == {**DEFAULTS, "username": "ann", "alias": "1000", "suspended": True}


def test_a_known_username_changes_only_what_differs() -> None:
    [row] = plan("username,alias,name\nANN,1000,Ann Lee\n", existing("ann", alias="1000", email="a@b.example"))

    assert (row.action, row.changes) == ("update", {"name": "Ann Lee"})


def test_a_column_that_is_missing_leaves_its_field_and_an_empty_cell_empties_it() -> None:
    ann = existing("ann", alias="1000", email="a@b.example", max_calls=9)

    [row] = plan("username,alias,max_calls\nann,,\n", ann)

    assert row.changes == {"alias": "", "max_calls": 2}


def test_nothing_new_is_unchanged() -> None:
    ann = existing("Ann", alias="1000")

    assert [row.action for row in plan("username,alias\nann,1000\n", ann)] == ["unchanged"]


@pytest.mark.parametrize("word", ["yes", "TRUE", "1", "sim", "Verdadeiro"])
def test_yes_is_understood_as_spreadsheets_write_it(word: str) -> None:
    assert plan(f"username,suspended\nann,{word}\n")[0].changes["suspended"] is True


def test_groups_and_hours_go_by_name() -> None:
    text = "username,security_group,date_range\nann,USA,Office\nbob,,\n"

    ann, bob = plan(text, groups={"USA": ["sgr_1"]})

    assert (ann.changes["security_group_id"], ann.changes["date_range_id"]) == ("sgr_1", "dtr_1")
    assert bob.changes["security_group_id"] == ""


def test_an_unknown_or_ambiguous_name_is_refused_unless_the_subscriber_has_one_of_them() -> None:
    groups = {"USA": ["sgr_1", "sgr_2"]}
    ann = existing("ann", security_group_id="sgr_2")

    rows = plan("username,security_group\nann,USA\nbob,USA\ncid,Mars\n", ann, groups=groups)

    assert rows[0].action == "unchanged"
    assert errors_of(rows) == [
        (3, "security_group", "ambiguous_name"),
        (4, "security_group", "reference_not_found"),
    ]


def test_a_cell_that_cannot_be_used_names_line_column_and_rule() -> None:
    rows = plan("username,max_calls,suspended,name\nann,many,maybe,x\nbob,1,no,Bob\n")

    assert errors_of(rows) == [(2, "name", "invalid"), (2, "max_calls", "invalid"), (2, "suspended", "invalid")]
    assert told(rows[0], 1) == "'many' is no whole number. A number from 0 (no limit) to 1000"
    assert [row.action for row in rows] == ["bad", "create"]


def test_a_row_of_another_length_is_bad_as_a_whole() -> None:
    assert errors_of(plan("username,alias\nann\n")) == [(2, "", "wrong_cells")]


def test_a_password_never_stands_in_a_message() -> None:
    [row] = plan("username,sip_password\nann,x\n")

    assert row.errors[0].field == "sip_password"
    assert "'x'" not in told(row)


def test_a_password_that_is_already_in_use_changes_nothing() -> None:
    text = "username,sip_password,softphone_password\nann,ann-sip,other-password\n"

    [row] = plan(text, existing("ann"))

    assert row.passwords == {"softphone": "other-password"}


def test_names_are_unique_in_the_file_and_in_the_tenant() -> None:
    text = "username,alias\nann,1000\nANN,1001\nbob,1000\ncid,dan\neve,900\nfay,bob\n"

    rows = plan(text, existing("dan", alias="900"))

    assert errors_of(rows) == [
        (3, "username", "duplicate"),
        (4, "alias", "duplicate"),
        (5, "alias", "name_taken"),
        (6, "alias", "name_taken"),
        (7, "alias", "duplicate"),
    ]
    assert told(rows[3]) == "'dan' is used by the subscriber dan already"
    assert told(rows[2]) == "'1000' is used in line 2 already"


def test_an_alias_may_equal_its_own_username() -> None:
    assert errors_of(plan("username,alias\n100,100\n")) == []


def test_an_emergency_number_is_no_name_but_one_that_was_there_stays() -> None:
    assert errors_of(plan("username,alias\nann,911\n")) == [(2, "alias", "service_number")]
    assert errors_of(plan("username\n911\n")) == [(2, "username", "service_number")]
    assert errors_of(plan("username,alias\nbob,911\n", existing("bob", alias="911"))) == []


def test_steps_stand_by_part_and_know_the_version_they_expect() -> None:
    people = [existing(f"user{n}") for n in range(30)]
    text = "username,name\n" + "".join(f"user{n},New\n" for n in range(30))

    steps = steps_of(plan(text, *people))

    hashes = [subscriber_hash(step.subscriber_id) for step in steps]
    assert hashes == sorted(hashes)
    assert {(step.verb, step.version) for step in steps} == {("update", 3)}


def test_two_who_swap_their_aliases_are_freed_first() -> None:
    text = "username,alias\nann,1001\nbob,1000\ncid,1003\n"
    people = (existing("ann", alias="1000"), existing("bob", alias="1001"), existing("cid", alias="1002"))

    steps = steps_of(plan(text, *people))

    assert sorted((step.verb, step.username, step.version) for step in steps) == [
        ("free", "ann", 3), ("free", "bob", 3), ("update", "ann", 4), ("update", "bob", 4), ("update", "cid", 3),
    ]  # fmt: skip
    assert [step.verb for step in steps] == ["free", "free", "update", "update", "update"]


def test_an_alias_handed_to_a_new_subscriber_is_freed_first() -> None:
    steps = steps_of(plan("username,alias\nzoe,1000\nann,1002\n", existing("ann", alias="1000")))

    assert [(step.verb, step.username) for step in steps if step.verb == "free"] == [("free", "ann")]


def test_an_alias_that_someone_outside_the_file_has_stays_theirs() -> None:
    assert errors_of(plan("username,alias\nzoe,1000\n", existing("ann", alias="1000"))) == [(2, "alias", "name_taken")]


def test_what_is_exported_is_unchanged_when_imported() -> None:
    people = [
        existing("ann", alias="1000", name="=Ann; \"+1", caller_id="+12092480999", security_group_id="sgr_1"),
        existing("bob", name=" 'Bob, -1", forward_busy="*97", suspended=True, date_range_id="dtr_1"),
    ]  # fmt: skip
    names = {"sgr_1": "-USA", "dtr_1": "Office", "": ""}
    rows = [
        {c.name: names.get(one.values[c.stored_as], one.values[c.stored_as]) for c in EXPORTED} for one in people
    ]  # fmt: skip

    for separator in (",", ";"):
        text = write_subscribers(rows, separator=separator).decode()
        assert [row.action for row in plan(text, *people, groups={"-USA": ["sgr_1"]})] == ["unchanged", "unchanged"]


def test_the_template_can_be_imported_as_it_is() -> None:
    for separator in (",", ";"):
        rows = plan(template(separator))
        assert [row.action for row in rows] == ["create", "create"]
        assert read_subscriber_table(template(separator).encode()).columns == tuple(c.name for c in COLUMNS)


def test_as_many_rows_as_allowed_are_planned() -> None:
    text = "username,alias\n" + "".join(f"user{n},{n + 100000}\n" for n in range(MAX_ROWS))

    rows = plan(text)

    assert len(rows) == MAX_ROWS
    assert {row.action for row in rows} == {"create"}
