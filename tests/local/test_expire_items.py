"""Expired items: nobody sees them, and the embedded system removes them."""

from __future__ import annotations

import time

from chalicelib.storage.database import database
from chalicelib.storage.feed import Change
from chalicelib.storage.transaction import Transaction
from local.expire_items import expire_items
from tests.world import an_id


def put(pk: str, sk: str, ttl: int | None) -> None:
    tx = Transaction()
    tx.put(Change(pk=pk, sk=sk, part_key="x", ttl=ttl))
    tx.commit()


def test_only_what_has_expired_is_removed(dynamodb: str) -> None:
    pk, now = an_id("test"), int(time.time())
    put(pk, "gone", now - 1)
    put(pk, "later", now + 1000)
    put(pk, "for ever", None)

    removed = expire_items(database().client, database().table_name, now_s=now)

    assert removed >= 1
    assert [item.sk for item in database().all(Change, pk)] == ["for ever", "later"]


def test_an_expired_item_is_not_read_before_it_is_removed(dynamodb: str) -> None:
    pk, now = an_id("test"), int(time.time())
    put(pk, "gone", now - 1)

    assert database().find(Change, pk, "gone") is None
    assert database().page(Change, pk).items == []
    assert database().get_many(Change, [(pk, "gone")]) == []
