"""Queue the export of a tenant's subscribers."""

from __future__ import annotations

from chalicelib.clients.queue import Queue
from chalicelib.domain.language import Language
from chalicelib.storage.jobs import Job, create_job
from chalicelib.storage.scope import TenantScope
from chalicelib.storage.transaction import Actor
from chalicelib.workflows.queue_job import queue_job


def start_export(
    scope: TenantScope, *, separator: str, language: Language, actor: Actor, queue: Queue | None = None
) -> Job:
    """Raises ``limit_reached``."""
    values = {"job_kind": "subscriber_export", "separator": separator, "language": language}
    job = create_job(scope, values, actor=actor)
    queue_job(job, queue=queue)
    return job
