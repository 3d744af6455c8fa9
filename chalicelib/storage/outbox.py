"""Changes that concern too many parts for one transaction: an item left in it, expanded afterwards in chunks.

Whoever finds the item may expand it: each step moves its place on together with what it did, so that two who work at
once, or one who starts again, do no harm.
"""

from __future__ import annotations

from pynamodb.attributes import UnicodeAttribute

from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.parts import core_key
from chalicelib.storage import keys
from chalicelib.storage.customer_tenants import page_of_links
from chalicelib.storage.database import database
from chalicelib.storage.items import Item
from chalicelib.storage.transaction import Transaction

CHUNK = 40  # tenants; each takes two operations of the hundred


class OutboxItem(Item, discriminator="OutboxItem"):
    """The cores of all tenants of a customer have changed; those up to ``place`` are done."""

    customer_id = UnicodeAttribute()
    place = UnicodeAttribute(default="")


def put_outbox_item(tx: Transaction, customer_id: str) -> None:
    item = OutboxItem(pk=keys.OUTBOX, sk=tx.new_id("out"), customer_id=customer_id)
    tx.put_new(item)
    tx.afterwards(lambda: expand(item))


def outbox_items(*, limit: int = 100) -> list[OutboxItem]:
    """The oldest first."""
    return database().page(OutboxItem, keys.OUTBOX, limit=limit).items


def expand(item: OutboxItem) -> None:
    while True:
        links = page_of_links(item.customer_id, after=item.place, limit=CHUNK)
        tx = Transaction()
        for link in links:
            tx.bump(core_key(link.tenant_id), [link.sbc_id])
        lost = PatchbayError("version_conflict")
        if len(links) < CHUNK:
            tx.delete(item.pk, item.sk, condition="place = :seen", on_conflict=lost, seen=item.place)
        else:
            tx.update(
                item.pk,
                item.sk,
                "SET place = :next",
                condition="place = :seen",
                on_conflict=lost,
                next=links[-1].sk,
                seen=item.place,
            )
        try:
            tx.commit()
        except PatchbayError as error:
            if error is lost:
                return  # somebody else is at it
            raise
        if len(links) < CHUNK:
            return
        item.place = links[-1].sk
