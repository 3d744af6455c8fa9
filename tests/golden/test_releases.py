"""Today's code on the items of every earlier release: nothing is lost or misread, before the migrations and after.

The tests of a release share its database and are in order: those that change something come last.
"""

from __future__ import annotations

import base64
import importlib
import pkgutil
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib import storage
from chalicelib.clients.queue import directory_work_queue
from chalicelib.clients.seal import seal_key
from chalicelib.domain.digest import ha1_md5
from chalicelib.domain.part_reader import parse_part, read_subscriber
from chalicelib.migrations import MIGRATIONS
from chalicelib.storage.items import Item
from chalicelib.storage.outbox import outbox_items
from chalicelib.workflows.expand_outbox import expand_outbox
from chalicelib.workflows.requeue_jobs import requeue_jobs
from chalicelib.workflows.run_migrations import run_migrations
from chalicelib.workflows.work_on_message import work_on_message
from sbc.hook.ha1 import Ha1Opener
from tests.calls_world import Provider
from tests.conftest import ROOT
from tests.golden.make_release_items import make
from tests.golden.release import Json, Release, releases, upgraded
from tests.golden.upgraded_api import UpgradedApi
from tests.imports import later_ms

# Kinds that no fixture has, and why.
NEVER_MADE = {
    "LedgerMark": "only of a ledger of more than 2,000 entries; without it they are read again",
    "LedgerFinding": "only of a balance that isn't the sum of its entries",
}
SLICES = 200


@pytest.fixture(scope="module", params=releases(), ids=lambda release: release.version)
def found(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[UpgradedApi]:
    release: Release = request.param
    with upgraded(release, release.fresh_items(), tmp_path_factory.mktemp("upgraded")):
        yield UpgradedApi(release)


@pytest.fixture(scope="module")
def migrated(found: UpgradedApi) -> UpgradedApi:
    for _ in range(SLICES):
        if run_migrations():
            return found
    raise AssertionError(found.as_role("platform_admin").get("/platform/migrations").text)


def test_everything_that_the_release_answered_is_answered_as_it_was(found: UpgradedApi) -> None:
    assert list(found.differences()) == []


def test_every_part_for_the_sbc_is_read_and_its_passwords_open(found: UpgradedApi) -> None:
    parts = [answer["path"] for answer in found.release.answers if answer["route"] == "part"]
    opener = Ha1Opener(seal_key(found.ids["sbc_id"]))
    domain, password = found.ids["domain"], found.secrets["sip_password"]

    read = {key: parse_part(found.part(key)) for key in parts}

    people = {
        subscriber.username: opener.open(subscriber.sip_ha1, subscriber.username, domain)
        for key in parts
        if "/subscribers/" in key
        for subscriber in (read_subscriber(one) for one in found.part(key)["subscribers"])
    }
    assert people == {name: ha1_md5(name, domain, password) for name in found.release.manifest["people"]}
    assert {key.split("/")[0] for key in read} == {"isp", "sbc", "tenant"}


def test_the_migrations_come_to_their_end_and_leave_every_answer_as_it_was(migrated: UpgradedApi) -> None:
    states = migrated.as_role("platform_admin").get("/platform/migrations").expect(200)["items"]

    assert [(state["state"], state["last_error"]) for state in states] == [("done", "")] * len(MIGRATIONS)
    assert list(migrated.differences()) == []


def test_after_the_migrations_every_subscriber_is_found_by_name(migrated: UpgradedApi) -> None:
    contacts = migrated.as_role("subscriber").get(f"{migrated.tenant}/contacts").expect(200)["items"]
    searched = migrated.as_role("subscriber").get(f"{migrated.tenant}/contacts?search=alvarez").expect(200)["items"]

    names = [(contact["name"], contact["username"]) for contact in contacts]
    assert names == [("Alice Álvarez", "alice"), ("bob", "bob"), ("Carol", "carol"), ("Erin Was", "erin")]
    assert [contact["username"] for contact in searched] == ["alice"]


def test_after_the_migrations_every_call_is_counted_once(migrated: UpgradedApi) -> None:
    calls = calls_of(migrated)
    day = calls[0]["setup_at"][:10]

    for path in ("/usage", f"{migrated.tenant}/usage"):
        total = migrated.admin.get(f"{path}?from={day}&to={day}").expect(200)["total"]
        assert (total["attempts"], total["refused"]) == (7, 1)
        assert total["answered"] == sum(call["result"] == "answered" for call in calls)
        assert total["talk_s"] == sum(call["talk_s"] for call in calls)
        assert total["amount_micros"] == sum(call["amount_micros"] for call in calls) > 0


def calls_of(found: UpgradedApi) -> list[Json]:
    question = next(one for one in found.release.answers if one["route"] == "/v1/calls")
    calls: list[Json] = found.ask(question).expect(200)["items"]
    assert len(calls) == len(found.release.manifest["calls"])
    return calls


def test_a_migration_that_is_run_again_changes_nothing(migrated: UpgradedApi) -> None:
    platform = migrated.as_role("platform_admin")
    for migration in MIGRATIONS:
        platform.post(f"/platform/migrations/{migration.number}/run-again").expect(202)

    while not run_migrations():
        pass

    states = platform.get("/platform/migrations").expect(200)["items"]
    assert [(state["state"], state["changed"], state["runs"]) for state in states] == [("done", 0, 2)] * len(states)


def test_names_of_who_took_part_are_shown_also_for_calls_stored_without_them(migrated: UpgradedApi) -> None:
    ids = migrated.release.manifest["calls"]

    call = migrated.as_role("tenant_admin").get(f"{migrated.tenant}/calls/{ids['internal']}").expect(200)
    charges = migrated.admin.get(f"/calls/{ids['outbound']}/charges").expect(200)["charges"]

    assert (call["caller"]["name"], call["called"]["name"]) == ("Ann", "bob")
    assert [(leg["leg"], leg["subscriber_name"]) for leg in call["legs"]] == [("b1", "bob")]
    assert [charge["verified"] for charge in charges] == [True]


def test_people_log_in_with_their_passwords_and_stay_logged_in(migrated: UpgradedApi) -> None:
    api = migrated.api
    secrets = migrated.secrets
    login = {"namespace": "acmetel", "email": secrets["admin_email"], "password": secrets["admin_password"]}
    subscriber = {"address": f"alice@{migrated.ids['domain']}", "password": secrets["softphone_password"]}

    api.post("/auth/login", login).expect(200)
    api.post("/auth/subscriber-login", subscriber).expect(200)
    for name in ("admin_refresh", "boss_refresh", "alice_refresh"):
        api.post("/auth/refresh", {"refresh_token": secrets[name]}).expect(200)
    api.post("/signup/confirm", {"token": secrets["signup_link"]}).expect(200)


def test_a_kept_answer_is_given_again(migrated: UpgradedApi) -> None:
    before = len(migrated.admin.get("/carriers").expect(200)["items"])
    headers = {"idempotency-key": "made-up-key"}

    again = migrated.admin.post("/carriers", {"name": "Kept answer", "gateways": []}, headers=headers)

    assert again.headers["idempotent-replayed"] == "true"
    assert again.json["name"] == "Kept answer"
    assert len(migrated.admin.get("/carriers").expect(200)["items"]) == before


def test_a_record_that_a_node_sends_again_is_a_duplicate_and_a_new_one_is_rated(migrated: UpgradedApi) -> None:
    provider = as_provider(migrated)
    known = migrated.release.manifest["calls"]["outbound"]
    before = provider.balance()
    new = provider.outbound()

    again, stored = provider.send(provider.outbound(call_id=known, setup_at=time_of(migrated, known)), new)

    assert (again["status"], stored["status"]) == ("duplicate", "stored")
    assert provider.balance() == before - 30_000
    [charge] = provider.charges(new["call_id"])
    assert (charge["state"], charge["verified"]) == ("rated", True)
    assert sum(entry["amount_micros"] for entry in provider.ledger()) == provider.balance()


def as_provider(found: UpgradedApi) -> Provider:
    ids = found.ids
    carrier = found.admin.get(f"/carriers/{ids['carrier_id']}").expect(200)
    return Provider(
        found.api, ids["isp_id"], found.admin, ids["sbc_id"], found.node, ids["service_plan_id"], ids["customer_id"],
        ids["tenant_id"], carrier, {"id": ids["subscriber_id"]},
    )  # fmt: skip


def time_of(found: UpgradedApi, call_id: str) -> int:
    at = found.admin.get(f"/calls/{call_id}").expect(200)["setup_at"]
    return round(datetime.fromisoformat(at).astimezone(UTC).timestamp() * 1000)


def test_calls_of_then_are_rated_again_and_counted_with_the_difference(migrated: UpgradedApi) -> None:
    provider = as_provider(migrated)
    failed_over = migrated.release.manifest["calls"]["failed_over"]
    unrated = migrated.release.manifest["calls"]["unrated"]
    day = migrated.admin.get(f"/calls/{failed_over}").expect(200)["setup_at"][:10]

    provider.admin.post(f"/calls/{failed_over}/rate-again").expect(200)
    provider.admin.post(f"/calls/{unrated}/rate-again").expect(200)

    assert sum(entry["amount_micros"] for entry in provider.ledger()) == provider.balance()
    total = provider.admin.get(f"/usage?from={day}&to={day}").expect(200)["total"]
    new_today = sum(call["amount_micros"] for call in every_call(migrated) if call["setup_at"][:10] == day)
    assert total["amount_micros"] == new_today


def every_call(found: UpgradedApi) -> list[Json]:
    calls: list[Json] = found.admin.get("/calls?limit=200").expect(200)["items"]
    question = next(one for one in found.release.answers if one["route"] == "/v1/calls")
    old: list[Json] = found.ask(question).expect(200)["items"]
    return list({call["call_id"]: call for call in [*calls, *old]}.values())


def test_records_of_then_are_changed_deleted_and_restored(migrated: UpgradedApi) -> None:
    admin, people = migrated.admin, migrated.release.manifest["people"]
    carol = f"{migrated.tenant}/subscribers/{people['carol']}"
    version = admin.get(carol).expect(200)["version"]

    admin.patch(carol, {"name": "Caroline", "alias": "1003"}, version=version).expect(200)
    contacts = admin.get(f"{migrated.tenant}/contacts?search=caroline").expect(200)["items"]
    admin.delete(carol, headers={"if-match": f'"{version + 1}"'}).expect(204)
    restored = admin.post(f"{carol}/restore").expect(200)
    for path in ("/carriers/{carrier_id}", "/customers/{customer_id}", "/tenants/{tenant_id}", "/isp"):
        filled = path.format(**migrated.ids)
        shown = admin.get(filled).expect(200)
        name = {"/isp": "company"}.get(path, "name")
        shown_name = name if name in shown else "name"
        admin.patch(filled, {shown_name: "Renamed"}, version=shown["version"]).expect(200)

    assert [(contact["username"], contact["alias"]) for contact in contacts] == [("carol", "1003")]
    assert (restored["name"], restored["alias"]) == ("Caroline", "1003")
    assert parse_part(migrated.part(f"tenant/{migrated.ids['tenant_id']}/core"))


def test_work_that_was_left_is_finished(migrated: UpgradedApi) -> None:
    assert len(outbox_items()) == 1

    expand_outbox()
    sent = requeue_jobs(now_ms=later_ms())
    for message in directory_work_queue().receive(limit=10):
        work_on_message(message.body, receives=1, ended=lambda: False)

    assert outbox_items() == []
    jobs = migrated.admin.get(f"{migrated.tenant}/jobs").expect(200)["items"]
    assert {job["state"] for job in jobs} <= {"done"}
    assert (len(jobs), sent) == ((2, 1) if "job_id" in migrated.ids else (0, 0))


def kinds() -> set[str]:
    for module in pkgutil.iter_modules(storage.__path__):
        importlib.import_module(f"{storage.__name__}.{module.name}")
    classes: list[Any] = [Item]
    for one in classes:
        classes += one.__subclasses__()
    found = {Item.kind.get_discriminator(one) for one in classes if one.__module__.startswith("chalicelib.")}
    return {kind for kind in found if kind}


@pytest.fixture(scope="module")
def today(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """As the next release's fixture will be."""
    return Release("today", make("today", ROOT, into=tmp_path_factory.mktemp("today")))


def test_every_kind_of_item_is_in_some_fixture_or_it_is_said_why_not(today: Release) -> None:
    """A new kind has to be made by ``release_walk``, or the fixture of the release that brings it would lack it."""
    stored = {kind_of(item) for release in (*releases(), today) for item in release.items}

    assert kinds() - stored == NEVER_MADE.keys()


def test_the_tool_makes_a_fixture_of_todays_code(today: Release) -> None:
    assert {answer["role"] for answer in today.answers} >= {"platform_admin", "isp_admin", "tenant_admin", "node"}
    assert set(today.manifest["hook"]) == {"rejected", "waits", "answered", "ringing", "change"}
    assert (today.directory / "hook/journal.sql").stat().st_size > 1000


def kind_of(item: Json) -> str:
    """Some are written without their kind."""
    pk, sk = item["PK"]["S"], item["SK"]["S"]
    if "kind" in item:
        return str(item["kind"]["S"])
    return "Change" if pk.endswith("#CHANGES") else "PartVersion" if pk.endswith("#VERSIONS") else f"{pk} {sk}"


def test_no_fixture_is_large_or_holds_anything_that_was_not_made_up() -> None:
    for release in releases():
        size = (release.directory / "items.jsonl").stat().st_size
        assert size < 200_000, f"{release.version}: {size}"
        assert release.manifest["version"] == release.version
        assert set(release.secrets) <= {"master-key", "cursor-key", "token-key", "file-key"}
        text = (release.directory / "items.jsonl").read_text()
        for name in ("admin_password", "sip_password", "softphone_password"):
            assert release.manifest["made_up_secrets"][name] not in text  # only its digest is ever stored
        assert base64.b64encode(release.secrets["master-key"]).decode() not in text
