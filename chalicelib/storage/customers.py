"""Customers: who buys PBX service from an ISP."""

from __future__ import annotations

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute

from chalicelib.domain.errors import field_error
from chalicelib.domain.parts import core_key
from chalicelib.domain.sentences import say
from chalicelib.storage import keys
from chalicelib.storage.customer_tenants import page_of_links
from chalicelib.storage.database import database
from chalicelib.storage.items import Record
from chalicelib.storage.outbox import CHUNK, put_outbox_item
from chalicelib.storage.records import Noun, find_record
from chalicelib.storage.references import Reference, check_unchanged, find_uses
from chalicelib.storage.scope import IspScope
from chalicelib.storage.service_plans import SERVICE_PLAN
from chalicelib.storage.transaction import Transaction

BALANCE = "BALANCE"
INLINE_TENANTS = CHUNK - 1  # as many as fit the customer's own transaction


class Customer(Record, discriminator="Customer"):
    name = UnicodeAttribute()
    email = UnicodeAttribute(default="")
    contact_name = UnicodeAttribute(default="")
    phone = UnicodeAttribute(default="")
    address = UnicodeAttribute(default="")
    tax_id = UnicodeAttribute(default="")
    notes = UnicodeAttribute(default="")
    service_plan_id = UnicodeAttribute()
    currency = UnicodeAttribute(default="")  # of the plan; stays once there is a balance
    suspended = BooleanAttribute(default=False)


def _effects(scope: IspScope, tx: Transaction, before: Customer | None, after: Customer | None) -> None:
    if after is None:
        return
    if before is None or before.service_plan_id != after.service_plan_id:
        _take_currency(scope, tx, after)
    if before is not None and _routing(before) != _routing(after):
        _bump_tenants(scope, tx, after.id)


def _routing(customer: Customer) -> tuple[bool, str]:
    return bool(customer.suspended), customer.service_plan_id


def _take_currency(scope: IspScope, tx: Transaction, after: Customer) -> None:
    """From the plan, whose currency never changes. Once anything has been booked it stays."""
    plan = find_record(scope, SERVICE_PLAN, after.service_plan_id)
    if plan is None:
        return  # refused by the reference
    if after.currency and after.currency != plan.currency:
        message = say("balance_in_other_currency", balance=after.currency, plan=plan.currency)
        tx.check(
            keys.customer(after.id),
            BALANCE,
            condition="attribute_not_exists(PK)",
            on_conflict=field_error("service_plan_id", message, code="currency_mismatch"),
        )
    after.currency = plan.currency


def _bump_tenants(scope: IspScope, tx: Transaction, customer_id: str) -> None:
    """With the change itself if they are few; nothing may come or go meanwhile. Else afterwards, in chunks."""
    uses = find_uses(scope.pk, CUSTOMER.sk(customer_id))
    links = page_of_links(customer_id, limit=INLINE_TENANTS + 1)
    if len(links) > INLINE_TENANTS:
        put_outbox_item(tx, customer_id)
        return
    check_unchanged(tx, scope.pk, CUSTOMER.sk(customer_id), uses)
    for link in links:
        tx.bump(core_key(link.tenant_id), [link.sbc_id])


CUSTOMER = Noun(
    "customer",
    "cus",
    "CUSTOMER#",
    Customer,
    effects=_effects,
    referable=True,
    references=(Reference("service_plan_id", SERVICE_PLAN.sk_prefix),),
    index_name=lambda record: str(record.name),
)


def currency_of_customer(scope: IspScope, customer_id: str) -> str:
    """Also of one that was deleted in the last 30 days; empty for who is gone."""
    places = [(scope.pk, prefix + CUSTOMER.sk(customer_id)) for prefix in ("", keys.DELETED)]
    found = database().get_many(Customer, places)
    return str(found[0].currency) if found else ""
