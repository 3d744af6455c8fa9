"""Names as people look for them."""

from __future__ import annotations

import pytest

from chalicelib.domain.contacts import fold, sort_name


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Érica", "erica"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("Ångström", "angstrom"),
        ("東京", "東京"),
        ("", ""),
    ],
)
def test_case_and_accents_do_not_count(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_names_sort_with_their_accents_among_the_others() -> None:
    names = ["Zoe", "Érica", "eva", "Ana"]

    assert sorted(names, key=fold) == ["Ana", "Érica", "eva", "Zoe"]


def test_who_has_no_name_sorts_by_the_username() -> None:
    assert sort_name("", "Bob") == "bob"


def test_the_longest_name_fits_a_key() -> None:
    assert len(sort_name("\ufdfa" * 100, "x").encode()) < 512  # one character that becomes eighteen
