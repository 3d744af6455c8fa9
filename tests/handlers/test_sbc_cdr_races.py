"""Call records that come at once: each stored once and charged once, whoever gets there first."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse

from chalicelib.storage.database import database
from tests.api_client import ApiClient
from tests.calls_world import Provider, a_provider


@pytest.fixture
def provider(api: ApiClient) -> Provider:
    return a_provider(api)


def test_a_record_sent_three_times_at_once_is_charged_once(provider: Provider) -> None:
    cdr = provider.outbound()

    with ThreadPoolExecutor(3) as threads:
        answers = list(threads.map(lambda _: provider.send(cdr)[0]["status"], range(3)))

    assert sorted(answers) == ["duplicate", "duplicate", "stored"]
    assert provider.balance() == -30_000
    assert len(provider.ledger()) == 1


def test_overlapping_batches_at_once_charge_each_call_once(provider: Provider) -> None:
    cdrs = [provider.outbound() for _ in range(12)]
    batches = [cdrs[:8], cdrs[4:], list(reversed(cdrs))]

    with ThreadPoolExecutor(3) as threads:
        results = [result for batch in threads.map(lambda batch: provider.send(*batch), batches) for result in batch]

    assert sum(result["status"] == "stored" for result in results) == 12
    assert provider.balance() == 12 * -30_000 == sum(entry["amount_micros"] for entry in provider.ledger())


@contextmanager
def conflicts(count: int) -> Iterator[list[int]]:
    """The next ``count`` transactions of the process are cancelled as DynamoDB does under contention."""
    left = [count]
    events = database().client.meta.events

    def cancel(**_: Any) -> tuple[Any, dict[str, Any]] | None:
        if not left[0]:
            return None
        left[0] -= 1
        error = {"Code": "TransactionCanceledException", "Message": "conflict"}
        return AWSResponse("", 400, {}, None), {
            "Error": error,
            "CancellationReasons": [{"Code": "TransactionConflict"}],
            "ResponseMetadata": {"HTTPStatusCode": 400},
        }

    events.register("before-call.dynamodb.TransactWriteItems", cancel)
    try:
        yield left
    finally:
        events.unregister("before-call.dynamodb.TransactWriteItems", cancel)


def test_a_transaction_that_loses_a_race_is_tried_again(provider: Provider) -> None:
    with conflicts(3) as left:
        results = provider.send(provider.outbound(), provider.outbound())

    assert left == [0]
    assert [result["status"] for result in results] == ["stored", "stored"]
    assert provider.balance() == -60_000


def test_endless_contention_asks_the_node_to_send_again_and_nothing_is_booked(provider: Provider) -> None:
    cdr = provider.outbound()

    with conflicts(100):
        answer = provider.node.post("/sbc/cdrs", {"cdrs": [cdr]})

    assert answer.expect(503)["code"] == "try_again"
    assert provider.balance() == 0
    assert provider.send(cdr)[0]["status"] == "stored"
    assert provider.balance() == -30_000


def test_writers_of_one_customer_that_collide_on_its_balance_all_get_through(provider: Provider) -> None:
    cdrs = [[provider.outbound() for _ in range(3)] for _ in range(4)]

    with ThreadPoolExecutor(4) as threads:
        results = list(threads.map(lambda batch: provider.send(*batch), cdrs))

    assert all(result["status"] == "stored" for batch in results for result in batch)
    assert provider.balance() == 12 * -30_000
