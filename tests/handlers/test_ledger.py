"""The ledger: append-only, each key booked once, and the balance always its sum."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.api_client import ApiClient
from tests.calls_world import Provider, a_provider


@pytest.fixture
def provider(api: ApiClient) -> Provider:
    return a_provider(api)


def adjust(provider: Provider, amount_micros: int, *, key: str = "", reason: str = "Goodwill") -> Any:
    body = {"amount_micros": amount_micros, "reason": reason}
    headers = {"idempotency-key": key} if key else {}
    return provider.admin.post(f"/customers/{provider.customer_id}/adjustments", body, headers=headers)


def test_an_adjustment_is_an_entry_with_its_reason(provider: Provider) -> None:
    made = adjust(provider, 5_000_000, reason="Goodwill").expect(201)

    assert (made["kind"], made["amount"], made["note"]) == ("adjustment", "5.000000", "Goodwill")
    assert provider.ledger() == [made]
    assert provider.balance() == 5_000_000


def test_an_adjustment_with_a_key_is_booked_once_and_answered_the_same(provider: Provider) -> None:
    first = adjust(provider, 1_000, key="k1").expect(201)
    again = adjust(provider, 1_000, key="k1").expect(201)
    other = adjust(provider, 2_000, key="k1")

    assert again == first
    assert other.expect(422)["code"] == "idempotency_key_reused"
    assert provider.balance() == 1_000


def test_adjustments_with_one_key_at_once_are_booked_once(provider: Provider) -> None:
    with ThreadPoolExecutor(3) as threads:
        answers = list(threads.map(lambda _: adjust(provider, 1_000, key="k2").status, range(3)))

    assert set(answers) <= {201, 409}
    assert provider.balance() == 1_000


def test_the_balance_is_the_sum_of_the_entries_under_concurrent_writers_and_repeats(provider: Provider) -> None:
    cdrs = [provider.outbound(seconds=10 + n) for n in range(10)]

    def work(place: int) -> None:
        adjust(provider, 1_000 * (place + 1), key=f"w{place}").expect(201)
        provider.send(*cdrs[place:], *cdrs[:place])
        adjust(provider, 1_000 * (place + 1), key=f"w{place}").expect(201)

    with ThreadPoolExecutor(3) as threads:
        list(threads.map(work, range(3)))

    entries = provider.ledger()
    assert len(entries) == 13
    assert len({entry["key"] for entry in entries}) == 13
    assert provider.balance() == sum(entry["amount_micros"] for entry in entries)


def test_the_ledger_is_one_query_a_page_newest_first(provider: Provider) -> None:
    amounts = [adjust(provider, amount).expect(201)["amount_micros"] for amount in (1, 2, 3)]

    first = provider.admin.get(f"/customers/{provider.customer_id}/ledger?limit=2")
    cursor = first.expect(200)["next_cursor"]
    second = provider.admin.get(f"/customers/{provider.customer_id}/ledger?limit=2&cursor={cursor}").expect(200)

    found = [entry["amount_micros"] for entry in first.json["items"] + second["items"]]
    assert found == list(reversed(amounts))
    assert first.operations == ["GetItem", "Query"]


def test_another_isp_sees_and_changes_nothing(api: ApiClient, provider: Provider) -> None:
    adjust(provider, 1_000).expect(201)
    stranger = a_provider(api).admin
    path = f"/customers/{provider.customer_id}"

    assert stranger.get(f"{path}/ledger").status == 404
    assert stranger.get(f"{path}/balance").status == 404
    assert stranger.post(f"{path}/adjustments", {"amount_micros": 1, "reason": "x"}).status == 404
    assert provider.balance() == 1_000


def test_only_isp_admins_see_money(provider: Provider) -> None:
    for role in ("tenant_admin", "subscriber"):
        client = provider.as_role(role)  # type: ignore[arg-type]
        assert client.get(f"/customers/{provider.customer_id}/balance").status == 403
        assert client.get(f"/customers/{provider.customer_id}/ledger").status == 403


@pytest.mark.parametrize("body", [{}, {"amount_micros": 0, "reason": "x"}, {"amount_micros": True, "reason": "x"}])
def test_an_adjustment_needs_an_amount_and_a_reason(provider: Provider, body: dict[str, object]) -> None:
    path = f"/customers/{provider.customer_id}/adjustments"

    assert provider.admin.post(path, body).expect(422)["code"] == "invalid_request"
