"""Service plans: what an ISP sells. Their kind of payment stands in the ISP's part."""

from __future__ import annotations

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.domain.errors import field_error
from chalicelib.domain.sentences import say
from chalicelib.storage.carriers import CARRIER
from chalicelib.storage.dialplans import DIALPLAN
from chalicelib.storage.isp_sbcs import bump_isp
from chalicelib.storage.items import Record
from chalicelib.storage.rate_decks import RATE_DECK, StoredRateDeck
from chalicelib.storage.records import Noun, find_record
from chalicelib.storage.references import Reference
from chalicelib.storage.scope import IspScope
from chalicelib.storage.service_decks import SERVICE_DECK, StoredServiceDeck
from chalicelib.storage.transaction import Transaction


class ServicePlan(Record, discriminator="ServicePlan"):
    name = UnicodeAttribute()
    currency = UnicodeAttribute()
    payment = UnicodeAttribute()  # prepaid or postpaid
    carrier_id = UnicodeAttribute(default="")  # what new tenants get unless they say otherwise
    dialplan_id = UnicodeAttribute(default="")
    subscriber_month_micros = NumberAttribute(default=0)
    did_month_micros = NumberAttribute(default=0)
    invoice_day = NumberAttribute(default=1)
    service_deck_id = UnicodeAttribute(default="")
    rate_deck_id = UnicodeAttribute(default="")


def _effects(scope: IspScope, tx: Transaction, before: ServicePlan | None, after: ServicePlan | None) -> None:
    if after is not None:
        _check_currencies(scope, before, after)
    if before is None or after is None or before.payment != after.payment:
        bump_isp(tx, scope.isp_id)


def _check_currencies(scope: IspScope, before: ServicePlan | None, after: ServicePlan) -> None:
    """A deck's currency never changes, so it needs no check within the transaction."""
    if before is None or before.service_deck_id != after.service_deck_id:
        service_deck = find_record(scope, SERVICE_DECK, after.service_deck_id)
        _check_currency("service_deck_id", service_deck, after)
    if before is None or before.rate_deck_id != after.rate_deck_id:
        rate_deck = find_record(scope, RATE_DECK, after.rate_deck_id)
        _check_currency("rate_deck_id", rate_deck, after)


def _check_currency(field: str, deck: StoredServiceDeck | StoredRateDeck | None, plan: ServicePlan) -> None:
    if deck is not None and deck.currency != plan.currency:
        message = say("deck_in_other_currency", deck=deck.currency, plan=plan.currency)
        raise field_error(field, message, code="currency_mismatch")


SERVICE_PLAN = Noun(
    "service_plan",
    "spl",
    "SERVICEPLAN#",
    ServicePlan,
    effects=_effects,
    referable=True,
    references=(
        Reference("carrier_id", CARRIER.sk_prefix),
        Reference("dialplan_id", DIALPLAN.sk_prefix),
        Reference("service_deck_id", SERVICE_DECK.sk_prefix),
        Reference("rate_deck_id", RATE_DECK.sk_prefix),
    ),
)
