"""What the commands that rotate the master key do and say, on one machine (``local.rotate_key``) and on AWS
(``infra.rotate_key``)."""

from __future__ import annotations

import argparse
import sys
import time
from datetime import UTC, datetime

from chalicelib.clients.master_keys import NAME
from chalicelib.clients.secrets import ChangeableSecrets, SecretMovedError
from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.key_ring import FIRST, KeyRing, MasterKey, RingError, read_ring
from chalicelib.migrations.m0003_master_key import MIGRATION
from chalicelib.storage.migrations import migration_states
from chalicelib.storage.transaction import SYSTEM
from chalicelib.workflows.add_master_key import add_master_key
from chalicelib.workflows.count_sealed import SealedCount, count_sealed
from chalicelib.workflows.drop_master_key import KeyInUseError, Obstacles, drop_master_key, find_obstacles

FIRST_SHOWN = "first"  # the key without an id


def add_options(parser: argparse.ArgumentParser) -> None:
    """Of ``master-key`` alone."""
    wanted = parser.add_mutually_exclusive_group()
    wanted.add_argument("--dry-run", action="store_true", help="count what would be sealed anew, and change nothing")
    wanted.add_argument("--check", action="store_true", help="how much is sealed with which key, and how far it is")
    wanted.add_argument("--drop", metavar="KEY", help="end a former key, if nothing is sealed with it any more")


def only_for_master_key(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """Ends with a message if an option is given that no other key has."""
    if options.dry_run or options.check or options.drop is not None:
        parser.error("--dry-run, --check and --drop are of master-key alone")


def run(options: argparse.Namespace, store: ChangeableSecrets) -> int:
    """The exit status: 0 done, or nothing remains to be done; 1 not, or something does."""
    now_ms = time.time_ns() // 1_000_000
    try:
        if options.drop is not None:
            return _drop(store, _key_id(options.drop), now_ms)
        if options.dry_run or options.check:
            remaining = _show(_stored_ring(store), count_sealed(), now_ms)
            return int(remaining and not options.dry_run)
        ring = add_master_key(store, actor=SYSTEM, now_ms=now_ms)
    except KeyInUseError as error:
        _say(f"{options.drop} stays: {_obstacles(error.obstacles)}")
    except (RingError, PatchbayError) as error:
        _say(f"nothing was changed: {error}")
    except SecretMovedError:
        _say("nothing was changed: somebody else has changed the master key at this moment; look, and try again")
    else:
        used_from = _instant(ring.newest.use_from)
        _say(f"{_shown(ring.newest.id)} is the new master key, used from {used_from} on.")
        _say(f"Five minutes later migration {MIGRATION.number} begins to seal everything with it: see --check.")
        return 0
    return 1


def _drop(store: ChangeableSecrets, key_id: str, now_ms: int) -> int:
    ring = drop_master_key(store, key_id, count_sealed(), now_ms=now_ms)
    _say(f"{_shown(key_id)} is dropped. Left: {', '.join(_shown(key.id) for key in ring.keys)}.")
    return 0


def _show(ring: KeyRing, count: SealedCount, now_ms: int) -> bool:
    """Whether a former key is still needed, or something doesn't open."""
    for key in ring.keys:
        sealed = _counts(count.of_key(key.id)) or "nothing"
        _say(f"{_shown(key.id)}: {_use(ring, key, now_ms)}; {sealed} sealed with it")
    for kind, record_id in count.unreadable:
        _say(f"doesn't open: {kind} {record_id}")
    state = migration_states().get(MIGRATION.number)
    if state is not None:
        _say(f"migration {MIGRATION.number}: {state.state}, {int(state.seen)} seen, {int(state.changed)} sealed anew")
    remaining = False
    for key in ring.former():
        obstacles = find_obstacles(ring, key.id, count, now_ms=now_ms)
        remaining |= bool(obstacles)
        _say(f"{_shown(key.id)} " + (f"stays: {_obstacles(obstacles)}" if obstacles else "can be dropped"))
    return remaining or bool(count.unreadable)


def _use(ring: KeyRing, key: MasterKey, now_ms: int) -> str:
    if key.use_from > now_ms:
        return f"not in use yet, from {_instant(key.use_from)} on"
    since = f" since {_instant(key.use_from)}" if key.use_from else ""
    return f"in use{since}" if key == ring.current(now_ms) else "former"


def _obstacles(found: Obstacles) -> str:
    said = [f"{_counts(found.remaining)} sealed with it"] if found.remaining else []
    if found.not_before:
        said.append(f"answers kept for requests that are sent again, until {_instant(found.not_before)}")
    return "; ".join(said)


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{n} {kind}{'' if n == 1 else 's'}" for kind, n in sorted(counts.items()))


def _stored_ring(store: ChangeableSecrets) -> KeyRing:
    stored = store.find(NAME)
    if stored is None:
        raise RingError("there is no master key yet")
    return read_ring(stored)


def _key_id(shown: str) -> str:
    return FIRST if shown == FIRST_SHOWN else shown


def _shown(key_id: str) -> str:
    return key_id or FIRST_SHOWN


def _instant(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="seconds")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
