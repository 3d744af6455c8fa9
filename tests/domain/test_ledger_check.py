"""A balance is compared with its entries while others book: never a false alarm, and no tampering is missed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.ledger_check import Reading, Total

AMOUNTS = st.lists(st.integers(-1000, 1000), max_size=8)


def total(amounts: list[int]) -> Total:
    return Total(len(amounts), sum(amounts))


@given(AMOUNTS, st.lists(st.tuples(st.integers(-1000, 1000), st.booleans()), max_size=8))
def test_bookings_during_a_reading_never_make_it_differ(before: list[int], during: list[tuple[int, bool]]) -> None:
    """Of those that come in between, any may have been read and any not."""
    read = before + [amount for amount, seen in during if seen]
    after = before + [amount for amount, _ in during]

    verdict = Reading(total(before), total(read), total(after)).verdict

    assert verdict in {"agrees", "moved"}
    assert during or verdict == "agrees"


@given(AMOUNTS, st.integers(-1000, 1000).filter(bool))
def test_a_balance_that_was_moved_without_an_entry_differs(amounts: list[int], by: int) -> None:
    stated = Total(len(amounts), sum(amounts) + by)

    assert Reading(stated, total(amounts), stated).verdict == "differs"


@given(AMOUNTS.filter(bool), st.data())
def test_a_missing_entry_differs_even_while_others_are_booked(amounts: list[int], data: st.DataObject) -> None:
    """All that were booked before must be among those read."""
    stated, kept = total(amounts), amounts[:-1]
    later = data.draw(AMOUNTS)
    after = stated.plus(total(later))

    assert Reading(stated, total(kept), stated).verdict == "differs"
    assert Reading(stated, total(kept), after).verdict == "differs"


def test_an_entry_that_no_balance_knows_differs() -> None:
    assert Reading(Total(1, 5), Total(2, 5), Total(1, 5)).verdict == "differs"
    assert Reading(Total(), Total(1, 5), Total()).verdict == "differs"
