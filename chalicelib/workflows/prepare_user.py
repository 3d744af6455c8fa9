"""A user's fields that depend on each other."""

from __future__ import annotations

from typing import Any

from chalicelib.domain.errors import field_error


def prepare_user(values: dict[str, Any]) -> dict[str, Any]:
    tenant_ids = list(dict.fromkeys(values["tenant_ids"]))
    if values["role"] == "tenant_admin" and not tenant_ids:
        raise field_error("tenant_ids", "A tenant admin has at least one tenant")
    if values["role"] == "isp_admin" and tenant_ids:
        raise field_error("tenant_ids", "An ISP admin administers every tenant; name none")
    return values | {"tenant_ids": tenant_ids}
