"""All subscribers of a tenant as a file; imported again it changes nothing. A crash starts it from the beginning."""

from __future__ import annotations

from typing import Any

from chalicelib.clients.files import Files
from chalicelib.domain.subscriber_csv import EXPORTED, write_subscribers
from chalicelib.storage.jobs import Job, move_job
from chalicelib.storage.records import all_records
from chalicelib.storage.scope import TenantScope
from chalicelib.storage.subscribers import Subscriber, count_subscribers, pages_of_subscribers
from chalicelib.storage.transaction import Transaction
from chalicelib.workflows.import_files import put_result
from chalicelib.workflows.plan_import import REFERENCES


def export_subscribers(scope: TenantScope, job: Job, *, store: Files) -> Job:
    """Raises ``JobMovedError``."""
    names = {record.id: record.name for noun in REFERENCES.values() for record in all_records(scope, noun)}
    total = count_subscribers(scope)
    rows: list[dict[str, Any]] = []
    for page in pages_of_subscribers(scope):
        rows += [_row(subscriber, names) for subscriber in page]
        job = move_job(Transaction(), job, total=max(total, len(rows)), done=len(rows))
    rows.sort(key=lambda row: str(row["username"]).lower())
    result = put_result(store, job, write_subscribers(rows, separator=job.separator))
    return move_job(Transaction(), job, state="done", total=len(rows), **result)


def _row(subscriber: Subscriber, names: dict[str, str]) -> dict[str, Any]:
    values = {column.name: getattr(subscriber, column.stored_as) for column in EXPORTED}
    for column in EXPORTED:
        if column.stored_as in REFERENCES:
            values[column.name] = names.get(values[column.name], "")
    return values
