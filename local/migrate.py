"""``python -m local.migrate [--again NUMBER]``: how far the data migrations of this machine are.

The scheduler runs them while the system runs; ``--again`` orders one from its start once more.
"""

from __future__ import annotations

import argparse
import os
import sys
from datetime import UTC, datetime

from local.environment import make_app_environment
from local.settings import find_paths, load_settings


def show_migrations() -> str:
    """A line for each, with its last error if it has one."""
    from chalicelib.migrations import MIGRATIONS
    from chalicelib.storage.migrations import MigrationState, migration_states

    states = migration_states()
    lines: list[str] = []
    for migration in MIGRATIONS:
        state = states.get(migration.number) or MigrationState(number=migration.number, name=migration.name)
        ended = f" {_instant(int(state.ended_at))}" if state.ended_at else ""
        lines.append(
            f"{migration.number:04d} {migration.name}: {state.state}{ended}, "
            f"{int(state.seen)} seen, {int(state.changed)} changed, {int(state.steps)} steps"
        )
        if state.last_error:
            lines.append(f"     failed {int(state.failures)} times: {state.last_error}; the scheduler's log says more")
    return "\n".join(lines)


def _instant(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="seconds")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m local.migrate", description=__doc__)
    parser.add_argument("--again", type=int, metavar="NUMBER", help="run this migration again from its start")
    wanted = parser.parse_args().again
    paths = find_paths()
    os.environ |= make_app_environment(load_settings(paths), paths)

    from chalicelib.domain.errors import PatchbayError
    from chalicelib.storage.transaction import SYSTEM
    from chalicelib.workflows.run_migration_again import run_migration_again

    if wanted is not None:
        try:
            run_migration_again(wanted, actor=SYSTEM)
        except PatchbayError as error:
            sys.stderr.write(f"{error}\n")
            return 1
    sys.stdout.write(show_migrations() + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
