"""The files of an import besides the upload: its plan, sealed while chunks are written, and the result."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from chalicelib.clients.files import Files
from chalicelib.clients.seal import open_text, seal_text
from chalicelib.domain.import_plan import Step
from chalicelib.domain.import_rows import PlannedRow
from chalicelib.settings import settings
from chalicelib.storage.jobs import Job
from chalicelib.storage.transaction import Transaction
from chalicelib.storage.uploads import end_file


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A row as the result shows it."""

    line: int
    action: str
    username: str
    alias: str
    name: str


@dataclass(frozen=True, slots=True)
class ImportPlan:
    steps: Sequence[Step]
    rows: Sequence[PlanRow]
    separator: str


def plan_row_of(row: PlannedRow) -> PlanRow:
    return PlanRow(row.line, row.action, row.text("username"), row.text("alias"), row.text("name"))


def put_plan(store: Files, job: Job, plan: ImportPlan) -> str:
    """Its key. Of two workers who plan at once, each has a file of its own."""
    text = json.dumps(asdict(plan), separators=(",", ":"))
    key = _new_key("plans", job, "bin")
    _end_later(key, settings().upload_kept_s)
    store.put(key, seal_text(text, owner=job.id).encode(), media_type="application/octet-stream")
    return key


def read_plan(store: Files, job: Job) -> ImportPlan | None:
    """None: it was deleted, as the job took too long."""
    found = store.find(job.plan_key)
    if found is None:
        return None
    plan: dict[str, Any] = json.loads(open_text(found.decode(), owner=job.id))
    steps = [Step(**step) for step in plan["steps"]]
    return ImportPlan(steps, [PlanRow(**row) for row in plan["rows"]], plan["separator"])


def put_result(store: Files, job: Job, data: bytes) -> dict[str, Any]:
    """What the job then says of it: the key, and the instant (ms) at which the file is deleted."""
    key = _new_key("results", job, "csv")
    expires_at = _end_later(key, settings().result_kept_s)
    store.put(key, data, media_type="text/csv")
    return {"result_key": key, "result_expires_at": expires_at}


def _new_key(folder: str, job: Job, suffix: str) -> str:
    return f"{folder}/{job.tenant_id}/{job.id}-{os.urandom(8).hex()}.{suffix}"


def _end_later(key: str, lifetime_s: int) -> int:
    """Said before the file is written, so that none stays for good."""
    tx = Transaction()
    at_ms = tx.now_ms + lifetime_s * 1000
    end_file(tx, key, at_ms=at_ms)
    tx.commit()
    return at_ms
