"""Service decks. Every version is kept as it was, so that the proof of a charge can name it."""

from __future__ import annotations

from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.domain.decks import DeckRef, ServiceDeck, service_deck
from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.rating import Rate
from chalicelib.domain.sentences import say
from chalicelib.storage import keys
from chalicelib.storage.database import database
from chalicelib.storage.items import Item, Record
from chalicelib.storage.records import Noun
from chalicelib.storage.scope import IspScope
from chalicelib.storage.transaction import Transaction


class StoredServiceDeck(Record, discriminator="ServiceDeck"):
    """``deck_version`` grows with the entries, ``version`` with every edit."""

    name = UnicodeAttribute()
    currency = UnicodeAttribute()
    entries = JSONAttribute(default=list)  # fields: domain.rating.Rate
    deck_version = NumberAttribute(default=1)


class ServiceDeckVersion(Item, discriminator="ServiceDeckVersion"):
    isp_id = UnicodeAttribute()
    deck_id = UnicodeAttribute()
    deck_version = NumberAttribute()
    currency = UnicodeAttribute()
    entries = JSONAttribute(default=list)
    created_at = NumberAttribute()
    created_by = UnicodeAttribute(default="")


def _effects(
    scope: IspScope, tx: Transaction, before: StoredServiceDeck | None, after: StoredServiceDeck | None
) -> None:
    if after is None or (before is None and after.version > 1):
        return  # deleted, or restored: its versions have stayed
    if before is not None:
        if before.entries == after.entries:
            return
        after.deck_version = int(before.deck_version) + 1
    tx.put_new(
        ServiceDeckVersion(
            pk=keys.deck(after.id, int(after.deck_version)),
            sk=keys.META,
            isp_id=scope.isp_id,
            deck_id=after.id,
            deck_version=int(after.deck_version),
            currency=after.currency,
            entries=after.entries,
            created_at=tx.now_ms,
            created_by=after.updated_by,
        ),
        on_conflict=PatchbayError("version_conflict"),
    )


SERVICE_DECK = Noun("service_deck", "sdk", "SERVICEDECK#", StoredServiceDeck, effects=_effects, referable=True)


def get_service_deck_version(isp_id: str, deck_id: str, version: int) -> ServiceDeckVersion:
    found = database().find(ServiceDeckVersion, keys.deck(deck_id, version), keys.META)
    if found is None or found.isp_id != isp_id:
        raise PatchbayError("not_found", say("no_such_deck_version"))
    return found


def rated_service_deck(found: StoredServiceDeck | ServiceDeckVersion, deck_id: str) -> ServiceDeck:
    """The deck as rating takes it."""
    ref = DeckRef(deck_id, int(found.deck_version), found.currency)
    return service_deck(ref, [read_rate(entry) for entry in found.entries])


def read_rate(stored: dict[str, Any]) -> Rate:
    """Past fields that a later release has added."""
    return Rate(**{name: stored[name] for name in Rate.__slots__ if name in stored})
