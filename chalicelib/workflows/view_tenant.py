"""An ISP's admin looks at a tenant with that tenant's own console: a token of its role that says who is behind it."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.auth import Identity, issue_access_token
from chalicelib.storage.scope import TenantScope
from chalicelib.storage.transaction import Transaction


def view_tenant(identity: Identity, tenant: TenantScope) -> str:
    """The access token; it ends like any other and is renewed by asking again."""
    tx = Transaction()
    tx.audit(tenant.isp_id, identity.actor(), "tenant.view", after={"tenant_id": tenant.tenant_id})
    tx.commit()
    viewing = replace(identity, role="tenant_admin", tenant_ids=(tenant.tenant_id,), acting_for=identity.user_id)
    return issue_access_token(viewing)
