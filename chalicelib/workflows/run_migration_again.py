"""A migration from its start once more, by order of an operator."""

from __future__ import annotations

from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.sentences import say
from chalicelib.storage.migrations import MigrationMovedError, MigrationState, begin_again, migration_states
from chalicelib.storage.transaction import Actor

TRIES = 5  # against a runner that moves it on at the same moment


def run_migration_again(number: int, *, actor: Actor) -> MigrationState:
    """Its next step is the first. Raises ``not_found``, also for one that no runner has begun."""
    for _ in range(TRIES):
        state = migration_states().get(number)
        if state is None:
            raise PatchbayError("not_found", say("no_such_migration"))
        try:
            return begin_again(state, actor=actor)
        except MigrationMovedError:
            continue
    raise PatchbayError("try_again", say("migration_moved"))
