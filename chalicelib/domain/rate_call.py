"""What an answered leg costs: a matching rate-deck entry, else a service-deck entry, else nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from chalicelib.domain.charge_proof import ProofFacts, make_proof
from chalicelib.domain.decks import DeckRef, MissingDeck, RateDeck, ServiceDeck
from chalicelib.domain.rating import Rate, amount_micros, billed_seconds, started_seconds
from chalicelib.domain.sentences import Sentence, say
from chalicelib.domain.services import Service

Outcome = Literal["rated", "free", "included"]
UnratedCode = Literal[
    "rate_deck_missing", "service_deck_missing", "currency_mismatch", "duration_invalid", "number_missing"
]

_FROM_RATE_DECK = frozenset({"PSTN", "MOBILE"})


@dataclass(frozen=True, slots=True)
class RatedLeg:
    """An answered leg. ``number`` is E.164 with "+", or a service number as dialled (then ``service_number``).

    ``duration_ms`` runs to the end of the leg, or, with ``estimated`` (the end wasn't seen), to the last moment it
    surely was up.
    """

    service: Service
    number: str
    duration_ms: int
    number_kind: str = ""
    metadata_version: str = ""  # of the number kind
    service_number: bool = False
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class Charge:
    """``started_at`` is the call's start, which picks the entry. ``rate`` and ``deck`` are None for "included"."""

    leg: RatedLeg
    started_at: int
    currency: str
    outcome: Outcome
    deck: DeckRef | None
    rate: Rate | None
    prefixes_tried: tuple[str, ...]
    billed_s: int
    amount_micros: int

    @property
    def reason(self) -> Sentence:
        return say(f"charge_{self.outcome}")

    @property
    def proof(self) -> dict[str, Any]:
        """Made on demand: plain JSON that ``verify_proof`` and ``explain_charge`` need nothing besides."""
        return make_proof(
            ProofFacts(
                leg={
                    "service": self.leg.service,
                    "number": self.leg.number,
                    "number_kind": self.leg.number_kind,
                    "metadata_version": self.leg.metadata_version,
                    "service_number": self.leg.service_number,
                },
                started_at=self.started_at,
                duration_ms=self.leg.duration_ms,
                estimated=self.leg.estimated,
                currency=self.currency,
                outcome=self.outcome,
                deck_id=self.deck.deck_id if self.deck else "",
                deck_version=self.deck.version if self.deck else 0,
                rate=self.rate,
                prefixes_tried=self.prefixes_tried,
            )
        )


@dataclass(frozen=True, slots=True)
class Unrated:
    """The leg can't be priced now: to be shown, and rated again when the cause is gone. Never an amount of zero."""

    code: UnratedCode
    reason: Sentence


def rate_call(
    leg: RatedLeg,
    *,
    rate_deck: RateDeck | MissingDeck | None,
    service_deck: ServiceDeck | MissingDeck | None,
    currency: str,
    at: int,
) -> Charge | Unrated:
    """The charge in ``currency`` (the customer's) for a leg of a call that started at ``at``.

    None for a deck: the service plan has none. A deck is looked into, and must exist, only if the search comes to it.
    """
    by_prefix = rate_deck is not None and leg.service in _FROM_RATE_DECK
    if leg.duration_ms < 0 or (by_prefix and not leg.number):
        return _unusable(leg)
    tried: tuple[str, ...] = ()
    if rate_deck is not None and by_prefix:
        if isinstance(rate_deck, MissingDeck):
            return Unrated("rate_deck_missing", say("rate_deck_unusable", deck=rate_deck.deck_id, why=rate_deck.reason))
        rate, tried = rate_deck.find(leg.number, at)
        # "9" in a deck doesn't list 911: a service number is listed whole or not at all.
        if rate is not None and (not leg.service_number or rate.key == leg.number):
            return _charge(leg, at=at, currency=currency, deck=rate_deck.ref, rate=rate, tried=tried)
    if service_deck is not None and not leg.service_number:
        if isinstance(service_deck, MissingDeck):
            return Unrated(
                "service_deck_missing", say("service_deck_unusable", deck=service_deck.deck_id, why=service_deck.reason)
            )
        rate = service_deck.find(leg.service, at)
        if rate is not None:
            return _charge(leg, at=at, currency=currency, deck=service_deck.ref, rate=rate, tried=tried)
    return Charge(leg, at, currency, "included", None, None, tried, 0, 0)


def _unusable(leg: RatedLeg) -> Unrated:
    if leg.duration_ms < 0:
        return Unrated("duration_invalid", say("ended_before_answer", ms=-leg.duration_ms))
    return Unrated("number_missing", say("no_number_to_rate"))


def _charge(
    leg: RatedLeg, *, at: int, currency: str, deck: DeckRef, rate: Rate, tried: tuple[str, ...]
) -> Charge | Unrated:
    if deck.currency != currency:
        reason = say("deck_and_customer_differ", deck=deck.deck_id, deck_currency=deck.currency, currency=currency)
        return Unrated("currency_mismatch", reason)
    billed_s = billed_seconds(
        started_seconds(leg.duration_ms),
        minimum_s=rate.minimum_s,
        increment_s=rate.increment_s,
        delay_s=rate.delay_s,
    )
    outcome: Outcome = "rated" if rate.rate_micros else "free"
    return Charge(leg, at, currency, outcome, deck, rate, tried, billed_s, amount_micros(rate.rate_micros, billed_s))
