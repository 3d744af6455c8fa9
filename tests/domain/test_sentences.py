"""Every text is there in every language, and every sentence that is said has its text.

Whoever adds a code meets these tests: they name the text that is missing.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

import chalicelib
from chalicelib.domain import errors, refusals, texts
from chalicelib.domain.language import LANGUAGES, Text
from chalicelib.domain.sentences import TEXTS, Sentence, find_sentence, say
from chalicelib.domain.texts import steps

ROOT = Path(chalicelib.__file__).parent
# Codes made from a stored value, such as noun_carrier
MADE = ("step_", "noun_", "charge_", "unrated_")
# The same in both languages, as a person of each would say it
ALIKE = {"tenant", "gateway", "Portugal", "Argentina", "Local"}


def _modules() -> Iterator[Any]:
    for found in pkgutil.walk_packages(chalicelib.__path__, "chalicelib."):
        yield importlib.import_module(found.name)


def _texts_in(value: Any) -> Iterator[Text]:
    if isinstance(value, Text):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts_in(inner)
    elif isinstance(value, tuple | list):
        for inner in value:
            yield from _texts_in(inner)


def _all_texts() -> set[Text]:
    """Those of the catalogues, and any that a module of the domain has beside them."""
    found = {text for kind in refusals.CATALOGUE.values() for text in (kind.sentence, kind.advice)}
    for module in _modules():
        if module.__name__.startswith("chalicelib.domain"):
            found |= set(_texts_in(list(vars(module).values())))
    return found


def _placeholders(text: str) -> Counter[str]:
    return Counter(name for _, name, _, _ in Formatter().parse(text) if name is not None)


@pytest.mark.parametrize("text", sorted(_all_texts()), ids=lambda text: text.en[:60])
def test_a_text_has_the_same_placeholders_in_every_language(text: Text) -> None:
    assert text.en
    assert text.pt
    assert _placeholders(text.en) == _placeholders(text.pt)
    words = re.sub(r"\{\w*\}", "", text.en)
    assert text.en != text.pt or text.en in ALIKE or not re.search(r"\w", words), "not translated (or alike: ALIKE)"
    assert text.en.endswith(".") == text.pt.endswith(".")


def test_no_code_has_two_texts() -> None:
    modules = [
        importlib.import_module(f"{texts.__name__}.{found.name}") for found in pkgutil.iter_modules(texts.__path__)
    ]
    codes = [code for module in modules for code in getattr(module, "TEXTS", ())]

    assert [code for code, times in Counter(codes).items() if times > 1] == []
    assert set(codes) == set(TEXTS)


def _calls(name: str) -> Iterator[tuple[str, ast.Call]]:
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == name:
                yield f"{path.relative_to(ROOT.parent)}:{node.lineno}", node


def test_every_sentence_that_is_said_has_a_text_and_its_facts() -> None:
    wrong = []
    for place, call in _calls("say"):
        code = call.args[0]
        if not isinstance(code, ast.Constant):
            assert isinstance(code, ast.JoinedStr), place
            beginning = code.values[0]
            if not (isinstance(beginning, ast.Constant) and beginning.value in MADE):
                wrong.append(f"{place}: a code made at run time is none of {MADE}")
            continue
        text = TEXTS.get(code.value)
        if text is None:
            wrong.append(f"{place}: no text {code.value} in chalicelib/domain/texts")
        elif {keyword.arg for keyword in call.keywords} != set(_placeholders(text.en)):
            wrong.append(f"{place}: {code.value} needs {sorted(_placeholders(text.en))}")

    assert wrong == []


def test_no_text_is_left_over() -> None:
    written = "".join(path.read_text() for path in ROOT.rglob("*.py") if path.parent.name != "texts")

    unsaid = [code for code in TEXTS if f'"{code}"' not in written and not code.startswith(MADE)]

    assert unsaid == []


@pytest.mark.parametrize("name", ["PatchbayError", "field_error"])
def test_an_error_says_no_sentence_that_only_english_readers_understand(name: str) -> None:
    wrong = [
        f"{place}: say(..) instead of a text"
        for place, call in _calls(name)
        for argument in call.args[1:2]
        if isinstance(argument, ast.Constant | ast.JoinedStr)
    ]

    assert wrong == []


def test_a_schema_refuses_with_a_sentence() -> None:
    wrong = [
        f"{place}: raise SentenceError(say(..)) instead of a text"
        for place, call in _calls("ValueError")
        if "/schemas/" in place
        for argument in call.args
        if isinstance(argument, ast.Constant | ast.JoinedStr)
    ]

    assert wrong == []


def test_every_noun_has_a_word() -> None:
    nouns = {noun.name for module in _modules() for noun in vars(module).values() if type(noun).__name__ == "Noun"}

    assert len(nouns) > 10
    assert {f"noun_{name}" for name in nouns} <= TEXTS.keys()


@pytest.mark.parametrize("code", ["step_user", "step_isp", "step_theme", "step_plan", "step_finished"])
def test_every_step_of_onboarding_has_a_word(code: str) -> None:
    assert code in TEXTS


def test_every_fact_of_a_refusal_has_a_name() -> None:
    facts = {keyword.arg for _, call in _calls("RefusedError") for keyword in call.keywords}

    assert facts
    assert facts <= steps.FACT_NAMES.keys()


def test_every_problem_has_a_title_in_every_language() -> None:
    problem = errors.PatchbayError("in_use", say("no_such", value="x")).problem("pt-BR")

    assert problem["title"] == "Algo ainda usa isto"
    assert problem["detail"] == "x não existe"
    assert all(kind.title.into(language) for kind in errors.CATALOGUE.values() for language in LANGUAGES)


def test_a_sentence_can_be_stored_and_told_later_in_any_language() -> None:
    sentence = say("rate_deck_unusable", deck="rdk_1", why=say("deck_gone"))

    again = find_sentence(sentence.to_json())

    assert again is not None
    assert again.into("en") == "rate deck rdk_1: there is no such deck any more"
    assert again.into("pt-BR") == "tabela por prefixo rdk_1: esta tabela não existe mais"


@pytest.mark.parametrize("stored", [None, "", "no rule matches", 7, [], {}, {"code": 1, "facts": {}}, {"code": "x"}])
def test_what_is_no_stored_sentence_is_not_taken_for_one(stored: object) -> None:
    assert find_sentence(stored) is None


def test_a_sentence_of_another_release_is_told_as_well_as_it_can_be() -> None:
    assert Sentence("moon_was_full").into("pt-BR") == "Moon was full"
    assert Sentence("at_least", {"least": 3}).into("pt-BR") == "No mínimo ?"
    assert Sentence("at_least", {"n": "{x} {0} %s"}).into("en") == "At least {x} {0} %s"
