"""Countries and time zones that exist."""

from __future__ import annotations

from chalicelib.domain.errors import field_error
from chalicelib.domain.places import is_country, is_time_zone
from chalicelib.domain.sentences import say


def check_place(*, country: str | None = None, time_zone: str | None = None) -> None:
    if country is not None and not is_country(country):
        raise field_error("country", say("no_such_country"))
    if time_zone is not None and not is_time_zone(time_zone):
        raise field_error("time_zone", say("no_such_time_zone"))
