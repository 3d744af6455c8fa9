"""Migration 2: calls from before the counters are counted once, also while calls are stored and rated again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from chalicelib.migrations import m0002_usage
from chalicelib.migrations.m0002_usage import MIGRATION
from chalicelib.storage import keys
from chalicelib.storage.database import database
from chalicelib.storage.scope import IspScope
from chalicelib.storage.usage import usage_of_isp
from tests.api_client import ApiClient
from tests.calls_world import Json, Provider, a_plan, a_provider, a_rate, a_tenant, now_ms
from tests.migrations.steps import changed_by, forget, forget_usage, steps_over

DAY_MS = 86_400_000
FIGURES = ("attempts", "answered", "refused", "talk_s", "pdd_ms", "amount_micros")


@pytest.fixture
def provider(api: ApiClient) -> Provider:
    made = a_provider(api)
    begin_earlier(made, days=9)
    return made


def begin_earlier(provider: Provider, *, days: int) -> None:
    """The ISP is as old as its calls."""
    database().client.update_item(
        TableName=database().table_name,
        Key={"PK": {"S": keys.isp(provider.isp_id)}, "SK": {"S": keys.META}},
        UpdateExpression="SET created_at = :at",
        ExpressionAttributeValues={":at": {"N": str(now_ms() - days * DAY_MS)}},
    )


def noon(days_ago: int) -> int:
    day = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=days_ago)
    return int(day.timestamp() * 1000)


def usage(provider: Provider, path: str = "/usage") -> Json:
    """By day, those on which anything happened."""
    found = provider.admin.get(path).expect(200)
    days = {day["day"]: {name: day[name] for name in FIGURES} for day in found["days"]}
    return {day: figures for day, figures in days.items() if figures["attempts"] or figures["amount_micros"]}


def of_tenant(provider: Provider, tenant_id: str = "") -> Json:
    return usage(provider, f"/tenants/{tenant_id or provider.tenant_id}/usage")


def some_calls(provider: Provider, days_ago: int) -> list[Json]:
    refusal = {"code": "destination_not_allowed", "sip_status": 403, "reason": "Forbidden"}
    at = noon(days_ago)
    return [
        provider.outbound(setup_at=at),
        provider.outbound(setup_at=at + 1, seconds=30.2, pdd_ms=500),
        provider.cdr(setup_at=at + 2, answered_at=None, pdd_ms=None, refusal=refusal, sip_status=403),
        provider.cdr(setup_at=at + 3, answered_at=None, sip_status=486),
    ]


def forget_all(provider: Provider, *tenant_ids: str) -> None:
    forget_usage(provider.isp_id, provider.tenant_id, *tenant_ids)
    assert usage(provider) == {}
    assert of_tenant(provider) == {}


def test_calls_from_before_the_counters_are_counted_on_their_day(provider: Provider) -> None:
    for days_ago in (5, 4, 0):
        provider.send(*some_calls(provider, days_ago))
    before, before_of_tenant = usage(provider), of_tenant(provider)
    assert len(before) == 3
    forget_all(provider)

    steps = steps_over(MIGRATION, provider.isp_id)

    assert usage(provider) == before
    assert of_tenant(provider) == before_of_tenant
    assert changed_by(steps) == 3


def test_the_second_time_nothing_is_left_to_do(provider: Provider) -> None:
    provider.send(*some_calls(provider, 3))
    forget_all(provider)
    steps_over(MIGRATION, provider.isp_id)
    once = usage(provider)

    assert changed_by(steps_over(MIGRATION, provider.isp_id)) == 0
    assert usage(provider) == once


def test_calls_of_a_day_that_was_counted_in_part_are_counted_once(provider: Provider) -> None:
    """The day of the upgrade."""
    provider.send(*some_calls(provider, 2))
    forget_all(provider)
    provider.send(provider.outbound(setup_at=noon(2) + 5), provider.outbound(setup_at=noon(2) + 6))

    steps_over(MIGRATION, provider.isp_id)

    [day] = usage(provider).values()
    assert (day["attempts"], day["answered"], day["amount_micros"]) == (6, 4, -provider.balance())
    assert of_tenant(provider) == usage(provider)


def test_a_call_that_was_rated_again_since_counts_at_its_price_of_now(provider: Provider) -> None:
    call = provider.outbound(setup_at=noon(2))
    provider.send(call)
    forget_all(provider)
    raise_price(provider, 70_000)
    provider.admin.post(f"/calls/{call['call_id']}/rate-again").expect(200)
    assert of_tenant(provider) != {}  # the difference alone

    steps_over(MIGRATION, provider.isp_id)

    [day] = of_tenant(provider).values()
    assert (day["attempts"], day["amount_micros"]) == (1, -provider.balance())


def raise_price(provider: Provider, micros: int) -> None:
    """For calls of before too, by another plan: the decks of the first have versions, each for its time."""
    plan_id = a_plan(provider.admin, rates=(a_rate("+1", micros),), services=())
    customer = provider.admin.get(f"/customers/{provider.customer_id}").expect(200)
    body = {"service_plan_id": plan_id}
    provider.admin.patch(f"/customers/{provider.customer_id}", body, version=customer["version"]).expect(200)


def test_a_tenant_that_was_deleted_stays_in_the_isps_figures(provider: Provider) -> None:
    other = a_tenant(provider.isp_id, provider.customer_id, provider.sbc_id, carrier_id=provider.carrier["id"])
    provider.send(*(call | {"tenant_id": other} for call in some_calls(provider, 1)))
    before = usage(provider)
    version = provider.admin.get(f"/tenants/{other}").expect(200)["version"]
    provider.admin.delete(f"/tenants/{other}", headers={"if-match": f'"{version}"'}).expect(204)
    forget_all(provider, other)
    forget(keys.isp(provider.isp_id), keys.DELETED)

    steps_over(MIGRATION, provider.isp_id)

    assert usage(provider) == before


def test_what_was_counted_of_calls_that_were_deleted_since_stays(provider: Provider) -> None:
    calls = some_calls(provider, 2)
    provider.send(*calls)
    before = usage(provider)
    gone = calls[0]["call_id"]
    for pk in (keys.isp_cdrs(provider.isp_id, gone), keys.cdrs(provider.tenant_id, gone)):
        database().delete_many([(pk, gone)])

    assert changed_by(steps_over(MIGRATION, provider.isp_id)) == 0
    assert usage(provider) == before


def test_a_day_whose_calls_expire_is_counted_only_if_nothing_of_it_was(provider: Provider) -> None:
    isp = provider.admin.get("/isp").expect(200)
    provider.send(*some_calls(provider, 5))
    before = usage(provider)
    forget_all(provider)
    provider.send(provider.outbound(setup_at=noon(5) + 9))
    database().client.update_item(
        TableName=database().table_name,
        Key={"PK": {"S": keys.isp(isp["id"])}, "SK": {"S": keys.META}},
        UpdateExpression="SET cdr_retention_days = :days",
        ExpressionAttributeValues={":days": {"N": "3"}},
    )

    assert changed_by(steps_over(MIGRATION, provider.isp_id)) == 0
    forget(keys.tenant_usage(provider.tenant_id))
    forget(keys.isp_usage(provider.isp_id))
    steps_over(MIGRATION, provider.isp_id)

    [day] = usage(provider).values()
    assert day["attempts"] == next(iter(before.values()))["attempts"] + 1


def test_a_call_whose_id_is_of_the_day_before_counts_on_the_day_it_was_set_up(provider: Provider) -> None:
    midnight = noon(3) - DAY_MS // 2
    early = provider.outbound(setup_at=midnight - 1)
    late = early | {"setup_at": midnight + 1, "answered_at": midnight + 2001, "ended_at": midnight + 62_000}
    provider.send(late)
    before = usage(provider)
    assert list(before) == [datetime.fromtimestamp(midnight / 1000, UTC).date().isoformat()]
    forget_all(provider)

    steps_over(MIGRATION, provider.isp_id)

    assert usage(provider) == before


def test_a_call_that_comes_between_reading_and_writing_is_counted_once(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.send(*some_calls(provider, 1))
    forget_all(provider)
    read, reads = m0002_usage._read_day, [0]

    def read_and_store_one(isp_id: str, day: date) -> Any:
        """After the second time, which is the one that counts."""
        found = read(isp_id, day)
        reads[0] += bool(found)
        if found and reads[0] == 2:
            provider.send(provider.outbound(setup_at=noon(1) + 7))
        return found

    monkeypatch.setattr(m0002_usage, "_read_day", read_and_store_one)
    steps_over(MIGRATION, provider.isp_id)

    [day] = of_tenant(provider).values()
    assert (day["attempts"], day["amount_micros"]) == (5, -provider.balance())
    assert usage(provider) == of_tenant(provider)


def test_a_tenant_that_wins_every_race_is_left_for_the_round_after_its_day(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.send(*some_calls(provider, 0))
    forget_all(provider)
    read = m0002_usage._read_day

    def read_and_store_one(isp_id: str, day: date) -> Any:
        found = read(isp_id, day)
        if found:
            provider.send(provider.outbound(setup_at=noon(0) + 10))
        return found

    monkeypatch.setattr(m0002_usage, "_read_day", read_and_store_one)
    busy = steps_over(MIGRATION, provider.isp_id)
    monkeypatch.undo()

    end = noon(0) + DAY_MS // 2
    assert changed_by(busy) == 0
    assert busy[-1].place is not None
    assert busy[-1].place["again_at"] == end + 15 * 60_000
    steps_over(MIGRATION, provider.isp_id)
    assert of_tenant(provider) == usage(provider) == all_stored(provider)


def all_stored(provider: Provider) -> Json:
    """What the calls themselves say, by day."""
    days: dict[str, Json] = {}
    calls = list_calls(provider)
    for call in calls:
        detail = provider.admin.get(f"/calls/{call['call_id']}").expect(200)
        figures = days.setdefault(call["setup_at"][:10], dict.fromkeys(FIGURES, 0))
        counted = (1, call["result"] == "answered", call["result"] == "refused", call["talk_s"])
        for name, value in zip(FIGURES, counted, strict=False):
            figures[name] += int(value)
        figures["amount_micros"] += call["amount_micros"]
        delays = figures.setdefault("delays", [])
        if detail["pdd_ms"] is not None:
            delays.append(detail["pdd_ms"])
    for figures in days.values():
        delays = figures.pop("delays")
        figures["pdd_ms"] = round(sum(delays) / len(delays), 1) if delays else None
    return days


def rated_again(provider: Provider) -> int:
    return sum(entry["kind"] == "refund" for entry in provider.ledger())


def list_calls(provider: Provider) -> list[Json]:
    found: list[Json] = []
    cursor = ""
    while True:
        page = provider.admin.get(f"/calls?limit=200{cursor}").expect(200)
        found += page["items"]
        if not page["next_cursor"]:
            return found
        cursor = f"&cursor={page['next_cursor']}"


def test_calls_that_are_stored_and_rated_again_meanwhile_by_two_runners_are_all_counted_once(
    provider: Provider,
) -> None:
    """Old calls of two tenants, two runners, and nodes that send and an admin who rates again all the while."""
    other = a_tenant(provider.isp_id, provider.customer_id, provider.sbc_id, carrier_id=provider.carrier["id"])
    old = [call for days_ago in (2, 1, 0) for call in some_calls(provider, days_ago)]
    old += [call | {"tenant_id": other} for call in some_calls(provider, 1)]
    provider.send(*old)
    forget_all(provider, other)
    raise_price(provider, 70_000)
    together = threading.Barrier(4)
    failures: list[BaseException] = []

    def sends() -> None:
        for n in range(24):
            provider.send(provider.outbound(setup_at=noon(n % 3) + 100 + n))

    def rates_again() -> None:
        for call in old:
            provider.admin.post(f"/calls/{call['call_id']}/rate-again").expect(200)

    def migrates() -> None:
        for _ in range(6):
            steps_over(MIGRATION, provider.isp_id)

    def kept(work: Callable[[], None]) -> None:
        together.wait()
        try:
            work()
        except BaseException as error:
            failures.append(error)
            raise

    works = (sends, rates_again, migrates, migrates)
    threads = [threading.Thread(target=kept, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=240)
    steps_over(MIGRATION, provider.isp_id)  # the round after the last race

    assert not failures
    assert rated_again(provider) > 0
    assert usage(provider) == all_stored(provider)
    tenants = [of_tenant(provider), of_tenant(provider, other)]
    attempts = sum(day["attempts"] for days in tenants for day in days.values())
    assert attempts == len(old) + 24
    assert changed_by(steps_over(MIGRATION, provider.isp_id)) == 0
    first = datetime.now(UTC).date() - timedelta(days=9)
    tallies = usage_of_isp(IspScope(provider.isp_id), first, datetime.now(UTC).date())
    assert sum(tally.amount_micros for _, _, tally in tallies) == -provider.balance()
