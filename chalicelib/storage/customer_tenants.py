"""The tenants of a customer, with the SBC that each is on, so that a change of the customer reaches all of them."""

from __future__ import annotations

from pynamodb.attributes import UnicodeAttribute

from chalicelib.storage import keys
from chalicelib.storage.database import database
from chalicelib.storage.items import Item
from chalicelib.storage.transaction import Transaction

PREFIX = "TENANT#"
AFTER_ALL = "TENANT$"  # the character behind "#": sorts after every link


class CustomerTenant(Item, discriminator="CustomerTenant"):
    tenant_id = UnicodeAttribute()
    sbc_id = UnicodeAttribute()


def put_link(tx: Transaction, customer_id: str, tenant_id: str, sbc_id: str) -> None:
    tx.put(CustomerTenant(pk=keys.customer(customer_id), sk=f"{PREFIX}{tenant_id}", tenant_id=tenant_id, sbc_id=sbc_id))


def delete_link(tx: Transaction, customer_id: str, tenant_id: str) -> None:
    tx.delete(keys.customer(customer_id), f"{PREFIX}{tenant_id}")


def page_of_links(customer_id: str, *, after: str = "", limit: int) -> list[CustomerTenant]:
    """``after``: the sort key of the last one seen."""
    low = f"{after}\x00" if after else PREFIX
    return database().page(CustomerTenant, keys.customer(customer_id), between=(low, AFTER_ALL), limit=limit).items
