"""One chunk of an import: as many steps of its plan as fit a transaction, with the job's progress in the same one.

Done again after a crash, it finds the job moved on and does nothing. A row that can no longer be written (an alias
taken since, a subscriber somebody has changed) is left out and reported; the others are tried again without it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

from chalicelib.clients.seal import open_text
from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.import_plan import Step
from chalicelib.domain.import_rows import LineError
from chalicelib.domain.sentences import say
from chalicelib.domain.subscriber_csv import BY_FIELD
from chalicelib.storage.jobs import Job, move_job, packed_report, read_report
from chalicelib.storage.records import changed_record, new_record
from chalicelib.storage.scope import TenantScope
from chalicelib.storage.subscriber_batches import SubscriberBatch
from chalicelib.storage.subscribers import SUBSCRIBER, Subscriber, subscriber_shards, subscribers_by_id
from chalicelib.storage.transaction import Transaction
from chalicelib.workflows.begin_import import SHOWN_ERRORS
from chalicelib.workflows.make_passwords import Passwords, derive_passwords, sealed_credentials

MOST_STEPS = 50  # no more fit a transaction
MEANWHILE = say("changed_meanwhile")


@dataclass(slots=True)
class _Chunk:
    """``errors`` by subscriber; ``taken``: steps that are done with, successfully or not."""

    steps: Sequence[Step]
    stored: Mapping[str, Subscriber]
    failed_lines: set[int]  # in earlier chunks
    errors: dict[str, LineError] = field(default_factory=dict)
    taken: list[Step] = field(default_factory=list)

    def blame(self, step: Step, error: PatchbayError) -> None:
        named = error.errors[0].field if error.errors else ""
        column = BY_FIELD[named].name if named in BY_FIELD else ""
        message = MEANWHILE if error.code == "version_conflict" else error.detail
        self.errors[step.subscriber_id] = LineError(step.line, column, message, error.code)


def import_chunk(scope: TenantScope, job: Job, steps: Sequence[Step]) -> Job:
    """The job, with the steps from ``job.place`` on that fitted. Raises ``JobMovedError``."""
    rest = steps[int(job.place) : int(job.place) + MOST_STEPS]
    rest = list(takewhile(lambda step: (step.verb == "free") == (rest[0].verb == "free"), rest))
    stored = subscribers_by_id(scope, [step.subscriber_id for step in rest if step.verb != "create"])
    chunk = _Chunk(rest, stored, set(read_report(job)["failed"]))
    seed = open_seed(scope, job)
    while True:
        tx = Transaction()
        batch = SubscriberBatch(scope, tx, subscriber_shards(scope), job.actor)
        _fill(batch, chunk, seed)
        batch.close()
        try:
            return move_job(tx, job, **_progress(job, chunk))
        except PatchbayError as error:
            blamed = batch.find_blamed(error)
            if not blamed:
                raise
            for step in chunk.taken:
                if step.subscriber_id in blamed:
                    chunk.blame(step, error)


def open_seed(scope: TenantScope, job: Job) -> bytes:
    return bytes.fromhex(open_text(job.seed, owner=scope.tenant_id))


def passwords_of(step: Step, seed: bytes) -> Passwords:
    return derive_passwords(seed, step.username, **step.passwords)


def _fill(batch: SubscriberBatch, chunk: _Chunk, seed: bytes) -> None:
    chunk.taken = []
    for step in chunk.steps:
        if step.subscriber_id not in chunk.errors and step.line not in chunk.failed_lines:
            before = chunk.stored.get(step.subscriber_id)
            if step.verb != "create" and (before is None or int(before.version) != step.version):
                chunk.blame(step, PatchbayError("version_conflict"))
            elif not batch.add(before, _after(batch, step, before, seed)):
                return
        chunk.taken.append(step)


def _after(batch: SubscriberBatch, step: Step, before: Subscriber | None, seed: bytes) -> Subscriber:
    scope, actor, now_ms = batch.scope, batch.actor, batch.tx.now_ms
    credentials: dict[str, str] = {}
    if before is None or step.passwords:
        credentials = sealed_credentials(passwords_of(step, seed), username=step.username, domain=scope.domain)
    if before is None:
        values = {**step.values, **credentials}
        return new_record(scope, SUBSCRIBER, values, record_id=step.subscriber_id, actor=actor, now_ms=now_ms)
    given = {name: value for name, value in credentials.items() if name.split("_")[0] in step.passwords}
    return changed_record(scope, SUBSCRIBER, before, {**step.values, **given}, actor=actor, now_ms=now_ms)


def _progress(job: Job, chunk: _Chunk) -> dict[str, Any]:
    good = [step for step in chunk.taken if step.subscriber_id not in chunk.errors]
    written = [step.verb for step in good if step.line not in chunk.failed_lines]
    changes: dict[str, Any] = {
        "place": int(job.place) + len(chunk.taken),
        "done": int(job.done) + sum(step.verb != "free" for step in chunk.taken),
        "created": int(job.created) + written.count("create"),
        "updated": int(job.updated) + written.count("update"),
        "failures": 0,
    }
    if chunk.errors:
        changes |= _with_errors(job, list(chunk.errors.values()))
    return changes


def _with_errors(job: Job, errors: list[LineError]) -> dict[str, Any]:
    lines = {error.line for error in errors}
    report = read_report(job)
    report["failed"] = sorted({*report["failed"], *lines})
    every = [*report["errors"], *(error.to_json() for error in errors)]
    report["errors"] = sorted(every, key=lambda error: int(error["line"]))[:SHOWN_ERRORS]
    for row in report["preview"]:
        row["action"] = "bad" if row["line"] in lines else row["action"]
    return {
        "bad": int(job.bad) + len(lines),
        "errors_total": int(job.errors_total) + len(errors),
        "report": packed_report(report),
    }
