"""A message that makes a worker take up a job."""

from __future__ import annotations

import json
from dataclasses import dataclass

from chalicelib.clients.queue import LONGEST_DELAY_S, Queue, work_queue
from chalicelib.domain.errors import PatchbayError
from chalicelib.observability import logger
from chalicelib.storage.jobs import Job


@dataclass(frozen=True, slots=True)
class JobMessage:
    """``version``: what the job had when this was sent. A worker that moves it on sends the next message itself."""

    tenant_id: str
    job_id: str
    version: int


def queue_job(job: Job, *, delay_s: int = 0, queue: Queue | None = None) -> bool:
    """Whether it was sent. One that wasn't is not lost: ``requeue_jobs`` finds the job in the database."""
    message = {"tenant_id": job.tenant_id, "job_id": job.id, "version": int(job.version)}
    try:
        (queue or work_queue()).send(json.dumps(message), delay_s=min(delay_s, LONGEST_DELAY_S))
    except PatchbayError as error:
        logger().warning("job is not in the queue", extra={"job_id": job.id, "cause": repr(error.__cause__)})
        return False
    return True


def read_job_message(body: str) -> JobMessage:
    """Raises ``ValueError``."""
    try:
        values = json.loads(body)
        return JobMessage(str(values["tenant_id"]), str(values["job_id"]), int(values["version"]))
    except (TypeError, KeyError) as error:
        raise ValueError(f"no message about a job: {body[:200]!r}") from error
