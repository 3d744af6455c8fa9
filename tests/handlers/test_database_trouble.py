"""What callers are told while the database is too busy or doesn't answer: try again, not that something is broken."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from chalicelib.storage.database import database
from tests.api_client import ApiClient
from tests.world import as_isp_admin

EVENT = "before-call.dynamodb"


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "secret detail"}}, "GetItem")


@pytest.fixture
def trouble() -> Iterator[list[Exception]]:
    """Each call of the database raises the one error in this list, as botocore does once it has given up."""
    errors: list[Exception] = []

    def fail(**_: Any) -> None:
        if errors:
            raise errors[0]

    database().client.meta.events.register(EVENT, fail)
    yield errors
    database().client.meta.events.unregister(EVENT, fail)


@pytest.mark.parametrize(
    "error",
    [
        refused("ThrottlingException"),
        refused("ProvisionedThroughputExceededException"),
        refused("TransactionInProgressException"),
        ReadTimeoutError(endpoint_url="http://secret detail"),
        EndpointConnectionError(endpoint_url="http://secret detail"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_database_that_is_busy_or_silent_is_no_fault_of_ours_or_theirs(
    api: ApiClient, trouble: list[Exception], error: Exception
) -> None:
    admin = as_isp_admin(api)
    trouble.append(error)

    read = admin.get("/carriers").expect(503)
    written = admin.post("/carriers", {"name": "C"}).expect(503)

    assert read["code"] == written["code"] == "try_again"
    assert "secret" not in str(read) + str(written)


def test_a_request_that_the_database_doesnt_understand_is_our_fault(api: ApiClient, trouble: list[Exception]) -> None:
    admin = as_isp_admin(api)
    trouble.append(refused("ValidationException"))

    assert admin.get("/carriers").expect(500)["code"] == "internal_error"
