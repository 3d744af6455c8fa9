"""A slice of work on the job that a message of the work queue names, and a new message if there is more to do."""

from __future__ import annotations

import time

from chalicelib.clients.files import Files
from chalicelib.clients.queue import Queue
from chalicelib.workflows.queue_job import queue_job, read_job_message
from chalicelib.workflows.work_on_job import Ended, pause_ms, work_on_job


def work_on_message(
    body: str, *, receives: int, ended: Ended, queue: Queue | None = None, store: Files | None = None
) -> None:
    """Raises ``ValueError`` for a body that is no message of ours.

    Two messages about the same state of a job (a queue may deliver twice) come to one: whoever is second finds the job
    moved on. Not so when this very message was received before (``receives``): its worker may have died half way, after
    it had moved the job and before it sent the next message.
    """
    message = read_job_message(body)
    version = message.version if receives == 1 else None
    job = work_on_job(message.tenant_id, message.job_id, ended=ended, version=version, store=store)
    if job is not None:
        left_ms = pause_ms(job, time.time_ns() // 1_000_000)
        queue_job(job, delay_s=-(-left_ms // 1000), queue=queue)
