"""A slice of work on one job: for a queue's worker, safe to run at any time and by several at once."""

from __future__ import annotations

import time
from collections.abc import Callable

from chalicelib.clients.files import Files, files
from chalicelib.domain.sentences import say
from chalicelib.observability import logger
from chalicelib.storage.jobs import ACTIVE, Job, JobMovedError, drop_from_queue, find_job, move_job
from chalicelib.storage.scope import TenantScope
from chalicelib.storage.tenants import find_tenant_scope
from chalicelib.storage.transaction import Transaction
from chalicelib.workflows.begin_import import begin_import, fail_job
from chalicelib.workflows.export_subscribers import export_subscribers
from chalicelib.workflows.finish_import import finish_import
from chalicelib.workflows.import_chunk import import_chunk
from chalicelib.workflows.import_files import read_plan

MOST_FAILURES = 20  # in a row, before a job is given up: a quarter of an hour, with the pauses between them
LONGEST_PAUSE_S = 60

Ended = Callable[[], bool]


def work_on_job(
    tenant_id: str,
    job_id: str,
    *,
    ended: Ended,
    version: int | None = None,
    store: Files | None = None,
    now_ms: int | None = None,
) -> Job | None:
    """At least one step, then more until ``ended()``; nothing while a job that has failed pauses.

    The job, if it wants another turn; None once it is over, or somebody else works on it. With ``version``: nothing if
    the job has been moved on since it had that one.
    """
    job = find_job(tenant_id, job_id)
    if job is None or job.state not in ACTIVE:
        drop_from_queue(job_id)
        return None
    if version is not None and int(job.version) != version:
        return None
    if pause_ms(job, now_ms if now_ms is not None else time.time_ns() // 1_000_000):
        return job
    scope = find_tenant_scope(job.isp_id, tenant_id)
    try:
        job = (
            _advance(scope, job, ended, store or files())
            if scope
            else fail_job(job, "not_found", say("tenant_deleted"))
        )
    except JobMovedError:
        logger().info("job is worked on elsewhere", extra={"job_id": job_id})
        return None
    except Exception:  # noqa: BLE001 - whatever it is, the job is tried again, and the others have their turn
        logger().exception("job failed", extra={"job_id": job_id})
        return _count_failure(tenant_id, job_id)
    return job if job.state in ACTIVE else None


def pause_ms(job: Job, now_ms: int) -> int:
    """How long a job still pauses that has failed; 0 for all others."""
    failures = int(job.failures)
    until = int(job.updated_at) + min(2**failures, LONGEST_PAUSE_S) * 1000
    return max(until - now_ms, 0) if failures > 0 else 0


def _advance(scope: TenantScope, job: Job, ended: Ended, store: Files) -> Job:
    job = _begin_turn(job)
    if job.state not in ACTIVE:
        return job
    if job.job_kind == "subscriber_export":
        return export_subscribers(scope, job, store=store)
    if not job.plan_key:
        job = begin_import(scope, job, store=store)
        if job.state not in ACTIVE or ended():
            return job
    plan = read_plan(store, job)
    if plan is None:
        return fail_job(job, "try_again", say("import_given_up"))
    while int(job.place) < len(plan.steps):
        job = import_chunk(scope, job, plan.steps)
        if ended():
            return job
    return finish_import(scope, job, plan, store=store)


def _begin_turn(job: Job) -> Job:
    """A turn counts as failed until a step of it is done: a worker that dies in it (out of time, out of memory) can't
    say so, and the job would be taken up for ever."""
    if int(job.failures) >= MOST_FAILURES:
        return fail_job(job, "internal_error", say("job_kept_failing"))
    return move_job(Transaction(), job, state="running", failures=int(job.failures) + 1)


def _count_failure(tenant_id: str, job_id: str) -> Job | None:
    """The job, unless that was the last failure allowed."""
    job = find_job(tenant_id, job_id)
    if job is None or job.state not in ACTIVE:
        return None
    failures = max(int(job.failures), 1)  # counted when the turn began, unless a step was done since
    if failures >= MOST_FAILURES:
        fail_job(job, "internal_error", say("job_kept_failing"))
        return None
    return move_job(Transaction(), job, failures=failures)
