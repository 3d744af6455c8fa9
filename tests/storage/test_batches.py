"""Reads and writes of many items, as DynamoDB does them: what it is too busy for it leaves for another time."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.domain.errors import PatchbayError
from chalicelib.storage.database import BATCH_PAUSES_S, Database
from chalicelib.storage.feed import Change

KEYS = [("A", f"chg_{n}") for n in range(150)]


class BusyTable:
    """Takes no more than ``most`` items of a request, none of the first ``refusals`` requests."""

    def __init__(self, *, most: int = 100, refusals: int = 0) -> None:
        self.most = most
        self.refusals = refusals
        self.requests = 0

    def batch_get_item(self, *, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803 (DynamoDB's name)
        self.requests += 1
        wanted = RequestItems["patchbay-test"]["Keys"]
        most = self.most if self.requests > self.refusals else 0
        found = [{**key, "kind": {"S": "Change"}, "part_key": {"S": "x"}} for key in wanted[:most]]
        left = {"patchbay-test": {"Keys": wanted[most:]}} if wanted[most:] else {}
        return {"Responses": {"patchbay-test": found}, "UnprocessedKeys": left}


def read(table: BusyTable, pauses: list[float]) -> set[str]:
    found = Database(table, "patchbay-test").get_many(Change, KEYS, pause=pauses.append)
    return {str(change.sk) for change in found}


def test_items_that_were_left_are_read_by_the_next_request() -> None:
    table, pauses = BusyTable(most=40), list[float]()

    assert read(table, pauses) == {sk for _, sk in KEYS}
    assert (table.requests, pauses) == (4, [])


def test_a_busy_table_is_asked_again_after_pauses_that_grow() -> None:
    table, pauses = BusyTable(refusals=3), list[float]()

    assert read(table, pauses) == {sk for _, sk in KEYS}
    assert pauses == list(BATCH_PAUSES_S[:3])


def test_a_table_that_stays_busy_is_given_up() -> None:
    table, pauses = BusyTable(refusals=1000), list[float]()

    with pytest.raises(PatchbayError) as refused:
        read(table, pauses)

    assert refused.value.code == "try_again"
    assert pauses == list(BATCH_PAUSES_S)
