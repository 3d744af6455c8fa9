"""Usage by day: each call counted once, in the transaction that stores it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from tests.api_client import ApiClient
from tests.calls_world import RATES, Json, Provider, a_plan, a_provider, a_rate, a_tenant, now_ms

DAY_MS = 86_400_000


@pytest.fixture
def provider(api: ApiClient) -> Provider:
    return a_provider(api)


def noon(days_ago: int) -> int:
    """Far from the ends of its UTC day."""
    day = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=days_ago)
    return int(day.timestamp() * 1000)


def day_text(days_ago: int) -> str:
    return (datetime.now(UTC).date() - timedelta(days=days_ago)).isoformat()


def usage(provider: Provider, query: str = "") -> Json:
    found: Json = provider.admin.get(f"/usage{query}").expect(200)
    return found


def days(found: Json) -> dict[str, Json]:
    """Those on which anything happened."""
    return {day["day"]: day for day in found["days"] if day["attempts"]}


def test_calls_are_counted_on_their_day_with_quality_and_amounts(provider: Provider) -> None:
    refusal = {"code": "destination_not_allowed", "sip_status": 403, "reason": "Forbidden"}
    provider.send(
        provider.outbound(setup_at=noon(2)),
        provider.outbound(setup_at=noon(2), seconds=30.2, pdd_ms=500),
        provider.cdr(setup_at=noon(2), answered_at=None, pdd_ms=None, refusal=refusal, sip_status=403),
        provider.cdr(setup_at=noon(1), answered_at=None, sip_status=486),
    )

    found = usage(provider)

    assert list(days(found)) == [day_text(2), day_text(1)]
    first, second = days(found).values()
    assert {name: first[name] for name in ("attempts", "answered", "failed", "refused", "talk_s")} == {
        "attempts": 3, "answered": 2, "failed": 0, "refused": 1, "talk_s": 120,
    }  # fmt: skip
    assert (first["asr"], first["acd_s"], first["pdd_ms"]) == (0.6667, 60.0, 400.0)
    assert first["amount_micros"] == -provider.balance()
    assert (second["attempts"], second["failed"], second["asr"], second["acd_s"]) == (1, 1, 0.0, None)
    assert (found["total"]["attempts"], found["total"]["asr"], found["currency"]) == (4, 0.5, "USD")


def test_the_same_record_again_counts_once_whoever_brings_it(provider: Provider) -> None:
    cdr = provider.outbound(setup_at=noon(1))
    provider.send(cdr)

    provider.send(cdr, provider.outbound(setup_at=noon(1)), cdr)
    with ThreadPoolExecutor(3) as threads:
        list(threads.map(lambda _: provider.send(cdr), range(3)))

    [day] = days(usage(provider)).values()
    assert (day["attempts"], day["talk_s"], day["amount_micros"]) == (2, 120, 60_000)


def test_many_records_at_once_are_all_counted_and_share_their_updates(provider: Provider) -> None:
    batches = [[provider.outbound(setup_at=noon(1)) for _ in range(20)] for _ in range(3)]

    with ThreadPoolExecutor(3) as threads:
        answers = list(threads.map(lambda batch: provider.node.post("/sbc/cdrs", {"cdrs": batch}), batches))

    assert [answer.operations.count("TransactWriteItems") for answer in answers] == [1, 1, 1]
    [day] = days(usage(provider)).values()
    assert (day["attempts"], day["amount_micros"]) == (60, -provider.balance())


def test_calls_of_many_days_and_tenants_in_one_batch_are_divided_and_counted(provider: Provider) -> None:
    tenants = [provider.tenant_id] + [
        a_tenant(provider.isp_id, provider.customer_id, provider.sbc_id) for _ in range(3)
    ]
    cdrs = [provider.outbound(setup_at=noon(days_ago), tenant_id=tenants[days_ago % 4]) for days_ago in range(1, 29)]

    results = provider.send(*cdrs)

    assert {result["status"] for result in results} == {"stored"}
    found = usage(provider)
    assert [day["attempts"] for day in found["days"]] == [0, *[1] * 28, 0]
    of_tenants = [
        provider.admin.get(f"/tenants/{tenant_id}/usage").expect(200)["total"]["attempts"] for tenant_id in tenants
    ]
    assert of_tenants == [7, 7, 7, 7]


def test_rating_again_corrects_the_amount_and_counts_no_call(api: ApiClient) -> None:
    provider = a_provider(api)
    cdr = provider.outbound(setup_at=noon(3))
    provider.send(cdr)
    plan_id = a_plan(provider.admin, rates=(a_rate("+1", 45_000),), services=())
    customer = provider.admin.get(f"/customers/{provider.customer_id}").expect(200)
    body = {"service_plan_id": plan_id}
    provider.admin.patch(f"/customers/{provider.customer_id}", body, version=customer["version"]).expect(200)

    provider.admin.post(f"/calls/{cdr['call_id']}/rate-again").expect(200)
    provider.admin.post(f"/calls/{cdr['call_id']}/rate-again").expect(200)

    [day] = days(usage(provider)).values()
    assert (day["day"], day["attempts"], day["amount_micros"]) == (day_text(3), 1, 45_000)
    of_tenant = provider.admin.get(f"/tenants/{provider.tenant_id}/usage").expect(200)
    assert of_tenant["total"]["amount_micros"] == 45_000


def test_customers_in_another_currency_are_not_converted(provider: Provider) -> None:
    plan_id = a_plan(provider.admin, rates=RATES, services=(), currency="EUR")
    other = provider.admin.post("/customers", {"name": "Euro", "service_plan_id": plan_id}).expect(201)["id"]
    tenant_id = a_tenant(provider.isp_id, other, provider.sbc_id)
    at = noon(1)
    provider.send(
        provider.outbound(setup_at=at), provider.outbound(setup_at=at, tenant_id=tenant_id, customer_id=other)
    )

    total = usage(provider)["total"]
    of_tenant = provider.admin.get(f"/tenants/{tenant_id}/usage").expect(200)

    assert (total["attempts"], total["amount_micros"]) == (2, 30_000)
    assert total["other_amounts"] == [{"currency": "EUR", "amount_micros": 30_000}]
    assert (of_tenant["currency"], of_tenant["total"]["amount_micros"]) == ("EUR", 30_000)
    assert of_tenant["total"]["other_amounts"] == []


def test_a_tenant_sees_its_calls_but_no_amounts(provider: Provider) -> None:
    other_id = a_tenant(provider.isp_id, provider.customer_id, provider.sbc_id)
    at = noon(1)
    provider.send(provider.outbound(setup_at=at), provider.outbound(setup_at=at, tenant_id=other_id))
    admin = provider.as_role("tenant_admin")

    seen = admin.get(f"/tenants/{provider.tenant_id}/usage").expect(200)

    assert (seen["total"]["attempts"], seen["total"]["talk_s"]) == (1, 60)
    assert (seen["currency"], seen["total"]["amount_micros"], seen["total"]["other_amounts"]) == (None, None, [])
    assert {day["amount_micros"] for day in seen["days"]} == {None}
    assert admin.get("/usage").status == 403
    assert admin.get(f"/tenants/{other_id}/usage").status == 404


def test_another_isp_sees_nothing_of_it(api: ApiClient, provider: Provider) -> None:
    provider.send(provider.outbound(setup_at=noon(1)))
    stranger = a_provider(api)

    assert usage(stranger)["total"]["attempts"] == 0
    assert stranger.admin.get(f"/tenants/{provider.tenant_id}/usage").status == 404


def test_the_range_is_thirty_days_unless_named_and_holds_every_day(provider: Provider) -> None:
    usual = usage(provider)["days"]
    named = usage(provider, "?from=2026-02-27&to=2026-03-01")["days"]
    until_named = usage(provider, "?to=2026-03-01")["days"]

    assert (usual[0]["day"], usual[-1]["day"], len(usual)) == (day_text(29), day_text(0), 30)
    assert [day["day"] for day in named] == ["2026-02-27", "2026-02-28", "2026-03-01"]
    assert (until_named[0]["day"], len(until_named)) == ("2026-01-31", 30)
    assert len(usage(provider, "?from=2026-01-01&to=2026-04-03")["days"]) == 93


@pytest.mark.parametrize(
    "query",
    ["from=2026-01-01&to=2026-04-04", "from=2026-03-02&to=2026-03-01", "from=2026-02-30", "from=yesterday", "to=1",
     "from=2001-01-01", "from=2090-01-01"],
)  # fmt: skip
def test_a_range_that_makes_no_sense_is_refused_in_words(provider: Provider, query: str) -> None:
    refused = provider.admin.get(f"/usage?{query}")

    assert refused.expect(422)["errors"]


def test_a_call_of_today_is_on_today(provider: Provider) -> None:
    cdr = provider.outbound(setup_at=now_ms())
    provider.send(cdr)

    counted = days(usage(provider, f"?from={day_text(1)}"))

    assert list(counted) == [datetime.fromtimestamp(cdr["setup_at"] / 1000, UTC).date().isoformat()]


def test_three_months_of_an_isp_are_read_by_one_query(provider: Provider) -> None:
    provider.send(*[provider.outbound(setup_at=noon(0) - days_ago * DAY_MS) for days_ago in range(1, 80, 9)])

    answer = provider.admin.get(f"/usage?from={day_text(92)}")

    assert answer.expect(200)["total"]["attempts"] == 9
    assert answer.operations == ["Query", "GetItem"]
