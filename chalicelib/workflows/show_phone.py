"""What a subscriber's own browser phone registers with (ADR 7)."""

from __future__ import annotations

from chalicelib.auth import Identity
from chalicelib.clients.seal import open_at_rest
from chalicelib.domain.errors import PatchbayError
from chalicelib.schemas.phones import PhoneProxy, PhoneView
from chalicelib.storage.sessions import find_session
from chalicelib.storage.subscriber_logins import SubscriberLogin, find_subscriber
from chalicelib.storage.tenants import find_tenant
from chalicelib.workflows.log_in_subscriber import check_subscriber_active, is_credential
from chalicelib.workflows.show_connection import connection_of


def show_phone(identity: Identity) -> PhoneView:
    """An access token outlives its session by minutes; the HA1 is shown only while the session stands and the password
    is still the one it began with. Raises ``not_authenticated`` or ``suspended``."""
    tenant_id = identity.tenant_ids[0] if identity.tenant_ids else ""
    session = find_session(identity.session_id)
    tenant = find_tenant(identity.isp_id, tenant_id)
    subscriber = find_subscriber(tenant_id, identity.user_id)
    if session is None or tenant is None or subscriber is None or session.user_id != subscriber.id:
        raise PatchbayError("not_authenticated")
    if not is_credential(session.credential, subscriber, tenant.domain):
        raise PatchbayError("not_authenticated")
    check_subscriber_active(SubscriberLogin(identity.isp_id, tenant, subscriber))
    connection = connection_of(domain=tenant.domain, sbc_id=tenant.sbc_id)
    return PhoneView(
        subscriber_id=subscriber.id,
        tenant_id=tenant.id,
        username=subscriber.username,
        domain=tenant.domain,
        display_name=subscriber.name,
        alias=subscriber.alias,
        language=subscriber.language,
        websocket_url=connection.websocket_url,
        proxy=PhoneProxy(host=connection.proxy_host, port=connection.proxy_port, transports=connection.transports),
        ha1=open_at_rest(subscriber.softphone_ha1, subscriber.username, tenant.domain),
    )
