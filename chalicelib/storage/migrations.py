"""How far each data migration is: one item each, moved on step by step.

Whoever finds a migration that isn't done may take its next step: moving it on proves that nobody else has moved it
since it was read, so that two who work at once, or one who starts again, do no harm.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.sentences import say
from chalicelib.storage import keys
from chalicelib.storage.database import database
from chalicelib.storage.items import Item
from chalicelib.storage.transaction import NEW, Actor, Transaction


class MigrationState(Item, discriminator="Migration"):
    """``state``: pending, running or done. ``place``: where the next step begins, ``{}`` at the start. ``seen`` and
    ``changed``: items looked at and written in this run. Not worked on before ``not_before``. ``failures``: in a row;
    ``last_error`` stays until a run is through. Instants in milliseconds."""

    number = NumberAttribute()
    name = UnicodeAttribute()
    state = UnicodeAttribute(default="pending")
    place = JSONAttribute(default=dict)
    seen = NumberAttribute(default=0)
    changed = NumberAttribute(default=0)
    steps = NumberAttribute(default=0)
    runs = NumberAttribute(default=0)
    version = NumberAttribute(default=1)
    not_before = NumberAttribute(default=0)
    started_at = NumberAttribute(null=True)
    moved_at = NumberAttribute(null=True)
    ended_at = NumberAttribute(null=True)
    failures = NumberAttribute(default=0)
    last_error = UnicodeAttribute(default="")
    last_error_at = NumberAttribute(null=True)


class MigrationMovedError(Exception):
    """Somebody else has moved this migration on since it was read."""


def migration_states() -> dict[int, MigrationState]:
    """By number. One query."""
    found = database().all(MigrationState, keys.PLATFORM, prefix=keys.MIGRATION)
    return {int(state.number): state for state in found}


def begin_migrations(wanted: Iterable[tuple[int, str]], **values: Any) -> None:
    """Notes those that nobody has noted yet, by number and name."""
    for number, name in wanted:
        tx = Transaction()
        state = MigrationState(pk=keys.PLATFORM, sk=keys.migration_sk(number), number=number, name=name, **values)
        known = PatchbayError("already_exists")
        tx.put(state, condition=NEW, on_conflict=known)
        try:
            tx.commit()
        except PatchbayError as error:
            if error is not known:
                raise


def move_migration(tx: Transaction, before: MigrationState, **changes: Any) -> MigrationState:
    """``before`` with ``changes``, in one transaction with the rest of ``tx``. Raises ``MigrationMovedError``."""
    seen = int(before.version)
    values = {name: value for name, value in before.attribute_values.items() if name != "kind"}
    after = MigrationState(**(values | changes | {"version": seen + 1}))
    lost = PatchbayError("version_conflict", say("migration_moved"))
    tx.put(after, condition="version = :seen", on_conflict=lost, seen=seen)
    try:
        tx.commit()
    except PatchbayError as error:
        if error is lost:
            raise MigrationMovedError(before.name) from error
        raise
    return after


def begin_again(state: MigrationState, *, actor: Actor) -> MigrationState:
    """From the start, whatever has been done: every step finds out what is left to do. Raises
    ``MigrationMovedError``."""
    tx = Transaction()
    tx.audit("", actor, "migration.run_again", after={"number": int(state.number), "name": state.name})
    return move_migration(
        tx, state, state="pending", place={}, seen=0, changed=0, steps=0, not_before=0, failures=0,
        started_at=None, moved_at=None, ended_at=None, last_error="", last_error_at=None,
    )  # fmt: skip
