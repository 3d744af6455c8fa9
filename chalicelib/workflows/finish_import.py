"""The last step of an import: the result with the new passwords, and an end to everything they came from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from chalicelib.clients.files import Files
from chalicelib.domain.csv_text import write_table
from chalicelib.domain.language import Language
from chalicelib.storage.jobs import Job, move_job, read_report
from chalicelib.storage.scope import TenantScope
from chalicelib.storage.transaction import Transaction
from chalicelib.storage.uploads import delete_upload, find_upload
from chalicelib.workflows.import_chunk import open_seed, passwords_of
from chalicelib.workflows.import_files import ImportPlan, put_result
from chalicelib.workflows.show_job import told

COLUMNS = (
    "line", "result", "username", "domain", "alias", "name", "sip_password", "softphone_password", "message",
)  # fmt: skip
RESULTS = {"create": "created", "update": "updated", "unchanged": "unchanged"}


def finish_import(scope: TenantScope, job: Job, plan: ImportPlan, *, store: Files) -> Job:
    """Raises ``JobMovedError``."""
    rows = _result_rows(scope, job, plan)
    result = put_result(store, job, write_table(COLUMNS, rows, separator=plan.separator))
    upload = find_upload(scope, job.upload_id)
    tx = Transaction()
    if upload is not None:
        delete_upload(tx, upload)
    done = move_job(tx, job, state="done", plan_key="", **result)
    for key in (job.plan_key, upload.file_key if upload else ""):
        if key:
            store.delete(key)
    return done


def _result_rows(scope: TenantScope, job: Job, plan: ImportPlan) -> Iterator[list[str]]:
    report = read_report(job)
    failed = set(report["failed"])
    language = cast("Language", job.language)
    messages = {error["line"]: told(error, language) for error in report["errors"]}
    seed = open_seed(scope, job)
    made = {step.line: passwords_of(step, seed) for step in plan.steps if step.verb == "create"}
    for row in plan.rows:
        bad = row.line in failed
        passwords = None if bad else made.get(row.line)
        yield [
            str(row.line),
            "failed" if bad else RESULTS[row.action],
            row.username,
            scope.domain,
            row.alias,
            row.name,
            passwords.sip if passwords else "",
            passwords.softphone if passwords else "",
            messages.get(row.line, ""),
        ]
