"""What the platform's admin sees of data migrations, and may order; their schedule."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from app import app
from chalicelib.migrations import MIGRATIONS
from chalicelib.storage import keys
from chalicelib.storage.database import database
from chalicelib.storage.migrations import migration_states
from chalicelib.workflows.run_migrations import run_migrations, skip_migrations
from local.front.wsgi import FunctionContext
from tests.api_client import ApiClient
from tests.migrations.steps import forget
from tests.onboarding import the_platform
from tests.world import an_isp, as_isp_admin, as_platform_admin

Json = dict[str, Any]
FAR = 2_000_000_000_000


@pytest.fixture
def admin(api: ApiClient) -> Iterator[ApiClient]:
    """As in an installation that was just upgraded; afterwards as in a new one."""
    forget(keys.PLATFORM, keys.MIGRATION)
    yield as_platform_admin(api)
    forget(keys.PLATFORM, keys.MIGRATION)
    skip_migrations()


def listed(admin: ApiClient) -> list[Json]:
    found: list[Json] = admin.get("/platform/migrations").expect(200)["items"]
    return found


def test_all_of_the_release_are_listed_also_before_anybody_began_them(admin: ApiClient) -> None:
    found = listed(admin)

    assert [(one["number"], one["name"]) for one in found] == [(one.number, one.name) for one in MIGRATIONS]
    assert {(one["state"], one["runs"], one["started_at"]) for one in found} == {("pending", 0, None)}
    assert all(one["about"] for one in found)


def test_progress_is_shown_while_a_migration_runs(admin: ApiClient) -> None:
    an_isp()
    run_migrations(clock=lambda: FAR)  # seen for the first time
    taken = iter((False, True))

    run_migrations(clock=lambda: FAR * 2, stop=lambda: next(taken))
    first, second, *_ = listed(admin)

    assert (first["state"], first["steps"], first["runs"], first["ended_at"]) == ("running", 1, 1, None)
    assert first["moved_at"] == first["started_at"]
    assert (second["state"], second["steps"]) == ("pending", 0)
    assert second["waits_until"] is not None


def test_a_migration_is_run_again_by_order(admin: ApiClient) -> None:
    skip_migrations()

    ordered = admin.post("/platform/migrations/2/run-again").expect(202)

    assert (ordered["number"], ordered["state"], ordered["waits_until"]) == (2, "pending", None)
    assert [one["state"] for one in listed(admin)] == ["done", "pending", "done"]
    [*_, entry] = database().all(_audit_kind(), keys.platform_audit())
    assert entry.action == "migration.run_again"


def _audit_kind() -> Any:
    from chalicelib.storage.audit import AuditEntry

    return AuditEntry


@pytest.mark.parametrize("number", ["4", "0", "x", "0001"])
def test_one_that_there_is_not_can_not_be_run_again(admin: ApiClient, number: str) -> None:
    skip_migrations()

    admin.post(f"/platform/migrations/{number}/run-again").expect(404)


def test_one_that_was_never_begun_can_not_be_run_again(admin: ApiClient) -> None:
    admin.post("/platform/migrations/1/run-again").expect(404)


def test_nobody_but_the_platform_sees_them(api: ApiClient) -> None:
    as_isp_admin(api).get("/platform/migrations").expect(403)
    as_isp_admin(api).post("/platform/migrations/1/run-again").expect(403)


def test_a_new_installation_has_them_all_done(admin: ApiClient) -> None:
    database().delete_many([(keys.login("platform", "root@example.com"), keys.META)])

    the_platform()

    assert {one["state"] for one in listed(admin)} == {"done"}


def test_an_installation_that_there_is_already_has_them_to_do(admin: ApiClient) -> None:
    the_platform()
    forget(keys.PLATFORM, keys.MIGRATION)

    the_platform()

    assert {one["state"] for one in listed(admin)} == {"pending"}


def test_the_schedule_runs_them(admin: ApiClient) -> None:
    event = {
        "version": "0", "id": "x", "detail-type": "Scheduled Event", "source": "aws.events", "account": "0",
        "time": "2026-01-01T00:00:00Z", "region": "local", "resources": [], "detail": {},
    }  # fmt: skip

    app.handler_map["run_migrations"](event, FunctionContext(aws_request_id="x"))

    assert migration_states().keys() == {migration.number for migration in MIGRATIONS}
    assert all(one["waits_until"] for one in listed(admin))  # seen for the first time
