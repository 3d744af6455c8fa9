"""Tables as spreadsheets make and mangle them."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.csv_text import CsvError, CsvTable, read_table, write_table

KNOWN = ("name", "alias", "caller_id")


def read(text: str | bytes, *, max_rows: int = 100) -> CsvTable:
    data = text if isinstance(text, bytes) else text.encode()
    return read_table(data, known=KNOWN, required=("name",), max_rows=max_rows)


def cells(table: CsvTable) -> list[dict[str, str] | None]:
    return [row.cells for row in table.rows]


def refusal(text: str | bytes, **options: int) -> CsvError:
    with pytest.raises(CsvError) as raised:
        read(text, **options)
    return raised.value


def test_a_byte_order_mark_is_no_part_of_the_first_column() -> None:
    assert cells(read("name,alias\nAnn,1\n".encode("utf-8-sig"))) == [{"name": "Ann", "alias": "1"}]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_found_by_the_header(separator: str) -> None:
    table = read(f"name{separator}alias\r\nAnn{separator}1\r\n")

    assert (table.separator, cells(table)) == (separator, [{"name": "Ann", "alias": "1"}])


def test_excels_line_about_its_separator_is_passed_over() -> None:
    table = read("sep=;\r\nname;alias\r\nAnn;1\r\n")

    assert (table.separator, table.rows[0].line) == (";", 3)


def test_columns_are_known_whatever_their_capitals_and_spaces() -> None:
    assert read("Name, Caller ID\nAnn,+1\n").columns == ("name", "caller_id")


def test_a_quoted_cell_may_hold_separators_quotes_and_line_breaks() -> None:
    table = read('name,alias\n"Ann, ""the\nboss""",1\nBob,2\n')

    assert cells(table) == [{"name": 'Ann, "the\nboss"', "alias": "1"}, {"name": "Bob", "alias": "2"}]


def test_a_row_is_named_by_the_line_it_begins_in() -> None:
    table = read('name,alias\r\n\r\n"a\r\nb",1\r\n,\r\n  , \r\nBob,2')

    assert [row.line for row in table.rows] == [3, 7]


def test_a_row_with_another_number_of_cells_says_how_many() -> None:
    table = read("name,alias\nAnn\nBob,1,2\nCid,3\n")

    assert [(row.cells is None, row.count) for row in table.rows] == [(True, 1), (True, 3), (False, 2)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name,phone,colour\nAnn,1,2", "unknown: 'phone', 'colour'"),
        ("name,alias,Alias\nAnn,1,2", "doubled: 'alias'"),
        ("alias\n1", "missing: 'name'"),
        ("foo,foo\n1,2", "unknown: 'foo'; missing: 'name'"),
        ("name,\nAnn,1", "unknown: ''"),
    ],
)
def test_wrong_columns_are_named(text: str, told: str) -> None:
    error = refusal(text)

    assert error.code == "import_columns"
    assert told in str(error)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf\r\n\r\n", "empty"),
        (b"name,alias\n", "no row"),
        ("name\nÅsa\n".encode("latin-1"), "Line 2 is not UTF-8"),
        ("name\nAnn\n".encode("utf-16"), "UTF-16"),
        (b'name,alias\nAnn,1\n"Bob,2\n', "begins in line 3"),
        (b'name,alias\n"Bob"x,2\n', "begins in line 2"),
        (b"name,alias\n" + b"x" * 200_000 + b",1\n", "line 2"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_the_reason(data: bytes, told: str) -> None:
    error = refusal(data)

    assert error.code == "import_unreadable"
    assert told in str(error)


def test_too_many_rows_are_refused() -> None:
    text = "name\n" + "Ann\n" * 5

    assert len(read(text, max_rows=5).rows) == 5
    assert refusal(text, max_rows=4).code == "import_too_large"


def test_a_message_never_repeats_a_long_cell() -> None:
    assert len(str(refusal("name," + "x" * 5000 + "\nAnn,1"))) < 200


FORMULAS = [
    "=1+1",
    "+12092480999",
    "-5",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\uff1d1",
    "'=1",
    "''=1",
    "a;=1",
    'a; "=1',
    "a,=1",
]


@pytest.mark.parametrize("value", [*FORMULAS, "'tis", "plain", "", " =1", "a=1"])
@pytest.mark.parametrize("separator", [",", ";"])
def test_what_was_written_is_read_as_it_was(value: str, separator: str) -> None:
    table = read(write_table(("name", "alias"), [(value, "1")], separator=separator))

    assert cells(table) == [{"name": value, "alias": "1"}]


@given(
    st.lists(st.text("=+-@\t\r\n'\";, a\uff21\uff1d", max_size=12), min_size=1, max_size=4), st.sampled_from([",", ";"])
)
@settings(max_examples=400, deadline=None)
def test_whatever_was_written_is_read_as_it_was(values: list[str], separator: str) -> None:
    rows = [(value, "1") for value in values]

    assert [row.cells for row in read(write_table(("name", "alias"), rows, separator=separator)).rows] == [
        {"name": value, "alias": "1"} for value in values
    ]


@pytest.mark.parametrize("formula", [value for value in FORMULAS if value[0] not in "'a"])
def test_no_written_cell_begins_as_a_formula(formula: str) -> None:
    data = write_table(("name",), [(formula,)], separator=",").decode("utf-8-sig")

    [_, [cell]] = list(csv.reader(io.StringIO(data, newline="")))
    assert cell == "'" + formula


@pytest.mark.parametrize(("separator", "other"), [(",", ";"), (";", ",")])
def test_no_part_of_a_cell_becomes_a_formula_where_another_separator_is_used(separator: str, other: str) -> None:
    data = write_table(("name", "alias"), [(f'x{other}=1{other} "+2', "1")], separator=separator).decode("utf-8-sig")

    pieces = [piece.strip(' "') for piece in data.splitlines()[1].split(other)]
    assert not [piece for piece in pieces if piece[:1] in "=+-@" and piece]


def test_a_person_may_write_a_plus_without_the_apostrophe() -> None:
    assert cells(read("name,caller_id\nAnn,+12092480999\n")) == [{"name": "Ann", "caller_id": "+12092480999"}]
