"""The subscribers of a tenant by name, for each other: a small item each, kept by the subscriber's own transactions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pynamodb.attributes import UnicodeAttribute

from chalicelib.domain.contacts import fold, sort_name
from chalicelib.storage import keys
from chalicelib.storage.database import Key, database
from chalicelib.storage.items import Item
from chalicelib.storage.scope import TenantScope
from chalicelib.storage.transaction import Transaction

READ_TOGETHER = 1_000
MAX_QUERIES = 10  # of one page of a search; a tenant larger than that gets short pages


class Contact(Item, discriminator="Contact"):
    """``name`` is never empty: it is the username of who has none."""

    subscriber_id = UnicodeAttribute()
    username = UnicodeAttribute()
    alias = UnicodeAttribute(default="")
    name = UnicodeAttribute()


@dataclass(frozen=True, slots=True)
class Contacts:
    items: list[Contact]
    last_key: Key | None


def make_contact(scope: TenantScope, subscriber_id: str, *, username: str, alias: str, name: str) -> Contact:
    return Contact(
        pk=scope.pk,
        sk=keys.contact_sk(sort_name(name, username), subscriber_id),
        subscriber_id=subscriber_id,
        username=username,
        alias=alias,
        name=name or username,
    )


def follow_contact(tx: Transaction, before: Contact | None, after: Contact | None) -> None:
    """From one to the other, without a write when nothing of it has changed."""
    if before is not None and (after is None or after.sk != before.sk):
        tx.delete(before.pk, before.sk)
    if after is not None and (before is None or after.attribute_values != before.attribute_values):
        tx.put(after)


def contacts_by_key(scope: TenantScope, sort_keys: Iterable[str]) -> dict[str, Contact]:
    """Those of these that there are; one read for every 100."""
    found = database().get_many(Contact, [(scope.pk, sk) for sk in sort_keys])
    return {str(contact.sk): contact for contact in found}


def page_of_contacts(scope: TenantScope, *, search: str, limit: int, after: Key | None) -> Contacts:
    """In order of name. One query; a search reads a thousand at a time."""
    if not search:
        page = database().page(Contact, scope.pk, prefix=keys.CONTACT, limit=limit, after=after)
        return Contacts(page.items, page.last_key)
    wanted, found = fold(search), list[Contact]()
    for _ in range(MAX_QUERIES):
        page = database().page(Contact, scope.pk, prefix=keys.CONTACT, limit=READ_TOGETHER, after=after)
        for contact in page.items:
            if _matches(contact, wanted):
                found.append(contact)
                if len(found) == limit:
                    return Contacts(found, {"PK": {"S": contact.pk}, "SK": {"S": contact.sk}})
        after = page.last_key
        if after is None:
            break
    return Contacts(found, after)


def _matches(contact: Contact, wanted: str) -> bool:
    return any(wanted in fold(text) for text in (contact.name, contact.username, contact.alias))
