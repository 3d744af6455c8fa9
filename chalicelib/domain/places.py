"""Countries (ISO 3166-1 alpha-2) and time zones (IANA), both as the pinned tzdata package lists them."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from zoneinfo import available_timezones

NOT_PLACES = frozenset({"Factory", "localtime", "posixrules"})


def is_country(code: str) -> bool:
    return code in _countries()


def is_time_zone(name: str) -> bool:
    return name in _time_zones()


@cache
def _countries() -> frozenset[str]:
    table = (files("tzdata") / "zoneinfo" / "iso3166.tab").read_text()
    return frozenset(line[:2] for line in table.splitlines() if line and not line.startswith("#"))


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones() - NOT_PLACES)
