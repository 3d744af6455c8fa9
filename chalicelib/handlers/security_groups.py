"""Security groups, and the countries that can be picked for them."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint

from chalicelib.auth import Role
from chalicelib.domain.country_numbers import countries
from chalicelib.handlers.crud import Crud, register
from chalicelib.handlers.http import Call, endpoint
from chalicelib.schemas.security_groups import (
    CountriesView,
    CountryView,
    SecurityGroupBody,
    SecurityGroupTestBody,
    SecurityGroupTestView,
    SecurityGroupView,
)
from chalicelib.storage.security_groups import SECURITY_GROUP
from chalicelib.workflows.expand_countries import expand_countries
from chalicelib.workflows.try_security_group import try_security_group

blueprint = Blueprint(__name__)

ADMINS: tuple[Role, ...] = ("isp_admin", "tenant_admin")


@endpoint(blueprint, "GET", "/countries", roles=ADMINS, out=CountriesView, summary="What a security group can allow")
def list_countries(call: Call[Any]) -> CountriesView:
    return CountriesView(items=[CountryView.model_validate(country) for country in countries(call.language)])


def _values(body: SecurityGroupBody) -> dict[str, Any]:
    expanded = set[str]().union(*expand_countries(body.countries).values())
    return {
        "name": body.name,
        "countries": sorted(set(body.countries)),
        "prefixes": sorted(set(body.prefixes)),
        "country_prefixes": sorted(expanded),
    }


register(
    blueprint,
    Crud(
        noun=SECURITY_GROUP,
        level="tenant",
        path="/tenants/{tenant_id}/security-groups",
        body=SecurityGroupBody,
        view_type=SecurityGroupView,
        read=ADMINS,
        write=ADMINS,
        values=_values,
    ),
)


@endpoint(
    blueprint,
    "POST",
    "/security-group-tests",
    roles=ADMINS,
    body=SecurityGroupTestBody,
    out=SecurityGroupTestView,
    summary="What each choice adds, and whether a number may be called",
)
def test_security_group(call: Call[SecurityGroupTestBody]) -> SecurityGroupTestView:
    return try_security_group(call.body)
