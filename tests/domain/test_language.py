"""Which language a reader gets, and how numbers are written in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.language import LANGUAGES, MAX_HEADER, choose_language, decimal_in


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("en", "en"),
        ("pt-BR", "pt-BR"),
        ("PT-br", "pt-BR"),
        ("pt", "pt-BR"),
        ("pt-PT", "pt-BR"),
        ("en-GB,pt;q=0.5", "en"),
        ("pt-BR,pt;q=0.9,en-US;q=0.8,en;q=0.7", "pt-BR"),
        ("en;q=0.2, pt-BR;q=0.9", "pt-BR"),
        ("de-CH, fr;q=0.9, pt;q=0.1", "pt-BR"),
        ("de, fr", "en"),
        ("*", "en"),
        ("en;q=0, *", "pt-BR"),
        ("pt-BR;q=0, *;q=0.1", "en"),
        ("pt;q=0", "en"),
        ("de, *;q=0.5", "en"),
    ],
)
def test_the_best_of_the_languages_that_are_spoken_is_chosen(header: str, language: str) -> None:
    assert choose_language(header) == language


@pytest.mark.parametrize(
    "header",
    [
        ";;;,,,===",
        "pt-BR;q=2",
        "pt-BR;q=-1",
        "pt-BR;q=nan",
        "pt_BR",
        "pt-BR;q=0.9;q=0.1",
        "\x00\u202e\udcff",
        "ptptptptpt",
        "q=1",
        "-",
        "pt-",
    ],
)
def test_what_cannot_be_read_is_left_out(header: str) -> None:
    assert choose_language(header) == "en"
    assert choose_language(f"{header}, pt-BR;q=0.3") == "pt-BR"


def test_only_the_beginning_of_an_endless_header_is_read() -> None:
    assert choose_language("x," * MAX_HEADER + "pt-BR") == "en"
    assert choose_language("pt-BR," + "a-" * 10**6) == "pt-BR"


@given(st.text(alphabet=st.characters() | st.sampled_from("ptenBR-;q=0.1,* ")))
def test_no_header_makes_it_raise(header: str) -> None:
    assert choose_language(header) in LANGUAGES


def test_decimals_are_written_as_in_the_language() -> None:
    assert decimal_in("0.025000", "en") == "0.025000"
    assert decimal_in("-1.50", "pt-BR") == "-1,50"
