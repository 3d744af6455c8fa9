"""Answers kept by Idempotency-Key, so that a POST sent again is answered again and done once."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import cast

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.language import DEFAULT_LANGUAGE, Language
from chalicelib.storage import keys
from chalicelib.storage.database import database
from chalicelib.storage.items import Item
from chalicelib.storage.transaction import Transaction

KEPT_S = 24 * 3600
IN_PROGRESS_S = 60


class KeptAnswer(Item, discriminator="KeptAnswer"):
    fingerprint = UnicodeAttribute()
    status = NumberAttribute(default=0)  # 0: in progress
    body = UnicodeAttribute(default="")
    language = UnicodeAttribute(default=DEFAULT_LANGUAGE)
    expires_at = NumberAttribute()  # seconds; TTL removes items late, so it is compared too


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: str
    language: Language


def claim(scope: str, key: str, fingerprint: str, *, now_s: int | None = None) -> Answer | None:
    """Take the key for this request, or the answer that an equal request got. Another request with the same key, or
    an equal one still being worked on, is refused."""
    now = now_s if now_s is not None else int(time.time())
    pk = keys.idempotency(scope, key)
    kept = database().find(KeptAnswer, pk, keys.META)
    if kept is not None and int(kept.expires_at) > now:
        if kept.fingerprint != fingerprint:
            raise PatchbayError("idempotency_key_reused")
        if not kept.status:
            raise PatchbayError("idempotency_in_progress")
        return Answer(int(kept.status), kept.body, cast("Language", kept.language))
    tx = Transaction()
    tx.put(
        KeptAnswer(pk=pk, sk=keys.META, fingerprint=fingerprint, expires_at=now + IN_PROGRESS_S, ttl=now + KEPT_S),
        condition="attribute_not_exists(PK) OR expires_at <= :now",
        on_conflict=PatchbayError("idempotency_in_progress"),
        now=now,
    )
    tx.commit()
    return None


def keep(scope: str, key: str, fingerprint: str, answer: Answer, *, now_s: int | None = None) -> None:
    now = now_s if now_s is not None else int(time.time())
    tx = Transaction()
    tx.put(
        KeptAnswer(
            pk=keys.idempotency(scope, key),
            sk=keys.META,
            fingerprint=fingerprint,
            status=answer.status,
            body=answer.body,
            language=answer.language,
            expires_at=now + KEPT_S,
            ttl=now + KEPT_S,
        )
    )
    tx.commit()


def release(scope: str, key: str) -> None:
    """The request failed on our side: it may be tried again at once."""
    tx = Transaction()
    tx.delete(keys.idempotency(scope, key), keys.META)
    tx.commit()
