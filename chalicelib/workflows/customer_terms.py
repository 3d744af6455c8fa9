"""What a customer pays by: currency and decks of its service plan, in the versions in force when a call began."""

from __future__ import annotations

from dataclasses import dataclass, field

from chalicelib.domain.decks import ChunkDeck, DeckRef, MissingDeck, RateDeck, ServiceDeck
from chalicelib.domain.sentences import Sentence, say
from chalicelib.storage import keys
from chalicelib.storage.customers import CUSTOMER, Customer
from chalicelib.storage.database import database
from chalicelib.storage.deck_versions import DeckHistory
from chalicelib.storage.rate_decks import RATE_DECK, RateDeckVersion, lookup_rate_chunk
from chalicelib.storage.records import find_record, get_record
from chalicelib.storage.scope import IspScope
from chalicelib.storage.service_decks import SERVICE_DECK, ServiceDeckVersion, rated_service_deck
from chalicelib.storage.service_plans import SERVICE_PLAN, ServicePlan

GONE = say("deck_gone")
EMPTY = say("deck_empty")


@dataclass(slots=True)
class Terms:
    """For one batch of calls: what was read is kept. ``problem``: why nothing can be rated."""

    scope: IspScope
    currency: str
    service_deck_id: str = ""  # empty: the plan has none
    rate_deck_id: str = ""
    problem: Sentence | None = None
    _service: DeckHistory[ServiceDeckVersion] | None = None
    _rate: DeckHistory[RateDeckVersion] | None = None
    _payloads: dict[tuple[int, str], str | None] = field(default_factory=dict)

    def find_service_deck(self, at: int) -> ServiceDeck | MissingDeck | None:
        """For a call that began at ``at``; None if the plan has none."""
        if not self.service_deck_id:
            return None
        if self._service is None:
            deck = find_record(self.scope, SERVICE_DECK, self.service_deck_id)
            if deck is None:
                return MissingDeck(self.service_deck_id, GONE)
            self._service = DeckHistory(ServiceDeckVersion, self.scope.isp_id, deck.id, int(deck.deck_version))
        version = self._service.find_at(at)
        if version is None:
            return MissingDeck(self.service_deck_id, EMPTY)
        return rated_service_deck(version, self.service_deck_id)

    def find_rate_deck(self, number: str, at: int) -> RateDeck | MissingDeck | None:
        """What the rate deck says of ``number``, for a call that began at ``at``; None if the plan has none."""
        if not self.rate_deck_id:
            return None
        if self._rate is None:
            deck = find_record(self.scope, RATE_DECK, self.rate_deck_id)
            if deck is None:
                return MissingDeck(self.rate_deck_id, GONE)
            self._rate = DeckHistory(RateDeckVersion, self.scope.isp_id, deck.id, int(deck.deck_version))
        version = self._rate.find_at(at)
        if version is None:
            return MissingDeck(self.rate_deck_id, EMPTY)
        number_version = int(version.deck_version)
        ref = DeckRef(self.rate_deck_id, number_version, version.currency)
        return ChunkDeck(ref, self._payload(number_version, number))

    def _payload(self, version: int, number: str) -> str | None:
        if (version, number) not in self._payloads:
            found = lookup_rate_chunk(self.scope.isp_id, self.rate_deck_id, version, number) if number else None
            self._payloads[version, number] = found
        return self._payloads[version, number]


def load_terms(scope: IspScope, customer_id: str) -> Terms:
    """The terms of a customer now, also of one deleted in the last 30 days, whose last calls are still to come."""
    deleted = (scope.pk, keys.DELETED + CUSTOMER.sk(customer_id))
    found = database().get_many(Customer, [(scope.pk, CUSTOMER.sk(customer_id)), deleted])
    if not found:
        return Terms(scope, "", problem=say("customer_gone"))
    plan = find_record(scope, SERVICE_PLAN, found[0].service_plan_id)
    if plan is None:
        return Terms(scope, found[0].currency, problem=say("service_plan_gone"))
    return _terms(scope, plan, found[0].currency or plan.currency)


def terms_of_plan(scope: IspScope, service_plan_id: str) -> Terms:
    """What a customer with this plan would pay by. Raises ``not_found``."""
    plan = get_record(scope, SERVICE_PLAN, service_plan_id)
    return _terms(scope, plan, plan.currency)


def _terms(scope: IspScope, plan: ServicePlan, currency: str) -> Terms:
    return Terms(scope, currency, service_deck_id=plan.service_deck_id, rate_deck_id=plan.rate_deck_id)
