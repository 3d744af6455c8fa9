import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.decks import ChunkedDeck, DeckRef
from chalicelib.domain.rate_chunks import (
    CHUNK_BYTES,
    ITEM_OVERHEAD_BYTES,
    ChunkError,
    PrefixTooLargeError,
    build_chunks,
    lookup_in_chunk,
)
from chalicelib.domain.rating import Rate, RateError
from tests.domain.rating_data import a_rate, naive_lookup

SMALLEST_BYTES = 900  # so that a handful of rates makes several chunks

# Few different digits, so that prefixes nest and numbers hit them.
PREFIXES = st.text("0129", min_size=1, max_size=9).map("+".__add__)
NUMBERS = st.text("0129", min_size=1, max_size=14).map("+".__add__)
TEXTS = st.one_of(st.just(""), st.text(max_size=8), st.sampled_from(['["+1",', '["+', "\u00e9[", '"],["+1",[', "\\"]))


@st.composite
def _rates(draw):
    start = draw(st.integers(min_value=0, max_value=50))
    return Rate(
        key=draw(PREFIXES),
        rate_micros=draw(st.integers(min_value=0, max_value=10**7)),
        valid_from=start,
        valid_until=draw(st.one_of(st.none(), st.integers(min_value=start + 1, max_value=60))),
        minimum_s=30,
        increment_s=6,
        delay_s=3,
        entry_id=draw(TEXTS),
        description=draw(TEXTS),
    )


DECKS = st.lists(_rates(), max_size=60, unique_by=lambda rate: (rate.key, rate.valid_from))


def _deck(rates, max_bytes=CHUNK_BYTES, usual_bytes=CHUNK_BYTES):
    return ChunkedDeck(DeckRef("deck", 1, "USD"), build_chunks(rates, max_bytes, usual_bytes))


@settings(max_examples=300, deadline=None)
@given(rates=DECKS, numbers=st.lists(NUMBERS, min_size=1, max_size=10), at=st.integers(min_value=0, max_value=60))
def test_one_chunk_is_enough_to_find_what_a_search_of_the_whole_deck_finds(rates, numbers, at):
    deck = _deck(rates, usual_bytes=SMALLEST_BYTES)

    for number in (*numbers, *(rate.key + "55" for rate in rates)):
        assert deck.find(number, at) == naive_lookup(rates, number, at)


@pytest.mark.parametrize("at", [0, 9, 10, 19, 20])
def test_a_chain_of_fifteen_nested_prefixes_is_found_at_every_depth_and_period(at):
    digits = "123456789012345"
    chain = [f"+{digits[:depth]}" for depth in range(1, 16)]
    siblings = [f"{prefix[:-1]}0" for prefix in chain[1:]]
    rates = [
        a_rate(prefix, place, valid_from=10 * (place % 3), valid_until=10 * (place % 3) + 15)
        for place, prefix in enumerate(dict.fromkeys((*chain, *siblings)))
    ]

    deck = _deck(rates, usual_bytes=SMALLEST_BYTES)

    for rate in rates:
        assert deck.find(rate.key, at) == naive_lookup(rates, rate.key, at)


@settings(deadline=None)
@given(rates=DECKS)
def test_a_stored_chunk_is_json_within_its_bytes_and_sort_keys_rise(rates):
    chunks = list(build_chunks(rates))

    keys = [chunk.sort_key for chunk in chunks]
    assert keys == sorted(set(keys))
    for chunk in chunks:
        assert len((chunk.sort_key + chunk.payload).encode()) <= CHUNK_BYTES - ITEM_OVERHEAD_BYTES
        assert json.loads(chunk.payload)


def test_no_chunk_of_a_large_deck_exceeds_what_one_read_takes():
    rates = [a_rate(f"+{number}") for length in (100, 1_000, 10_000) for number in range(length, 2 * length)]

    sizes = [len(chunk.payload.encode()) for chunk in build_chunks(rates)]

    assert len(sizes) > 100
    assert max(sizes) <= CHUNK_BYTES - ITEM_OVERHEAD_BYTES


def test_a_prefix_with_more_periods_than_the_usual_size_has_a_chunk_of_its_own():
    periods = [a_rate("+44", start, valid_from=start) for start in range(30)]

    deck = _deck([a_rate("+43"), *periods, a_rate("+45")], usual_bytes=SMALLEST_BYTES)

    assert deck.find("+44207", 17)[0] == periods[17]
    assert deck.find("+45207", 17)[0] == a_rate("+45")


def test_a_prefix_with_hundreds_of_periods_is_refused_by_name():
    periods = [a_rate("+44", valid_from=start) for start in range(300)]

    with pytest.raises(PrefixTooLargeError, match=r"\+44: its rates") as caught:
        list(build_chunks([a_rate("+43"), *periods]))

    assert caught.value.prefix == "+44"


def test_a_prefix_is_refused_when_its_ancestors_leave_no_room():
    ancestors = [a_rate("+4", valid_from=start) for start in range(50)]
    rates = [*ancestors, *(a_rate("+44", valid_from=start) for start in range(50))]

    with pytest.raises(PrefixTooLargeError):
        list(build_chunks(rates))


@pytest.mark.parametrize("key", ["", "+", "1 209", "+1209x", "PSTN", "+1234567890123456", '+1"'])
def test_a_key_that_is_no_prefix_is_refused(key):
    with pytest.raises(RateError, match="isn't a prefix"):
        list(build_chunks([a_rate(key)]))


def test_two_rates_of_a_prefix_with_the_same_start_are_refused():
    with pytest.raises(RateError, match="old and new start at the same instant"):
        list(build_chunks([a_rate(entry_id="new"), a_rate(entry_id="old")]))


def test_a_number_before_the_first_prefix_finds_nothing():
    assert _deck([a_rate("+44")]).find("+1209", 0) == (None, ())


def test_a_deck_without_rates_has_no_chunks():
    assert list(build_chunks([])) == []


def test_a_damaged_chunk_is_an_error_and_not_a_free_call():
    with pytest.raises(ChunkError):
        lookup_in_chunk('["+1 +12",["+1",[1,0,null,0,1,0,"r",""]]]', "+1209", 0)
