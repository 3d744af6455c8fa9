"""Links sent by mail: good once, for a time, for one purpose. Only the hash of what stands in the mail is stored."""

from __future__ import annotations

import secrets
from typing import Literal

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.tokens import token_hash
from chalicelib.storage import keys
from chalicelib.storage.database import database
from chalicelib.storage.items import Item
from chalicelib.storage.transaction import Transaction

Purpose = Literal["signup", "password"]


class Link(Item, discriminator="Link"):
    purpose = UnicodeAttribute()
    email = UnicodeAttribute()
    isp_id = UnicodeAttribute(default="")
    user_id = UnicodeAttribute(default="")
    issued_at = NumberAttribute()  # milliseconds
    expires_at = NumberAttribute()  # seconds


def put_link(
    tx: Transaction, *, purpose: Purpose, lifetime_s: int, email: str, isp_id: str = "", user_id: str = ""
) -> str:
    """The token that goes into the mail."""
    token = secrets.token_urlsafe(32)
    expires_at = tx.now_ms // 1000 + lifetime_s
    tx.put_new(
        Link(
            pk=keys.link(token_hash(token)),
            sk=keys.META,
            purpose=purpose,
            email=email,
            isp_id=isp_id,
            user_id=user_id,
            issued_at=tx.now_ms,
            expires_at=expires_at,
            ttl=expires_at,
        )
    )
    return token


def get_link(token: str, purpose: Purpose, *, now_s: int) -> Link:
    """Raises ``link_invalid``."""
    found = database().find(Link, keys.link(token_hash(token)), keys.META)
    if found is None or found.purpose != purpose or int(found.expires_at) <= now_s:
        raise PatchbayError("link_invalid")
    return found


def use_link(tx: Transaction, link: Link) -> None:
    tx.delete(link.pk, link.sk, condition="attribute_exists(PK)", on_conflict=PatchbayError("link_invalid"))
