"""E.164 numbers: their form, length, type, and (from ``country_numbers``) the prefixes of countries.

Everywhere a number is text with "+". phonenumbers is imported when first needed: it costs 50 ms.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from chalicelib.domain.country_numbers import (
    Country,
    CountryPrefixes,
    UnknownCountryError,
    countries,
    country_prefixes,
)

__all__ = [
    "Country",
    "CountryPrefixes",
    "NumberKind",
    "NumberType",
    "UnknownCountryError",
    "countries",
    "country_prefixes",
    "is_e164",
    "is_possible",
    "number_type",
]

NumberKind = Literal["PSTN", "MOBILE", "TOLLFREE"]

_E164 = re.compile(r"\+[1-9][0-9]{2,14}")


@dataclass(frozen=True, slots=True)
class NumberType:
    """``kind`` is what billing tells apart; ``type_name`` is phonenumbers' own (``FIXED_LINE_OR_MOBILE``, ...) and
    ``metadata_version`` the release that said so. ``region`` is ISO 3166, ``001`` for worldwide services, or empty."""

    kind: NumberKind
    type_name: str
    region: str
    metadata_version: str


def is_e164(text: str) -> bool:
    """Whether this is "+" and 3 to 15 digits, the first not 0 (ITU-T E.164); nothing is said about the length."""
    return _E164.fullmatch(text) is not None


def is_possible(number: str) -> bool:
    """Whether this is E.164 with a calling code that exists and a length that its country uses.

    Stricter than phonenumbers' ``is_possible_number``: no separators, no national prefix left in, and lengths that
    can be dialled only locally don't count.
    """
    if not is_e164(number):
        return False
    for digits in (1, 2, 3):
        lengths = _possible_lengths(number[1 : 1 + digits])
        if lengths:
            return len(number) - 1 - digits in lengths
    return False


def number_type(number: str) -> NumberType:
    """Type and region of an E.164 number; what can't be told is ``PSTN``, with type ``UNKNOWN``."""
    import phonenumbers
    from phonenumbers import PhoneNumberType

    version = phonenumbers.__version__
    if not is_e164(number):
        return NumberType("PSTN", "UNKNOWN", "", version)
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return NumberType("PSTN", "UNKNOWN", "", version)
    found = phonenumbers.number_type(parsed)
    kinds: dict[int, NumberKind] = {PhoneNumberType.MOBILE: "MOBILE", PhoneNumberType.TOLL_FREE: "TOLLFREE"}
    return NumberType(
        kind=kinds.get(found, "PSTN"),
        type_name=PhoneNumberType.to_string(found),
        region=phonenumbers.region_code_for_number(parsed) or "",
        metadata_version=version,
    )


@lru_cache(maxsize=2048)
def _possible_lengths(calling_code: str) -> frozenset[int]:
    """The lengths of national numbers under a calling code; empty when there is no such code."""
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

    regions = COUNTRY_CODE_TO_REGION_CODE.get(int(calling_code))
    if not regions:
        return frozenset()
    metadata = PhoneMetadata.metadata_for_region_or_calling_code(int(calling_code), regions[0])
    description = None if metadata is None else metadata.general_desc
    return frozenset() if description is None else frozenset(description.possible_length)
