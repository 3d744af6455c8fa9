"""The first step of an import: read the file and decide every row. Nothing is written unless all of them are good."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from chalicelib.clients.files import Files
from chalicelib.domain import ids
from chalicelib.domain.csv_text import CsvError
from chalicelib.domain.import_plan import make_steps
from chalicelib.domain.import_rows import PlannedRow
from chalicelib.domain.sentences import Sentence, say
from chalicelib.domain.subscriber_csv import read_subscriber_table
from chalicelib.observability import emit_counts
from chalicelib.storage.jobs import Job, move_job, packed_report
from chalicelib.storage.scope import TenantScope
from chalicelib.storage.subscribers import SUBSCRIBER
from chalicelib.storage.transaction import Transaction
from chalicelib.storage.uploads import find_upload
from chalicelib.workflows.grow_shards import grow_shards
from chalicelib.workflows.import_files import ImportPlan, plan_row_of, put_plan
from chalicelib.workflows.plan_import import plan_import

SHOWN_ERRORS = 200
SHOWN_ROWS = 50
SHOWN_CHARACTERS = 100
OUR_FAULT = frozenset({"internal_error", "try_again"})  # the others are of the file or of who sent it


def begin_import(scope: TenantScope, job: Job, *, store: Files) -> Job:
    """Finished (a dry run, or a file that is refused), or with a plan to be carried out."""
    upload = find_upload(scope, job.upload_id)
    data = store.find(upload.file_key) if upload else None
    if data is None:
        return fail_job(job, "upload_missing", say("upload_expired"))
    try:
        table = read_subscriber_table(data)
    except CsvError as error:
        return fail_job(job, error.code, error.sentence)
    rows, known = plan_import(scope, table)
    seen = _as_seen(rows)
    if job.dry_run:
        return move_job(Transaction(), job, state="done", done=len(rows), **_counts(rows), **seen)
    if seen["errors_total"]:
        bad = _counts(rows)["bad"]
        return fail_job(job, "import_invalid", say("rows_wrong", bad=bad, rows=len(rows)), bad=bad, **seen)
    steps = make_steps(rows, new_id=_new_subscriber_id)
    grow_shards(scope, expected=known + sum(row.action == "create" for row in rows))
    plan_key = put_plan(store, job, ImportPlan(steps, [plan_row_of(row) for row in rows], table.separator))
    unchanged = _counts(rows)["unchanged"]
    return move_job(Transaction(), job, plan_key=plan_key, unchanged=unchanged, done=unchanged, failures=0, **seen)


def fail_job(job: Job, code: str, message: Sentence, **changes: Any) -> Job:
    problem = {"problem_code": code, "problem_said": message.to_json()}
    failed = move_job(Transaction(), job, state="failed", **problem, **changes)
    emit_counts(JobsFailed=int(code in OUR_FAULT))
    return failed


def _new_subscriber_id() -> str:
    return ids.new_id(SUBSCRIBER.id_prefix, now_ms=time.time_ns() // 1_000_000, random_bytes=os.urandom(10))


def _counts(rows: Sequence[PlannedRow]) -> dict[str, int]:
    found = Counter(row.action for row in rows)
    names = {"created": "create", "updated": "update", "unchanged": "unchanged", "bad": "bad"}
    return {name: found[action] for name, action in names.items()}  # type: ignore[index]


def _clipped(row: dict[str, Any]) -> dict[str, Any]:
    """A bad row may hold cells of any length."""
    return {name: value[:SHOWN_CHARACTERS] if isinstance(value, str) else value for name, value in row.items()}


def _as_seen(rows: Sequence[PlannedRow]) -> dict[str, Any]:
    errors = [error.to_json() for row in rows for error in row.errors]
    preview = [_clipped(asdict(plan_row_of(row))) for row in rows[:SHOWN_ROWS]]
    report = {"errors": errors[:SHOWN_ERRORS], "preview": preview}
    return {"total": len(rows), "errors_total": len(errors), "report": packed_report(report)}
