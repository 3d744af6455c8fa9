"""The prefixes that the countries of a security group allow."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.domain.country_numbers import UnknownCountryError, country_prefixes
from chalicelib.domain.errors import field_error
from chalicelib.domain.sentences import say


def expand_countries(countries: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """By country. An unknown one is refused at its place."""
    expanded: dict[str, tuple[str, ...]] = {}
    for place, country in enumerate(countries):
        try:
            expanded[country] = country_prefixes(country).prefixes
        except UnknownCountryError as error:
            raise field_error(f"countries.{place}", say("country_not_listed", country=country)) from error
    return expanded
