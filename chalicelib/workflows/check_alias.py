"""An alias is looked up before the dialplan, so it must not hide an emergency or other service number."""

from __future__ import annotations

from collections.abc import Callable

from chalicelib.domain.dialplan import Normalised, normalise
from chalicelib.domain.errors import field_error
from chalicelib.domain.parts import Dialplan, DialplanRule
from chalicelib.domain.sentences import say
from chalicelib.storage.dialplans import DIALPLAN
from chalicelib.storage.records import find_record
from chalicelib.storage.scope import IspScope, TenantScope
from chalicelib.storage.tenants import find_tenant


def check_alias(scope: TenantScope, name: str, *, field: str) -> None:
    """Only names that could be dialled as a number cost the two reads."""
    if name.isdigit() and service_numbers(scope)(name):
        raise field_error(field, say("alias_is_service_number", name=name))


def service_numbers(scope: TenantScope) -> Callable[[str], bool]:
    """Tells of a name whether it is a service number of the tenant's dialplan."""
    tenant = find_tenant(scope.isp_id, scope.tenant_id)
    stored = find_record(IspScope(scope.isp_id), DIALPLAN, tenant.dialplan_id) if tenant else None
    if tenant is None or stored is None:
        return lambda _: False
    rules = tuple(DialplanRule(**{key: rule[key] for key in RULE_FIELDS}) for rule in stored.rules)
    country_code = tenant.country_code or stored.country_code
    dialplan = Dialplan(stored.id, stored.name, country_code, rules)

    def is_service_number(name: str) -> bool:
        found = normalise(dialplan, name, country_code=country_code, area_code="") if name.isdigit() else None
        return isinstance(found, Normalised) and found.kind == "service"

    return is_service_number


RULE_FIELDS = ("name", "match", "subs", "replacement", "kind")
