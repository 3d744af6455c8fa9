"""Every balance is the sum of its entries, and whoever tampers with either is found, on the real embedded database."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.ledger import LedgerEntry
from chalicelib.observability import logger
from chalicelib.storage import keys, metering
from chalicelib.storage.database import database
from chalicelib.storage.ledger import Booking, book_once
from chalicelib.storage.ledger_checks import find_mark, find_walk
from chalicelib.storage.scope import IspScope, PlatformScope
from chalicelib.storage.transaction import Transaction
from chalicelib.workflows.check_ledgers import EVERY_MS, MARKED_ENTRIES, check_ledgers, read_ledger
from local.scheduler import Scheduler, find_jobs
from tests.api_client import ApiClient
from tests.calls_world import Provider, a_provider, now_ms
from tests.metrics.emf import find, read_output
from tests.world import as_platform_admin


@pytest.fixture
def provider(api: ApiClient) -> Provider:
    """With an adjustment and two calls in its ledger."""
    made = a_provider(api)
    made.admin.post(f"/customers/{made.customer_id}/adjustments", {"amount_micros": 5_000_000, "reason": "x"})
    made.send(made.outbound(), made.outbound(seconds=30))
    return made


def next_day() -> int:
    """An instant at which a new walk is due, whatever earlier tests have walked."""
    walk = find_walk(PlatformScope())
    return max(now_ms(), 0 if walk is None else int(walk.started_at) + EVERY_MS)


def walk_all(at: int = 0, *, ended: Callable[[], bool] = lambda: False) -> int:
    """A whole walk, in as many slices as it takes; how many."""
    at = at or next_day()
    slices = 0
    while slices == 0 or not find_walk(PlatformScope()).finished_at:  # type: ignore[union-attr]
        check_ledgers(now_ms=at, ended=ended, pause=lambda _: None)
        slices += 1
    return slices


def findings(api: ApiClient) -> dict[str, Any]:
    found: list[Any] = as_platform_admin(api).get("/platform/ledger-findings?limit=200").expect(200)["items"]
    return {finding["customer_id"]: finding for finding in found}


def change_balance(provider: Provider, by_micros: int) -> None:
    database().client.update_item(
        TableName=database().table_name,
        Key={"PK": {"S": keys.customer(provider.customer_id)}, "SK": {"S": keys.BALANCE}},
        UpdateExpression="ADD balance_micros :by",
        ExpressionAttributeValues={":by": {"N": str(by_micros)}},
    )


def mend_balance(finding: Any) -> None:
    """As docs/operations.md says below LedgerDiffers."""
    figures = {":right": "entries_micros", ":n": "entries", ":seen": "balance_micros"}
    database().client.update_item(
        TableName=database().table_name,
        Key={"PK": {"S": keys.customer(finding["customer_id"])}, "SK": {"S": keys.BALANCE}},
        UpdateExpression="SET balance_micros = :right, #n = :n",
        ConditionExpression="balance_micros = :seen",
        ExpressionAttributeNames={"#n": "entries"},
        ExpressionAttributeValues={name: {"N": str(finding[figure])} for name, figure in figures.items()},
    )


def entries_of(provider: Provider) -> list[Booking]:
    return database().all(Booking, keys.customer(provider.customer_id), prefix=keys.LEDGER)


def test_a_tampered_balance_is_counted_logged_and_listed_until_it_is_mended(
    api: ApiClient, provider: Provider, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger=logger().name)
    change_balance(provider, 1)
    capsys.readouterr()

    walk_all()

    counted = find(read_output(capsys.readouterr().out), "LedgerMismatch")
    assert counted[-1].values == (1,)
    [line] = [record for record in caplog.records if record.message == "balance differs from the sum of its entries"]
    assert (line.customer_id, line.isp_id) == (provider.customer_id, provider.isp_id)  # type: ignore[attr-defined]
    found = findings(api)[provider.customer_id]
    assert found["balance_micros"] - found["entries_micros"] == 1
    assert (found["balance_entries"], found["entries"]) == (3, 3)
    assert (found["customer_name"], found["isp_name"]) == ("Acme", "Example Telecom")

    mend_balance(found)
    walk_all()

    assert find(read_output(capsys.readouterr().out), "LedgerMismatch")[-1].values == (0,)
    assert provider.customer_id not in findings(api)


def test_an_entry_that_was_deleted_or_changed_is_found(api: ApiClient) -> None:
    deleted, changed, sound = a_provider(api), a_provider(api), a_provider(api)
    for provider in (deleted, changed, sound):
        provider.send(provider.outbound(), provider.outbound())
    database().delete_many([(item.pk, item.sk) for item in entries_of(deleted)[:1]])
    entry = entries_of(changed)[0]
    entry.amount_micros = int(entry.amount_micros) - 7
    database().put_many([entry])

    walk_all()

    found = findings(api)
    assert (found[deleted.customer_id]["balance_entries"], found[deleted.customer_id]["entries"]) == (2, 1)
    assert found[changed.customer_id]["balance_micros"] - found[changed.customer_id]["entries_micros"] == 7
    assert sound.customer_id not in found
    database().delete_many([(keys.ledger_findings("PLATFORM"), customer_id) for customer_id in found])
    entry.amount_micros = int(entry.amount_micros) + 7
    database().put_many([entry])
    change_entries(deleted, by_entries=-1, by_micros=30_000)


@pytest.mark.parametrize("expression", ["REMOVE amount_micros", "SET amount_micros = :text"])
def test_an_entry_without_an_amount_is_found_and_hides_no_other_ledger(api: ApiClient, expression: str) -> None:
    broken, changed = a_provider(api), a_provider(api)
    for provider in (broken, changed):
        provider.send(provider.outbound())
    [entry] = entries_of(broken)
    values = {"ExpressionAttributeValues": {":text": {"S": "-30000"}}} if ":text" in expression else {}
    key = {"PK": {"S": entry.pk}, "SK": {"S": entry.sk}}
    database().client.update_item(TableName=database().table_name, Key=key, UpdateExpression=expression, **values)
    change_balance(changed, 7)

    walk_all()

    found = findings(api)
    assert {broken.customer_id, changed.customer_id} <= found.keys()
    assert (found[broken.customer_id]["entries"], found[broken.customer_id]["entries_micros"]) == (1, 0)
    database().put_many([entry])
    change_balance(changed, -7)
    database().delete_many([(keys.ledger_findings("PLATFORM"), customer_id) for customer_id in found])


def change_entries(provider: Provider, *, by_entries: int, by_micros: int) -> None:
    database().client.update_item(
        TableName=database().table_name,
        Key={"PK": {"S": keys.customer(provider.customer_id)}, "SK": {"S": keys.BALANCE}},
        UpdateExpression="ADD balance_micros :by, entries :entries",
        ExpressionAttributeValues={":by": {"N": str(by_micros)}, ":entries": {"N": str(by_entries)}},
    )


def test_the_ledger_of_a_deleted_customer_is_checked_too(api: ApiClient, provider: Provider) -> None:
    made = provider.admin.post("/customers", {"name": "Short", "service_plan_id": provider.plan_id}).expect(201)
    path = f"/customers/{made['id']}"
    provider.admin.post(f"{path}/adjustments", {"amount_micros": 5, "reason": "x"}).expect(201)
    provider.admin.request("DELETE", path, headers={"if-match": '"1"'}).expect(204)
    entry = database().all(Booking, keys.customer(made["id"]), prefix=keys.LEDGER)[0]
    database().delete_many([(entry.pk, entry.sk)])

    walk_all()
    assert findings(api)[made["id"]]["entries"] == 0

    database().put_many([entry])
    walk_all()
    assert made["id"] not in findings(api)


def test_a_walk_goes_on_where_a_slice_ended_and_misses_nobody(api: ApiClient, provider: Provider) -> None:
    change_balance(provider, 3)
    at = next_day()

    slices = walk_all(at, ended=lambda: True)

    walk = find_walk(PlatformScope())
    assert walk is not None
    assert slices == int(walk.checked) + 1 > 2  # a customer a slice, and one that finds the end
    assert provider.customer_id in findings(api)
    change_balance(provider, -3)
    assert check_ledgers(now_ms=at + EVERY_MS - 1) == 0  # nothing more on this day
    assert check_ledgers(now_ms=at + EVERY_MS) > 0
    walk_all(at + EVERY_MS)


def test_walkers_at_once_do_no_harm(api: ApiClient, provider: Provider) -> None:
    change_balance(provider, 3)
    at = next_day()
    threads = [threading.Thread(target=check_ledgers, kwargs={"now_ms": at, "pause": lambda _: None}) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    walk_all(at)

    assert provider.customer_id in findings(api)
    change_balance(provider, -3)
    walk_all()
    assert provider.customer_id not in findings(api)


def test_bookings_during_the_check_raise_no_alarm(provider: Provider) -> None:
    scope, customer_id = IspScope(provider.isp_id), provider.customer_id

    def book(writer: int) -> None:
        for number in range(1, 76):
            key = f"w{writer}/{number}"
            entry = LedgerEntry(key, "adjustment", number, "USD", now_ms() - number % 3 * 1000, key)
            tx = Transaction()
            book_once(tx, scope, customer_id, entry, note="", booked_by="test")
            tx.commit()

    def read() -> Any:
        return read_ledger(scope, customer_id, now_ms=now_ms(), ended=lambda: False, pause=lambda _: None)

    writers = [threading.Thread(target=book, args=(writer,)) for writer in range(2)]
    for writer in writers:
        writer.start()
    readings = []
    while any(writer.is_alive() for writer in writers):
        readings.append(read())
    readings.append(read())

    assert {reading.verdict for reading in readings} <= {"agrees", "moved"}
    assert any(reading.before != reading.after for reading in readings), "nothing was booked during any reading"
    assert (readings[-1].verdict, readings[-1].read.entries) == ("agrees", 3 + 150)


def put_old_entries(provider: Provider, count: int, *, at: int) -> None:
    pk = keys.customer(provider.customer_id)
    database().put_many(
        [
            Booking(
                pk=pk, sk=keys.ledger_sk(at + n, f"old/{n}"), key=f"old/{n}", entry_kind="adjustment",
                amount_micros=n, currency="USD", at=at + n, occurred_at=at + n, reference="",
            )
            for n in range(count)
        ]
    )  # fmt: skip
    change_entries(provider, by_entries=count, by_micros=count * (count - 1) // 2)


def test_a_long_ledger_is_added_up_once_and_doubted_if_it_differs(provider: Provider) -> None:
    scope, customer_id, now = IspScope(provider.isp_id), provider.customer_id, now_ms()
    put_old_entries(provider, MARKED_ENTRIES + 100, at=now - 10 * EVERY_MS)

    def read(ended: Callable[[], bool] = lambda: False) -> Any:
        return read_ledger(scope, customer_id, now_ms=now, ended=ended, pause=lambda _: None)

    assert read(ended=lambda: True) is None  # a page a slice: what was added up is kept
    assert find_mark(scope, customer_id).total.entries == 1000
    assert read().verdict == "agrees"
    assert find_mark(scope, customer_id).total.entries == MARKED_ENTRIES + 100

    cost = metering.start()
    assert read().verdict == "agrees"
    assert cost.operations.count("Query") == 2  # what came after the mark, settled or not

    late = Booking(
        pk=keys.customer(customer_id), sk=keys.ledger_sk(now - 11 * EVERY_MS, "late"), key="late",
        entry_kind="adjustment", amount_micros=9, currency="USD", at=0, occurred_at=0, reference="",
    )  # fmt: skip
    database().put_many([late])  # below the mark: by a clock that went wrong
    change_entries(provider, by_entries=1, by_micros=9)
    assert read().verdict == "agrees"  # since all was read again
    assert find_mark(scope, customer_id).total.entries == MARKED_ENTRIES + 101

    change_balance(provider, 1)
    assert read().verdict == "differs"
    change_balance(provider, -1)
    assert read().verdict == "agrees"


def test_the_embedded_scheduler_runs_the_check(provider: Provider, tmp_path: Path) -> None:
    from app import app

    change_balance(provider, 3)
    jobs = [job for job in find_jobs(app) if job.name == "check_ledgers"]
    walk = find_walk(PlatformScope())
    if walk is not None:
        database().delete_many([(walk.pk, walk.sk)])

    assert Scheduler(jobs, state=tmp_path / "state.json").run_due(now_ms()) != []

    walk = find_walk(PlatformScope())
    assert walk is not None
    assert int(walk.checked) > 0
    change_balance(provider, -3)
