"""Money as integers in millionths of the currency (``_micros``). No floats anywhere: a float makes 1.10 into 1.11."""

from __future__ import annotations

import re
from typing import Literal

from chalicelib.domain.currencies import currency_digits, is_currency

__all__ = ["MICROS", "AmountError", "currency_digits", "decimal_text", "format_amount", "is_currency", "parse_amount"]

MICROS = 1_000_000
DECIMALS = 6
MAX_WHOLE_DIGITS = 12  # 10^18 millionths still fit a signed 64-bit integer, for whoever reads an export

AmountErrorCode = Literal["amount_malformed", "amount_too_precise", "amount_too_large"]

_DECIMAL = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?")


class AmountError(ValueError):
    """A text that isn't an amount; ``code`` says in which way."""

    def __init__(self, code: AmountErrorCode, message: str) -> None:
        super().__init__(message)
        self.code: AmountErrorCode = code


def parse_amount(text: str) -> int:
    """Millionths of a plain decimal such as ``12``, ``0.025`` or ``-1.50``; AmountError for anything else.

    No exponent, thousands separator, currency sign or surrounding space is accepted, and nothing is rounded.
    """
    found = _DECIMAL.fullmatch(text)
    if found is None:
        raise AmountError("amount_malformed", f"{text!r} isn't a decimal number such as 12 or 0.025")
    sign, whole, fraction = found[1], found[2], found[3] or ""
    if len(fraction) > DECIMALS:
        raise AmountError("amount_too_precise", f"{text!r} has more than {DECIMALS} decimals")
    if len(whole.lstrip("0")) > MAX_WHOLE_DIGITS:
        raise AmountError("amount_too_large", f"{text!r} has more than {MAX_WHOLE_DIGITS} digits before the point")
    micros = int(whole) * MICROS + int(fraction.ljust(DECIMALS, "0"))
    return -micros if sign else micros


def decimal_text(micros: int, *, decimals: int = DECIMALS) -> str:
    """The decimal text of an amount, rounded half up by magnitude to ``decimals`` (0 to 6; 6 is exact)."""
    if not 0 <= decimals <= DECIMALS:
        raise ValueError(f"decimals: 0 to {DECIMALS}, got {decimals}")
    units = divide_half_up(abs(micros), 10 ** (DECIMALS - decimals))
    whole, fraction = divmod(units, 10**decimals)
    sign = "-" if micros < 0 and units else ""
    return f"{sign}{whole}.{fraction:0{decimals}d}" if decimals else f"{sign}{whole}"


def format_amount(micros: int, currency: str) -> str:
    """For display: rounded to the currency's own digits, with its code. KeyError for an unknown currency."""
    return f"{decimal_text(micros, decimals=currency_digits(currency))} {currency}"


def divide_half_up(numerator: int, denominator: int) -> int:
    """``numerator / denominator`` rounded half up; both count as non-negative."""
    return (2 * numerator + denominator) // (2 * denominator)
