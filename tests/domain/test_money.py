import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.money import (
    AmountError,
    currency_digits,
    decimal_text,
    format_amount,
    is_currency,
    parse_amount,
)


@pytest.mark.parametrize(
    ("text", "micros"),
    [("0", 0), ("12", 12_000_000), ("0.025", 25_000), ("0.000001", 1), ("-1.50", -1_500_000), ("007.1", 7_100_000)],
)
def test_a_decimal_text_is_read_exactly(text, micros):
    assert parse_amount(text) == micros


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "amount_malformed"),
        (".5", "amount_malformed"),
        ("1.", "amount_malformed"),
        ("1,50", "amount_malformed"),
        ("1e3", "amount_malformed"),
        (" 1", "amount_malformed"),
        ("1\n", "amount_malformed"),
        ("+1", "amount_malformed"),
        ("NaN", "amount_malformed"),
        ("\u0661", "amount_malformed"),  # ARABIC-INDIC DIGIT ONE is a digit to int()
        ("0.0000001", "amount_too_precise"),
        ("1234567890123", "amount_too_large"),
    ],
)
def test_what_is_not_an_exact_amount_is_refused_by_name(text, code):
    with pytest.raises(AmountError) as caught:
        parse_amount(text)

    assert caught.value.code == code


@given(st.integers(min_value=-(10**18) + 1, max_value=10**18 - 1))
def test_an_amount_survives_being_written_and_read(micros):
    assert parse_amount(decimal_text(micros)) == micros


@pytest.mark.parametrize(
    ("micros", "currency", "shown"),
    [
        (1_100_000, "USD", "1.10 USD"),
        (1_005_000, "USD", "1.01 USD"),
        (1_004_999, "USD", "1.00 USD"),
        (-1_005_000, "USD", "-1.01 USD"),
        (-4_999, "USD", "0.00 USD"),
        (1_500_000, "JPY", "2 JPY"),
        (1_234_500, "KWD", "1.235 KWD"),
    ],
)
def test_an_amount_is_shown_in_the_digits_of_its_currency(micros, currency, shown):
    assert format_amount(micros, currency) == shown


def test_currencies_are_known_by_their_iso_codes():
    assert is_currency("BRL")
    assert not is_currency("brl")
    assert not is_currency("XAU")
    assert [currency_digits(code) for code in ("USD", "JPY", "BHD")] == [2, 0, 3]
