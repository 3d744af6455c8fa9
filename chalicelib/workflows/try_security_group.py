"""The tester of a security group: what its choices add, and whether it lets a number through."""

from __future__ import annotations

from chalicelib.domain.parts import SecurityGroup
from chalicelib.domain.security_group import allowed_by
from chalicelib.schemas.security_groups import (
    CountryChoiceView,
    NumberVerdictView,
    SecurityGroupTestBody,
    SecurityGroupTestView,
)
from chalicelib.workflows.expand_countries import expand_countries


def try_security_group(body: SecurityGroupTestBody) -> SecurityGroupTestView:
    expanded = expand_countries(body.countries)
    return SecurityGroupTestView(
        choices=[CountryChoiceView(country=name, prefixes=len(prefixes)) for name, prefixes in expanded.items()],
        number=None if body.number is None else _verdict(body.number, frozenset(body.prefixes), expanded),
    )


def _verdict(number: str, own: frozenset[str], expanded: dict[str, tuple[str, ...]]) -> NumberVerdictView:
    prefixes = own.union(*expanded.values())
    found = allowed_by(SecurityGroup(security_group_id="", name="", prefixes=prefixes), number)
    country = next((name for name, prefixes in expanded.items() if found in prefixes), "")
    return NumberVerdictView(allowed=found is not None, prefix=found or "", country=country)
