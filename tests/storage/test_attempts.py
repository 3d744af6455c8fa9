"""Counted attempts: so many per subject and window, also when they come at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from chalicelib.domain.errors import PatchbayError
from chalicelib.settings import settings
from chalicelib.storage.attempts import Limit, give_back, take_attempt
from chalicelib.storage.transaction import Transaction
from tests.onboarding import a_name

START_S = 1_800_000_000 - 1_800_000_000 % 900


def _outcome(limit: Limit, now_s: int) -> str:
    try:
        take_attempt([limit], now_s=now_s)
    except PatchbayError as error:
        return error.code
    return "allowed"


def test_a_new_window_begins_with_all_attempts(dynamodb: str) -> None:
    limit, window_s = Limit(a_name(), 2), settings().attempts_window_s

    outcomes = [_outcome(limit, START_S + second) for second in (0, 1, 2, window_s - 1, window_s)]

    assert outcomes == ["allowed", "allowed", "too_many_attempts", "too_many_attempts", "allowed"]


def test_the_error_says_when_to_try_again(dynamodb: str) -> None:
    limit = Limit(a_name(), 1)
    take_attempt([limit], now_s=START_S + 100)

    with pytest.raises(PatchbayError) as caught:
        take_attempt([limit], now_s=START_S + 100)

    assert caught.value.extra["retry_after_s"] == settings().attempts_window_s - 100


def test_what_is_given_back_can_be_taken_again(dynamodb: str) -> None:
    limit = Limit(a_name(), 1)
    tx = Transaction(now_ms=START_S * 1000)

    take_attempt([limit], now_s=START_S)
    give_back(tx, [limit])
    tx.commit()

    assert [_outcome(limit, START_S) for _ in range(2)] == ["allowed", "too_many_attempts"]


def test_many_at_once_are_counted_one_by_one(dynamodb: str) -> None:
    limit = Limit(a_name(), 3)

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: _outcome(limit, START_S), range(8)))

    assert results.count("allowed") <= 3
    assert set(results) <= {"allowed", "too_many_attempts", "try_again"}
