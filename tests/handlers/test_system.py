"""The API's own endpoints and what every endpoint has from the decorator."""

from __future__ import annotations

from tests.api_client import ApiClient


def test_health_reads_nothing_from_the_database(api: ApiClient) -> None:
    answer = api.get("/health")

    assert answer.expect(200) == {"status": "ok"}
    assert answer.operations == []


def test_the_api_describes_itself_as_openapi_3_1(api: ApiClient) -> None:
    document = api.get("/openapi.json").expect(200)

    assert document["openapi"] == "3.1.0"
    assert "/v1/health" in document["paths"]


def test_no_schema_has_two_forms(api: ApiClient) -> None:
    """Typed clients are made from these names."""
    schemas = api.get("/openapi.json").expect(200)["components"]["schemas"]

    assert [name for name in schemas if name.endswith(("-Input", "-Output"))] == []
