"""Rate decks. The rates of each version stand in chunks in a partition of their own and never change there.

A new version is written before the deck points to it: until that one transaction nobody sees it, and a number is
always looked up in one whole version.
"""

from __future__ import annotations

from collections.abc import Iterable

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.rate_chunks import Chunk
from chalicelib.domain.sentences import say
from chalicelib.storage import keys
from chalicelib.storage.database import Key, Page, database
from chalicelib.storage.items import Item, Record
from chalicelib.storage.records import Noun, change_record
from chalicelib.storage.scope import IspScope
from chalicelib.storage.transaction import NEW, Actor, Transaction

LOWEST_SK = "#"  # of the characters that a prefix may begin with
HIGHEST_SK = ":"  # beyond all digits; the version's own item (META) lies behind it


class StoredRateDeck(Record, discriminator="RateDeck"):
    name = UnicodeAttribute()
    currency = UnicodeAttribute()
    deck_version = NumberAttribute(default=0)  # 0: no rates yet
    rate_count = NumberAttribute(default=0)


class RateChunk(Item, discriminator="RateChunk"):
    """The sort key is the chunk's; ``payload`` is domain.rate_chunks'."""

    isp_id = UnicodeAttribute()
    payload = UnicodeAttribute()


class RateDeckVersion(Item, discriminator="RateDeckVersion"):
    isp_id = UnicodeAttribute()
    deck_id = UnicodeAttribute()
    deck_version = NumberAttribute()
    currency = UnicodeAttribute()
    rate_count = NumberAttribute(default=0)
    created_at = NumberAttribute()
    created_by = UnicodeAttribute(default="")


class VersionCounter(Item, discriminator="VersionCounter"):
    latest = NumberAttribute(default=0)


RATE_DECK = Noun("rate_deck", "rdk", "RATEDECK#", StoredRateDeck, referable=True)


def lookup_rate_chunk(isp_id: str, deck_id: str, version: int, number: str) -> str | None:
    """The payload of the one chunk that decides the rate of ``number``, for ``domain.decks.ChunkDeck``; None if the
    version has none. One query."""
    if not LOWEST_SK <= number < HIGHEST_SK:
        return None
    found = (
        database()
        .page(RateChunk, keys.deck(deck_id, version), between=(LOWEST_SK, number), limit=1, newest_first=True)
        .items
    )
    return found[0].payload if found and found[0].isp_id == isp_id else None


def page_of_chunks(isp_id: str, deck_id: str, version: int, *, limit: int, after: Key | None) -> Page[RateChunk]:
    page = database().page(
        RateChunk, keys.deck(deck_id, version), between=(LOWEST_SK, HIGHEST_SK), limit=limit, after=after
    )
    if any(chunk.isp_id != isp_id for chunk in page.items):
        raise PatchbayError("not_found")
    return page


def put_rates(
    scope: IspScope, deck: StoredRateDeck, chunks: Iterable[Chunk], *, rate_count: int, expected: int, actor: Actor
) -> StoredRateDeck:
    """``chunks`` become the deck's rates. Fails as a whole: what was written for nothing is removed again."""
    version = _reserve_version(deck.id)
    pk = keys.deck(deck.id, version)
    written = [RateChunk(pk=pk, sk=chunk.sort_key, isp_id=scope.isp_id, payload=chunk.payload) for chunk in chunks]
    try:
        database().put_many(written)
        database().put_many([_version_item(scope, deck, version, rate_count, actor)])
        changes = {"deck_version": version, "rate_count": rate_count}
        return change_record(scope, RATE_DECK, deck, changes, expected_version=expected, actor=actor)
    except PatchbayError:  # surely not in force; after any other error it may be, and is left as it is
        database().delete_many([(item.pk, item.sk) for item in written] + [(pk, keys.META)])
        raise


def _version_item(
    scope: IspScope, deck: StoredRateDeck, version: int, rate_count: int, actor: Actor
) -> RateDeckVersion:
    return RateDeckVersion(
        pk=keys.deck(deck.id, version),
        sk=keys.META,
        isp_id=scope.isp_id,
        deck_id=deck.id,
        deck_version=version,
        currency=deck.currency,
        rate_count=rate_count,
        created_at=Transaction().now_ms,
        created_by=actor.user_id,
    )


def _reserve_version(deck_id: str) -> int:
    """A number that no other upload writes under, whatever becomes of this one."""
    pk = keys.deck_versions(deck_id)
    known = database().find(VersionCounter, pk, keys.META)
    latest = int(known.latest) if known else 0
    tx = Transaction()
    tx.put(
        VersionCounter(pk=pk, sk=keys.META, latest=latest + 1),
        condition="latest = :seen" if known else NEW,
        on_conflict=PatchbayError("version_conflict", say("rates_being_replaced")),
        **({"seen": latest} if known else {}),
    )
    tx.commit()
    return latest + 1
