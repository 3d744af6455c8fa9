"""The audit trail of an ISP. ``Transaction.audit`` writes it."""

from __future__ import annotations

import json
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.domain.ids import new_id
from chalicelib.storage import keys
from chalicelib.storage.database import Key, Page, database
from chalicelib.storage.items import Item


class AuditEntry(Item, discriminator="Audit"):
    at = NumberAttribute()
    user_id = UnicodeAttribute()
    user_name = UnicodeAttribute(default="")
    acting_for = UnicodeAttribute(default="")
    action = UnicodeAttribute()
    before_json = UnicodeAttribute(attr_name="before", default="null")
    after_json = UnicodeAttribute(attr_name="after", default="null")

    @property
    def id(self) -> str:
        return str(self.sk)

    @property
    def before(self) -> Any:
        return json.loads(self.before_json)

    @property
    def after(self) -> Any:
        return json.loads(self.after_json)


def page_of_audit(isp_id: str, span: tuple[int, int], *, limit: int, after: Key | None) -> Page[AuditEntry]:
    """One query, the newest first, of what was done between two instants (milliseconds, both included): an entry's id
    begins with its time."""
    first, last = span
    if first > last:
        return Page([], None)
    between = (
        new_id("aud", now_ms=first, random_bytes=bytes(10)),
        new_id("aud", now_ms=last, random_bytes=b"\xff" * 10),
    )
    return database().page(AuditEntry, keys.audit(isp_id), between=between, limit=limit, after=after, newest_first=True)
