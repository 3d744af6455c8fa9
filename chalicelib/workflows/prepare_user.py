"""A user's fields that depend on each other."""

from __future__ import annotations

from typing import Any

from chalicelib.domain.errors import field_error
from chalicelib.domain.sentences import say


def prepare_user(values: dict[str, Any]) -> dict[str, Any]:
    tenant_ids = list(dict.fromkeys(values["tenant_ids"]))
    if values["role"] == "tenant_admin" and not tenant_ids:
        raise field_error("tenant_ids", say("tenant_admin_without_tenant"))
    if values["role"] == "isp_admin" and tenant_ids:
        raise field_error("tenant_ids", say("isp_admin_with_tenants"))
    return values | {"tenant_ids": tenant_ids}
