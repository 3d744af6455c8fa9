"""The prefixes of E.164 numbers that picking a country in a security group allows.

A country with a calling code of its own is that code. A shared code is split by phonenumbers' metadata: a number
belongs to the first of the code's regions (the main country leads) whose number patterns and leading digits contain
it, which is how phonenumbers itself tells the region. A country then gets the shortest prefixes under which no number
of another region lies; prefixes without any number go to nobody. Services numbered the same in all regions of a code
(+44 800, mobiles in +590 69) are the main country's.

In North America (+1) a prefix is always a whole area code, so that an area code assigned in future isn't allowed
before the metadata knows whose it is. The USA are the geographic codes of ``data/us_area_codes.py``; toll free is a
choice of its own.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from chalicelib.domain.data.country_names import ENGLISH_NAMES
from chalicelib.domain.data.country_names_pt import PORTUGUESE_NAMES
from chalicelib.domain.data.fraud_risk import FRAUD_RISK
from chalicelib.domain.data.us_area_codes import US_AREA_CODES, US_TOLL_FREE_CODES
from chalicelib.domain.digit_patterns import DIGITS, NOTHING, Pattern, after, parse, union
from chalicelib.domain.language import Language, Text

if TYPE_CHECKING:
    from phonenumbers import PhoneMetadata

US_TOLL_FREE = "US-TOLLFREE"
_US_TOLL_FREE_NAME = Text("United States, toll free", "Estados Unidos, ligação gratuita")

_NORTH_AMERICA = 1
_GEOGRAPHIC = ("fixed_line", "mobile")
_ALL_TYPES = (
    *_GEOGRAPHIC, "toll_free", "premium_rate", "shared_cost", "personal_number", "voip", "pager", "uan",
)  # fmt: skip

# Calling codes without a country (ITU-T E.164 Annex D), by the name they are picked by, and whether fraud favours them.
_WORLDWIDE: Mapping[str, tuple[Text, str, bool]] = {
    "INTL-800": (Text("International toll free", "Ligação gratuita internacional"), "800", False),
    "INTL-808": (Text("International shared cost", "Custo compartilhado internacional"), "808", False),
    "INTL-870": (Text("Inmarsat satellite phones", "Telefones por satélite Inmarsat"), "870", True),
    "INTL-878": (Text("Universal personal numbers", "Números pessoais universais"), "878", True),
    "INTL-881": (Text("Global mobile satellite phones", "Telefones móveis por satélite (GMSS)"), "881", True),
    "INTL-882": (Text("International networks (882)", "Redes internacionais (882)"), "882", True),
    "INTL-883": (Text("International networks (883)", "Redes internacionais (883)"), "883", True),
    "INTL-979": (Text("International premium rate", "Tarifa especial internacional"), "979", True),
}

# The numbers of one region that may still follow a prefix: (by number patterns, by leading digits).
_Rest = tuple[Pattern, Pattern]


class UnknownCountryError(ValueError):
    """No such country code."""


@dataclass(frozen=True, slots=True)
class Country:
    """``country`` is ISO 3166, or the name of a choice that is no country. ``calling_code`` is digits without "+"."""

    country: str
    name: str
    calling_code: str
    fraud_risk: bool


@dataclass(frozen=True, slots=True)
class CountryPrefixes:
    """E.164 prefixes with "+". ``toll_free`` aren't among ``prefixes``: they are to be asked for apart."""

    country: str
    prefixes: tuple[str, ...]
    toll_free: tuple[str, ...]


def countries(language: Language) -> list[Country]:
    """All that can be picked, by their names in the language; worldwide services and toll free included."""
    from phonenumbers import country_code_for_region

    names = ENGLISH_NAMES if language == "en" else PORTUGUESE_NAMES
    found = [
        Country(code, name, str(country_code_for_region(code)), code in FRAUD_RISK) for code, name in names.items()
    ]
    found.extend(Country(code, name.into(language), digits, risk) for code, (name, digits, risk) in _WORLDWIDE.items())
    found.append(Country(US_TOLL_FREE, _US_TOLL_FREE_NAME.into(language), "1", fraud_risk=False))
    return sorted(found, key=lambda country: _without_accents(country.name))


def _without_accents(name: str) -> str:
    """As dictionaries sort: "Á" with "A"."""
    return "".join(letter for letter in unicodedata.normalize("NFD", name) if not unicodedata.combining(letter))


@lru_cache(maxsize=512)
def country_prefixes(iso2: str) -> CountryPrefixes:
    """What picking a country (a ``Country.country`` of ``countries``) allows. Raises ``UnknownCountryError``."""
    toll_free = tuple(f"+1{code}" for code in US_TOLL_FREE_CODES)
    if iso2 == US_TOLL_FREE:
        return CountryPrefixes(iso2, toll_free, ())
    if iso2 == "US":
        return CountryPrefixes(iso2, tuple(f"+1{code}" for code in US_AREA_CODES), toll_free)
    if iso2 in _WORLDWIDE:
        return CountryPrefixes(iso2, (f"+{_WORLDWIDE[iso2][1]}",), ())
    if iso2 not in ENGLISH_NAMES:
        raise UnknownCountryError(iso2[:16])
    return CountryPrefixes(iso2, _prefixes_of_region(iso2), toll_free if iso2 == "CA" else ())


def _prefixes_of_region(region: str) -> tuple[str, ...]:
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, country_code_for_region

    code = country_code_for_region(region)
    regions = COUNTRY_CODE_TO_REGION_CODE[code]
    if len(regions) == 1:
        return (f"+{code}",)
    if code == _NORTH_AMERICA:
        return tuple(f"+1{area_code}" for area_code in _area_codes(region))
    return tuple(f"+{code}{prefix}" for prefix in _split(regions)[region])


def _area_codes(region: str) -> list[str]:
    pattern, leading = _numbers_of(region, _GEOGRAPHIC)
    return [
        f"{number}"
        for number in range(200, 1000)
        if not (_rest_after(pattern, str(number)).empty or _rest_after(leading, str(number)).empty)
    ]


def _rest_after(pattern: Pattern, digits: str) -> Pattern:
    for digit in digits:
        pattern = after(pattern, digit)
    return pattern


def _numbers_of(region: str, types: tuple[str, ...]) -> _Rest:
    from phonenumbers import PhoneMetadata

    metadata = PhoneMetadata.metadata_for_region(region)
    if metadata is None:
        return NOTHING, NOTHING
    leading = parse(f"(?:{metadata.leading_digits or ''})\\d{{0,15}}")
    return union(parse(expression) for expression in _expressions(metadata, types)), leading


def _expressions(metadata: PhoneMetadata, types: tuple[str, ...]) -> list[str]:
    descriptions = (getattr(metadata, name) for name in types)
    return [found.national_number_pattern for found in descriptions if found and found.national_number_pattern]


def _split(regions: tuple[str, ...]) -> dict[str, list[str]]:
    """The national prefixes of each region that shares a calling code, main country first in ``regions``."""
    found: dict[str, list[str]] = {region: [] for region in regions}
    known: dict[tuple[_Rest, ...], frozenset[int]] = {}

    def owners(rests: tuple[_Rest, ...]) -> frozenset[int]:
        """The regions, by place, that own a number among these rests."""
        if rests not in known:
            ending = (place for place, (pattern, leading) in enumerate(rests) if pattern.ends and leading.ends)
            first = next(ending, None)
            own = frozenset() if first is None else frozenset({first})
            longer = (_step(rests, digit) for digit in DIGITS)
            known[rests] = own.union(
                *(owners(rest) for rest in longer if any(not pattern.empty for pattern, _ in rest))
            )
        return known[rests]

    def walk(prefix: str, rests: tuple[_Rest, ...]) -> None:
        owning = owners(rests)
        if len(owning) == 1:
            found[regions[next(iter(owning))]].append(prefix)
        elif owning:
            for digit in DIGITS:
                walk(prefix + digit, _step(rests, digit))

    walk("", tuple(_numbers_of(region, _ALL_TYPES) for region in regions))
    return found


def _step(rests: tuple[_Rest, ...], digit: str) -> tuple[_Rest, ...]:
    """All rests after one more digit; one that can't go on by either side is nothing, so that states stay few."""
    moved = ((after(pattern, digit), after(leading, digit)) for pattern, leading in rests)
    return tuple(
        (NOTHING, NOTHING) if pattern.empty or leading.empty else (pattern, leading) for pattern, leading in moved
    )
