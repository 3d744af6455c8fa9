from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.ids import id_time_ms, is_id, new_id

MILLISECONDS = st.integers(0, 2**48 - 1)
RANDOM = st.binary(min_size=10, max_size=10)


def test_an_id_is_laid_out_as_a_ulid() -> None:
    # The milliseconds of the examples in github.com/ulid/spec and its reference code.
    identifier = new_id("call", now_ms=1469918176385, random_bytes=b"\xff" * 10)

    assert identifier == "call_01ARYZ6S41ZZZZZZZZZZZZZZZZ"


@given(MILLISECONDS, RANDOM)
def test_an_id_tells_when_it_was_made(now_ms: int, random_bytes: bytes) -> None:
    identifier = new_id("sub", now_ms=now_ms, random_bytes=random_bytes)

    assert is_id("sub", identifier)
    assert id_time_ms(identifier) == now_ms


@given(MILLISECONDS, MILLISECONDS, RANDOM, RANDOM)
def test_ids_sort_by_time(first: int, second: int, random_1: bytes, random_2: bytes) -> None:
    earlier, later = sorted((first, second))

    if earlier < later:
        assert new_id("x", now_ms=earlier, random_bytes=random_1) < new_id("x", now_ms=later, random_bytes=random_2)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "call_",
        "01ARYZ6S41ZZZZZZZZZZZZZZZZ",
        "cdr_01ARYZ6S41ZZZZZZZZZZZZZZZZ",
        "call_01ARYZ6S41ZZZZZZZZZZZZZZZ",
        "call_01ARYZ6S41ZZZZZZZZZZZZZZZU",
        "call_01aryz6s41zzzzzzzzzzzzzzzz",
        "call_81ARYZ6S41ZZZZZZZZZZZZZZZZ",
        "call_call_01ARYZ6S41ZZZZZZZZZZZZZZZZ",
    ],
)
def test_what_is_no_id_is_told_apart(text: str) -> None:
    assert not is_id("call", text)


@given(st.text())
def test_text_that_is_no_id_has_no_time(text: str) -> None:
    with pytest.raises(ValueError, match="not an id"):
        id_time_ms(text)


@pytest.mark.parametrize(("now_ms", "random_bytes"), [(-1, bytes(10)), (2**48, bytes(10)), (0, bytes(9))])
def test_values_that_do_not_fit_are_refused(now_ms: int, random_bytes: bytes) -> None:
    with pytest.raises(ValueError, match=r"now_ms|random_bytes"):
        new_id("x", now_ms=now_ms, random_bytes=random_bytes)
