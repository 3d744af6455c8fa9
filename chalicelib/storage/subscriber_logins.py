"""From ``user@domain`` to the subscriber, for the phone console."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.storage import keys
from chalicelib.storage.database import database
from chalicelib.storage.subscribers import Subscriber, SubscriberName
from chalicelib.storage.tenants import DomainOwner, Tenant, TenantPointer, find_tenant

NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class SubscriberLogin:
    isp_id: str
    tenant: Tenant
    subscriber: Subscriber


def find_subscriber_login(username: str, domain: str) -> SubscriberLogin | None:
    """Five reads whether or not they find anything, so that their time tells nothing. An alias is no login."""
    db = database()
    owner = db.find(DomainOwner, keys.sip_domain(domain), keys.UNIQUE)
    tenant_id = owner.tenant_id if owner else NOBODY
    pointer = db.find(TenantPointer, keys.tenant(tenant_id), keys.META)
    isp_id = pointer.isp_id if pointer else NOBODY
    tenant = find_tenant(isp_id, tenant_id)
    name = db.find(SubscriberName, keys.tenant(tenant_id), keys.subscriber_name_sk(username))
    subscriber = find_subscriber(tenant_id, name.subscriber_id if name else NOBODY)
    if tenant is None or subscriber is None or subscriber.username.lower() != username.lower():
        return None
    return SubscriberLogin(isp_id, tenant, subscriber)


def find_subscriber(tenant_id: str, subscriber_id: str) -> Subscriber | None:
    return database().find(Subscriber, keys.tenant(tenant_id), keys.subscriber_sk(subscriber_id))
