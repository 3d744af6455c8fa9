"""Release 0.2.0 lists the subscribers of a tenant by name from a small item each, written with the subscriber: those
from before have none until they are changed.

A contact is written only if its subscriber still has the version it was made of, so that somebody who renames or
deletes the subscriber at that moment comes before or after it, never in between. Contacts whose subscriber is gone or
has another name, as an earlier release leaves them behind that was gone back to, are deleted in the same way.
"""

from __future__ import annotations

from chalicelib.domain.errors import PatchbayError
from chalicelib.migrations.migration import Migration, Place, Step
from chalicelib.migrations.walk import begin_isp, end_isp
from chalicelib.storage import keys
from chalicelib.storage.contacts import Contact, contacts_by_key
from chalicelib.storage.database import Key, Page, database
from chalicelib.storage.scope import TenantScope
from chalicelib.storage.subscribers import SUBSCRIBER, Subscriber, own_contact, subscribers_by_id
from chalicelib.storage.tenants import Tenant, scope_of
from chalicelib.storage.transaction import EXISTS, NEW, Transaction

CHUNK = 40  # subscribers; each takes a check and a write of the ninety


def step(place: Place, tx: Transaction) -> Step:
    """A chunk of one tenant: its subscribers first, then its contacts."""
    if "isp_id" not in place:
        return begin_isp(place)
    if "tenant_id" not in place:
        return _begin_tenant(place)
    scope = _scope(place)
    if scope is None:  # deleted meanwhile
        return Step(_end_tenant(place))
    write = _delete_stale if place["sweeps"] else _write_missing
    seen, changed, last_key = write(scope, tx, place["after"])
    after = place | {"after": last_key, "changed": place["changed"] + changed}
    if last_key is None:
        after = _end_tenant(after) if place["sweeps"] else after | {"sweeps": True}
    return Step(after, seen=seen, changed=changed)


def _begin_tenant(place: Place) -> Step:
    page = database().page(
        Tenant, keys.isp(place["isp_id"]), prefix=keys.tenant_sk(""), limit=1, after=place.get("tenant_key")
    )
    if not page.items:
        return Step(end_isp(place))
    tenant = page.items[0]
    tenant_key = {"PK": {"S": tenant.pk}, "SK": {"S": tenant.sk}}
    return Step(place | {"tenant_id": tenant.id, "tenant_key": tenant_key, "sweeps": False, "after": None}, seen=1)


def _end_tenant(place: Place) -> Place:
    return {name: place[name] for name in ("isp_id", "isp_key", "tenant_key", "changed")}


def _scope(place: Place) -> TenantScope | None:
    tenant = database().find(Tenant, keys.isp(place["isp_id"]), keys.tenant_sk(place["tenant_id"]))
    return None if tenant is None else scope_of(place["isp_id"], tenant)


def _write_missing(scope: TenantScope, tx: Transaction, after: Key | None) -> tuple[int, int, Key | None]:
    page: Page[Subscriber] = database().page(
        Subscriber, scope.pk, prefix=SUBSCRIBER.sk_prefix, limit=CHUNK, after=after
    )
    wanted = [(subscriber, own_contact(scope, subscriber)) for subscriber in page.items]
    known = contacts_by_key(scope, [contact.sk for _, contact in wanted])
    changed = 0
    for subscriber, contact in wanted:
        found = known.get(contact.sk)
        if found is None or found.attribute_values != contact.attribute_values:
            _check_same(tx, scope, subscriber.id, subscriber)
            tx.put(contact)
            changed += 1
    return len(page.items), changed, page.last_key


def _delete_stale(scope: TenantScope, tx: Transaction, after: Key | None) -> tuple[int, int, Key | None]:
    page: Page[Contact] = database().page(Contact, scope.pk, prefix=keys.CONTACT, limit=CHUNK, after=after)
    found = subscribers_by_id(scope, {contact.subscriber_id for contact in page.items})
    checked: set[str] = set()
    changed = 0
    for contact in page.items:
        subscriber = found.get(contact.subscriber_id)
        if subscriber is not None and own_contact(scope, subscriber).sk == contact.sk:
            continue
        if contact.subscriber_id not in checked:  # a transaction takes one operation per item
            _check_same(tx, scope, contact.subscriber_id, subscriber)
            checked.add(contact.subscriber_id)
        tx.delete(contact.pk, contact.sk)
        changed += 1
    return len(page.items), changed, page.last_key


def _check_same(tx: Transaction, scope: TenantScope, subscriber_id: str, seen: Subscriber | None) -> None:
    """Nobody has changed, deleted or restored the subscriber since it was read."""
    sk = keys.subscriber_sk(subscriber_id)
    busy = PatchbayError("try_again")
    if seen is None:
        tx.check(scope.pk, sk, condition=NEW, on_conflict=busy)
    else:
        tx.check(
            scope.pk, sk, condition=f"{EXISTS} AND version = :version", on_conflict=busy, version=int(seen.version)
        )


MIGRATION = Migration(
    number=1,
    name="contacts",
    about="Lists every tenant's subscribers by name for the phone console, also those from before release 0.2.0",
    step=step,
)
