"""What is wrong with a field is said in plain words, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.domain.field_rules import FORMS
from chalicelib.domain.sentences import TEXTS
from chalicelib.handlers.openapi import document
from tests.api_client import ApiClient
from tests.world import as_isp_admin

PORTUGUESE = {"accept-language": "pt-BR"}


def _patterns(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("pattern"), str) and "type" in node:
            yield node["pattern"]
        for inner in node.values():
            yield from _patterns(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _patterns(inner)


def test_every_pattern_of_a_field_is_told_in_words() -> None:
    import app  # noqa: F401 - registers the endpoints

    described = document()
    found = set(_patterns(described["components"]["schemas"]))
    for path in described["paths"].values():
        for operation in path.values():
            found |= set(_patterns([p["schema"] for p in operation["parameters"] if p["in"] == "query"]))

    assert len(found) > 20
    assert found <= FORMS.keys(), "give the pattern its words in chalicelib/domain/field_rules.py"
    assert set(FORMS.values()) <= TEXTS.keys()


@pytest.mark.parametrize(
    ("field", "value", "english", "portuguese"),
    [
        ("name", "", "Required", "Obrigatório"),
        ("name", "x" * 101, "At most 100 characters", "No máximo 100 caracteres"),
        ("name", 7, "A text", "Um texto"),
        ("subscriber_month_micros", -1, "At least 0", "No mínimo 0"),
        ("subscriber_month_micros", 10**16, f"At most {10**15}", f"No máximo {10**15}"),
        ("subscriber_month_micros", "5", "A whole number", "Um número inteiro"),
        ("payment", "barter", "One of prepaid, postpaid", "Um destes: prepaid, postpaid"),
        ("currency", "dollars", "A currency code such as USD", "Um código de moeda como BRL"),
        ("carrier_id", "x", "An id as the API gives it, or empty", "Um id como a API o dá, ou vazio"),
        ("colour", "red", "There is no such field", "Este campo não existe"),
    ],
)
def test_a_wrong_field_is_told_in_the_readers_language(
    api: ApiClient, field: str, value: Any, english: str, portuguese: str
) -> None:
    admin = as_isp_admin(api)
    body = {"name": "Standard", "currency": "USD"} | {field: value}

    in_english = admin.post("/service-plans", body).expect(422)
    in_portuguese = admin.request("POST", "/service-plans", body, headers=PORTUGUESE).expect(422)

    assert in_english["errors"] == [{"field": field, "message": english}]
    assert in_portuguese["errors"] == [{"field": field, "message": portuguese}]
    assert in_portuguese["title"] == "Alguns campos faltam ou estão errados"


def test_a_missing_field_is_told_in_the_readers_language(api: ApiClient) -> None:
    admin = as_isp_admin(api)

    found = admin.request("POST", "/customers", {"name": "Acme"}, headers=PORTUGUESE).expect(422)

    assert {"field": "service_plan_id", "message": "Obrigatório"} in found["errors"]


def test_rules_between_fields_are_told_in_the_readers_language(api: ApiClient) -> None:
    admin = as_isp_admin(api)

    in_english = admin.post("/dids", {"first": "+12095550100"}).expect(422)
    in_portuguese = admin.request("POST", "/dids", {"first": "+12095550100"}, headers=PORTUGUESE).expect(422)

    assert [error["message"] for error in in_english["errors"]] == ["Send number, or first and last"]
    assert [error["message"] for error in in_portuguese["errors"]] == ["Envie number, ou first e last"]


def test_a_wrong_expression_of_a_dialplan_is_told_in_the_readers_language(api: ApiClient) -> None:
    admin = as_isp_admin(api)
    rules = [{"name": "Local", "match": "(9", "replacement": "$1"}]

    found = admin.request("POST", "/dialplans", {"name": "D", "rules": rules}, headers=PORTUGUESE).expect(422)

    (error,) = found["errors"]
    assert error["field"] == "rules.0.match"
    assert error["message"].startswith("falta um parêntese )")
