"""Rate decks: what a minute to each prefix costs."""

from __future__ import annotations

import time
from typing import Any

from chalice.app import Blueprint

from chalicelib.domain.errors import PatchbayError, field_error
from chalicelib.domain.rate_chunks import lookup_in_chunk, rates_in_chunk
from chalicelib.domain.rating import Rate
from chalicelib.domain.sentences import SentenceError, say
from chalicelib.handlers.crud import Creation, Crud, register
from chalicelib.handlers.http import Call, endpoint
from chalicelib.schemas.common import Page, read_instant
from chalicelib.schemas.decks import (
    LookupQuery,
    LookupView,
    RateDeckBody,
    RateDeckCreateBody,
    RateDeckView,
    RatesBody,
    RatesQuery,
    RateView,
)
from chalicelib.storage import keys
from chalicelib.storage.rate_decks import RATE_DECK, lookup_rate_chunk, page_of_chunks
from chalicelib.storage.records import get_record
from chalicelib.workflows.prepare_deck import check_currency, shown_rate
from chalicelib.workflows.replace_rates import replace_rates

blueprint = Blueprint(__name__)

CHUNKS_PER_PAGE = 10
RATES_BODY = 4_000_000  # bytes: what Lambda takes, encoded


def _new_values(body: RateDeckCreateBody) -> dict[str, Any]:
    return {"name": body.name, "currency": check_currency(body.currency)}


register(
    blueprint,
    Crud(
        noun=RATE_DECK,
        level="isp",
        path="/rate-decks",
        body=RateDeckBody,
        view_type=RateDeckView,
        read=("isp_admin",),
        write=("isp_admin",),
        creation=Creation(RateDeckCreateBody, _new_values, "Create a rate deck without rates; its currency stays"),
    ),
)


@endpoint(
    blueprint,
    "PUT",
    "/rate-decks/{rate_deck_id}/rates",
    roles=("isp_admin",),
    body=RatesBody,
    out=RateDeckView,
    versioned=True,
    max_body=RATES_BODY,
    summary="Replace all rates of a deck by a new version",
)
def put_deck_rates(call: Call[RatesBody]) -> RateDeckView:
    deck = replace_rates(
        call.isp,
        call.path["rate_deck_id"],
        call.body.rates,
        expected_version=call.expected_version,
        actor=call.identity.actor(),
    )
    return RateDeckView.model_validate(deck)


@endpoint(
    blueprint,
    "GET",
    "/rate-decks/{rate_deck_id}/rates",
    roles=("isp_admin",),
    query=RatesQuery,
    out=Page[RateView],
    paged=True,
    summary="The rates by prefix; a page holds some hundred",
)
def list_deck_rates(call: Call[Any]) -> dict[str, Any]:
    deck = get_record(call.isp, RATE_DECK, call.path["rate_deck_id"])
    version = call.query.version or int(deck.deck_version)
    purpose = keys.deck(deck.id, version)
    page = page_of_chunks(call.isp.isp_id, deck.id, version, limit=CHUNKS_PER_PAGE, after=call.cursor(purpose))
    rates = [rate for chunk in page.items for rate in rates_in_chunk(chunk.sk, chunk.payload)]
    return {
        "items": [_view(rate).model_dump(mode="json") for rate in rates],
        "next_cursor": call.next_cursor(page.last_key, purpose),
    }


@endpoint(
    blueprint,
    "GET",
    "/rate-decks/{rate_deck_id}/rates/lookup",
    roles=("isp_admin",),
    query=LookupQuery,
    out=LookupView,
    summary="The rate of a number",
)
def lookup_deck_rate(call: Call[Any]) -> LookupView:
    deck = get_record(call.isp, RATE_DECK, call.path["rate_deck_id"])
    version, number = int(deck.deck_version), call.query.number
    if not deck.deck_version:
        raise PatchbayError("deck_invalid", say("deck_without_rates"))
    payload = lookup_rate_chunk(call.isp.isp_id, deck.id, version, number)
    rate, tried = lookup_in_chunk(payload, number, _instant(call.query.at)) if payload else (None, ())
    return LookupView.model_construct(
        number=number,
        rate=None if rate is None else _view(rate),
        prefixes_tried=list(tried),
        deck_version=version,
    )


def _instant(text: str) -> int:
    if not text:
        return time.time_ns() // 1_000_000
    try:
        return read_instant(text)
    except SentenceError as error:
        raise field_error("at", error.sentence) from error


def _view(rate: Rate) -> RateView:
    return RateView.model_construct(**shown_rate(rate))
