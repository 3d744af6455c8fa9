"""The change feed of an SBC and the versions of its parts, as its nodes read them."""

from __future__ import annotations

import time
from dataclasses import dataclass

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.domain.ids import RANDOM_BYTES, new_id
from chalicelib.storage import keys
from chalicelib.storage.database import database
from chalicelib.storage.items import Item
from chalicelib.storage.transaction import FEED_TTL_S

CHANGES_AT_ONCE = 500


class Change(Item, discriminator="Change"):
    part_key = UnicodeAttribute()


class PartVersion(Item, discriminator="PartVersion"):
    version = NumberAttribute(default=0)


@dataclass(frozen=True, slots=True)
class Changes:
    items: list[tuple[str, str]]  # (id, part key), oldest first
    cursor: str


def changes_after(sbc_id: str, after: str) -> Changes:
    """One query. ``after``: the id of the last change seen, or one made up from an instant; empty for the oldest.

    It begins where changes are still current: DynamoDB removes expired ones up to two days late, and a page of nothing
    but those would lead nowhere."""
    oldest = new_id("chg", now_ms=(int(time.time()) - FEED_TTL_S) * 1000, random_bytes=bytes(RANDOM_BYTES))
    low = max(f"{after}~" if after else "", oldest)
    page = database().page(Change, keys.sbc_changes(sbc_id), between=(low, "chg_~"), limit=CHANGES_AT_ONCE)
    found = [(change.sk, change.part_key) for change in page.items]
    return Changes(found, found[-1][0] if found else after)


def find_part_version(sbc_id: str, part_key: str) -> int | None:
    found = database().find(PartVersion, keys.sbc_versions(sbc_id), part_key)
    return None if found is None else int(found.version)


def part_versions(sbc_id: str) -> dict[str, int]:
    found = database().all(PartVersion, keys.sbc_versions(sbc_id))
    return {item.sk: int(item.version) for item in found}
