"""Where the phones of a tenant connect."""

from __future__ import annotations

from chalicelib.schemas.tenants import ConnectionView
from chalicelib.storage.records import get_record
from chalicelib.storage.sbcs import SBC
from chalicelib.storage.scope import PlatformScope, TenantScope


def show_connection(tenant: TenantScope) -> ConnectionView:
    """One read."""
    return connection_of(domain=tenant.domain, sbc_id=tenant.sbc_id)


def connection_of(*, domain: str, sbc_id: str) -> ConnectionView:
    """A node listens on UDP and TCP at the same port (sbc/kamailio/core.cfg)."""
    sbc = get_record(PlatformScope(), SBC, sbc_id)
    host, _, port = sbc.address.rpartition(":")
    return ConnectionView(
        domain=domain,
        proxy_host=host,
        proxy_port=int(port),
        transports=["udp", "tcp"],
        websocket_url=sbc.websocket_url,
    )
