from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.ledger import LedgerEntry, LedgerError, balance, call_charge, is_booked, refund
from chalicelib.domain.rate_call import RatedLeg, rate_call
from tests.domain.rating_data import AT, a_rate, a_rate_deck


def _charge(rate_micros=10_000):
    leg = RatedLeg(service="PSTN", number="+12092488700", duration_ms=60_000)
    deck = a_rate_deck(a_rate("+1", rate_micros))
    return rate_call(leg, rate_deck=deck, service_deck=None, currency="USD", at=AT)


def _entry(key="top_up/1", kind="top_up", amount_micros=5, currency="USD"):
    return LedgerEntry(key, kind, amount_micros, currency, AT, "payment_1")


def _code(call, *arguments, **named):
    with pytest.raises(LedgerError) as caught:
        call(*arguments, **named)
    return caught.value.code


def test_a_call_is_booked_under_its_id_and_leg_with_its_proof():
    charge = _charge()

    entry = call_charge(charge, call_id="call_1", leg="b1", at=AT)

    assert (entry.key, entry.kind, entry.amount_micros) == ("call/call_1/b1", "charge", -10_000)
    assert entry.proof == charge.proof


def test_the_same_leg_rated_later_again_is_already_booked():
    entry = call_charge(_charge(), call_id="call_1", leg="b1", at=AT)
    again = call_charge(_charge(), call_id="call_1", leg="b1", at=AT + 9)

    assert not is_booked(None, entry)
    assert is_booked(entry, again)


def test_another_amount_under_the_same_key_is_a_conflict():
    entry = call_charge(_charge(), call_id="call_1", leg="b1", at=AT)
    other = call_charge(_charge(11_000), call_id="call_1", leg="b1", at=AT)

    assert _code(is_booked, entry, other) == "key_conflict"


def test_rating_again_is_a_refund_and_a_new_charge_that_leave_only_the_new_amount():
    first = call_charge(_charge(), call_id="call_1", leg="b1", at=AT)
    back = refund(first, at=AT + 1)
    second = call_charge(_charge(12_000), call_id="call_1", leg="b1", at=AT + 1, revision=1)

    assert [back.key, second.key] == ["call/call_1/b1/refund", "call/call_1/b1/1"]
    assert balance([first, back, second], "USD") == -12_000


def test_only_a_charge_can_be_refunded():
    assert _code(refund, _entry(), at=AT) == "nothing_to_refund"


@pytest.mark.parametrize(("kind", "amount"), [("charge", 1), ("refund", -1), ("top_up", -1)])
def test_an_entry_with_the_wrong_sign_is_refused(kind, amount):
    assert _code(_entry, kind=kind, amount_micros=amount) == "wrong_sign"


def test_an_adjustment_may_go_either_way():
    assert [_entry(kind="adjustment", amount_micros=amount).amount_micros for amount in (-3, 3)] == [-3, 3]


def test_an_entry_without_a_key_is_refused():
    assert _code(_entry, key="") == "key_missing"


def test_a_balance_never_mixes_currencies_or_counts_a_key_twice():
    assert _code(balance, [_entry(), _entry("top_up/2", currency="EUR")], "USD") == "currency_mismatch"
    assert _code(balance, [_entry(), replace(_entry(), at=AT + 1)], "USD") == "key_conflict"


@given(st.lists(st.integers(min_value=-(10**15), max_value=10**15)))
def test_the_balance_is_the_sum_of_the_entries(amounts):
    entries = [_entry(f"adjustment/{place}", "adjustment", amount) for place, amount in enumerate(amounts)]

    assert balance(entries, "USD") == sum(amounts)
