"""The API's own endpoints and what every endpoint has from the decorator."""

from __future__ import annotations

import pytest

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


def test_the_frameworks_own_errors_are_problems_too(api: ApiClient) -> None:
    refused = api.delete("/health")

    assert refused.expect(405)["code"] == "method_not_allowed"
    assert refused.headers["content-type"] == "application/problem+json"


def test_every_request_is_logged_without_its_contents(
    api: ApiClient, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="patchbay-api")

    api.post("/auth/login", {"namespace": "acme", "email": "a@b.example", "password": "never in a log"})

    written = capsys.readouterr().out + str([vars(record) for record in caplog.records])
    assert "POST /auth/login" in written
    assert "'status': 401" in written
    assert "never in a log" not in written
    assert "a@b.example" not in written
