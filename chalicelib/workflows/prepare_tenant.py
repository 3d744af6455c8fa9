"""A tenant as stored: its whole SIP domain, and what the customer's service plan gives where nothing was chosen."""

from __future__ import annotations

from typing import Any

from chalicelib.domain.errors import PatchbayError, field_error
from chalicelib.domain.sentences import say
from chalicelib.settings import settings
from chalicelib.storage.customers import CUSTOMER
from chalicelib.storage.domains import find_domain_id
from chalicelib.storage.isps import get_isp
from chalicelib.storage.records import find_record
from chalicelib.storage.scope import IspScope
from chalicelib.storage.service_plans import SERVICE_PLAN
from chalicelib.storage.tenants import Tenant


def prepare_tenant(scope: IspScope, values: dict[str, Any]) -> dict[str, Any]:
    """Raises ``invalid_request`` or ``reference_not_found`` naming the field."""
    return values | _domain(scope, values["domain"]) | _defaults(scope, values)


def refuse_other_domain(_: IspScope, before: Tenant, values: dict[str, Any]) -> None:
    """The domain is the realm of every password of the tenant."""
    if before.domain != values["domain"]:
        raise PatchbayError("immutable", say("domain_in_digests"))


def _domain(scope: IspScope, text: str) -> dict[str, str]:
    platform = settings().platform_domain
    below = f"{get_isp(scope.isp_id).namespace}.{platform}"
    if "." not in text:
        return {"domain": f"{text}.{below}", "own_domain_id": ""}
    if text.endswith(f".{below}") and "." not in text.removesuffix(f".{below}"):
        return {"domain": text, "own_domain_id": ""}
    if text == platform or text.endswith(f".{platform}"):
        raise field_error("domain", say("domain_below_platform", below=below))
    own_domain_id = find_domain_id(scope.isp_id, text)
    if not own_domain_id:
        raise field_error("domain", say("add_domain_first", domain=text), code="domain_not_verified")
    return {"domain": text, "own_domain_id": own_domain_id}


def _defaults(scope: IspScope, values: dict[str, Any]) -> dict[str, str]:
    """The transaction proves that what is referred to exists; here only the plan's choices are read."""
    missing = [field for field in ("carrier_id", "dialplan_id") if not values[field]]
    customer = find_record(scope, CUSTOMER, values["customer_id"]) if missing else None
    plan = find_record(scope, SERVICE_PLAN, customer.service_plan_id) if customer else None
    return {field: getattr(plan, field) for field in missing} if plan else {}
