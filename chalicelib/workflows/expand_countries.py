"""The prefixes that the countries of a security group allow."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.domain.country_numbers import UnknownCountryError, country_prefixes
from chalicelib.domain.errors import field_error


def expand_countries(countries: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """By country. An unknown one is refused at its place."""
    expanded: dict[str, tuple[str, ...]] = {}
    for place, country in enumerate(countries):
        try:
            expanded[country] = country_prefixes(country).prefixes
        except UnknownCountryError as error:
            raise field_error(f"countries.{place}", f"{country} is no country of the list") from error
    return expanded
