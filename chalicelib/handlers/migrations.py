"""Data migrations: their schedule, and what the platform's admin sees of them and may order."""

from __future__ import annotations

import time
from typing import Any

from chalice.app import Blueprint, Rate

from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.sentences import say
from chalicelib.handlers.http import Call, endpoint
from chalicelib.migrations import MIGRATIONS
from chalicelib.migrations.migration import Migration
from chalicelib.schemas.migrations import MigrationList, MigrationView
from chalicelib.storage.migrations import MigrationState, migration_states
from chalicelib.workflows.run_migration_again import run_migration_again
from chalicelib.workflows.run_migrations import run_migrations

blueprint = Blueprint(__name__)

LONGEST_SLICE_S = 240.0  # of the five minutes until the next run
MARGIN_S = 20.0  # a step that has begun is finished before the function's time is over


@blueprint.schedule(Rate(5, unit=Rate.MINUTES), name="run_migrations")
def run_on_schedule(event: Any) -> None:
    left_s = event.context.get_remaining_time_in_millis() / 1000 - MARGIN_S
    run_migrations(slice_s=max(0.0, min(LONGEST_SLICE_S, left_s)))


@endpoint(
    blueprint,
    "GET",
    "/platform/migrations",
    roles=("platform_admin",),
    out=MigrationList,
    summary="Data migrations of this release, and how far they are",
)
def list_migrations(_call: Call[Any]) -> MigrationList:
    states = migration_states()
    return MigrationList(items=[_view(migration, states.get(migration.number)) for migration in MIGRATIONS])


@endpoint(
    blueprint,
    "POST",
    "/platform/migrations/{migration}/run-again",
    roles=("platform_admin",),
    out=MigrationView,
    status=202,
    summary="Run a data migration again from its start: what is right already stays as it is",
)
def run_again(call: Call[Any]) -> MigrationView:
    known = {str(migration.number): migration for migration in MIGRATIONS}
    migration = known.get(call.path["migration"])
    if migration is None:
        raise PatchbayError("not_found", say("no_such_migration"))
    return _view(migration, run_migration_again(migration.number, actor=call.identity.actor()))


def _view(migration: Migration, state: MigrationState | None) -> MigrationView:
    found = state or MigrationState(number=migration.number, name=migration.name)
    not_before = int(found.not_before)
    return MigrationView(
        number=migration.number,
        name=migration.name,
        about=migration.about,
        state=found.state,
        isp_id=found.place.get("isp_id", ""),
        waits_until=not_before if found.state != "done" and not_before > time.time() * 1000 else None,
        **{name: getattr(found, name) for name in ("started_at", "moved_at", "ended_at", "last_error_at")},
        **{name: int(getattr(found, name)) for name in ("seen", "changed", "steps", "runs", "failures")},
        last_error=found.last_error,
    )
