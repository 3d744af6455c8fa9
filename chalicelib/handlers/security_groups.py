"""Security groups, and the countries that can be picked for them."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint

from chalicelib.auth import Role
from chalicelib.domain.country_numbers import UnknownCountryError, countries, country_prefixes
from chalicelib.domain.errors import field_error
from chalicelib.domain.sentences import say
from chalicelib.handlers.crud import Crud, register
from chalicelib.handlers.http import Call, endpoint
from chalicelib.schemas.security_groups import CountriesView, CountryView, SecurityGroupBody, SecurityGroupView
from chalicelib.storage.security_groups import SECURITY_GROUP

blueprint = Blueprint(__name__)

ADMINS: tuple[Role, ...] = ("isp_admin", "tenant_admin")


@endpoint(blueprint, "GET", "/countries", roles=ADMINS, out=CountriesView, summary="What a security group can allow")
def list_countries(call: Call[Any]) -> CountriesView:
    return CountriesView(items=[CountryView.model_validate(country) for country in countries(call.language)])


def _values(body: SecurityGroupBody) -> dict[str, Any]:
    expanded: set[str] = set()
    for place, country in enumerate(body.countries):
        try:
            expanded |= set(country_prefixes(country).prefixes)
        except UnknownCountryError as error:
            raise field_error(f"countries.{place}", say("country_not_listed", country=country)) from error
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
