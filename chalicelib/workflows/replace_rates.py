"""All rates of a deck replaced by a new version, or by nothing if one row is wrong."""

from __future__ import annotations

from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.rate_chunks import build_chunks
from chalicelib.domain.rating import RateError
from chalicelib.schemas.decks import RateBody
from chalicelib.storage.rate_decks import RATE_DECK, StoredRateDeck, put_rates
from chalicelib.storage.records import get_record
from chalicelib.storage.scope import IspScope
from chalicelib.storage.transaction import Actor
from chalicelib.workflows.prepare_deck import deck_rates


def replace_rates(
    scope: IspScope, deck_id: str, rows: list[RateBody], *, expected_version: int, actor: Actor
) -> StoredRateDeck:
    deck = get_record(scope, RATE_DECK, deck_id)
    if int(deck.version) != expected_version:
        raise PatchbayError("version_conflict", current_version=int(deck.version))
    rates = deck_rates(rows)
    try:
        chunks = list(build_chunks(rates))
    except RateError as error:
        raise PatchbayError("deck_invalid", error.sentence) from error
    return put_rates(scope, deck, chunks, rate_count=len(rates), expected=expected_version, actor=actor)
