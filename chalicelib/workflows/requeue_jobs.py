"""Jobs whose message was lost, sent again: for the scheduler, safe to run at any time."""

from __future__ import annotations

import time

from chalicelib.clients.queue import Queue
from chalicelib.storage.jobs import ACTIVE, drop_from_queue, find_job, queued_jobs
from chalicelib.workflows.queue_job import queue_job
from chalicelib.workflows.work_on_job import pause_ms

STALLED_MS = 120_000  # longer than a slice of work takes


def requeue_jobs(*, now_ms: int | None = None, queue: Queue | None = None) -> int:
    """How many. A job that is only waiting for its turn gets a second message; whichever comes later does nothing."""
    now = now_ms if now_ms is not None else time.time_ns() // 1_000_000
    sent = 0
    for queued in queued_jobs():
        job = find_job(queued.tenant_id, queued.sk)
        if job is None or job.state not in ACTIVE:
            drop_from_queue(queued.sk)
        elif now - int(job.updated_at) >= STALLED_MS and not pause_ms(job, now):
            sent += queue_job(job, queue=queue)
    return sent
