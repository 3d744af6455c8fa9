"""Counted attempts, against guessing and mail floods: so many per subject and window of time.

An attempt is counted before it is worked on, so that a hundred at once are a hundred; who was right gets it back.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.tokens import token_hash
from chalicelib.settings import settings
from chalicelib.storage import keys
from chalicelib.storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Limit:
    """``subject``: what is counted, such as ``login:<namespace>:<e-mail>``; stored as a hash."""

    subject: str
    most: int


def take_attempt(limits: Sequence[Limit], *, now_s: int | None = None) -> None:
    """Count one attempt against each limit. Raises ``too_many_attempts`` if one is used up."""
    now = now_s if now_s is not None else int(time.time())
    window_s = settings().attempts_window_s
    tx = Transaction()
    for limit in limits:
        tx.update(
            _key(limit, now),
            keys.META,
            "SET #ttl = :ttl ADD attempts :one",
            condition="attribute_not_exists(attempts) OR attempts < :most",
            on_conflict=PatchbayError("too_many_attempts", retry_after_s=window_s - now % window_s),
            names={"#ttl": "ttl"},
            ttl=now + 2 * window_s,
            one=1,
            most=limit.most,
        )
    tx.commit()


def give_back(tx: Transaction, limits: Sequence[Limit]) -> None:
    now = tx.now_ms // 1000
    for limit in limits:
        tx.update(
            _key(limit, now),
            keys.META,
            "SET #ttl = :ttl ADD attempts :change",
            names={"#ttl": "ttl"},
            ttl=now + 2 * settings().attempts_window_s,
            change=-1,
        )


def clear_attempts(tx: Transaction, limit: Limit) -> None:
    tx.delete(_key(limit, tx.now_ms // 1000), keys.META)


def _key(limit: Limit, now_s: int) -> str:
    return keys.attempts(f"{token_hash(limit.subject)}#{now_s // settings().attempts_window_s}")
