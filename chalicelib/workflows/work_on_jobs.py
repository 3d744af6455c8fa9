"""Moves queued jobs on: for a scheduler or a queue, safe to run at any time and by several at once."""

from __future__ import annotations

import time
from collections.abc import Callable

from chalicelib.clients.files import Files, files
from chalicelib.domain.sentences import say
from chalicelib.observability import logger
from chalicelib.storage.jobs import ACTIVE, Job, JobMovedError, drop_from_queue, find_job, move_job, queued_jobs
from chalicelib.storage.scope import TenantScope
from chalicelib.storage.tenants import find_tenant_scope
from chalicelib.storage.transaction import Transaction
from chalicelib.workflows.begin_import import begin_import, fail_job
from chalicelib.workflows.export_subscribers import export_subscribers
from chalicelib.workflows.finish_import import finish_import
from chalicelib.workflows.import_chunk import import_chunk
from chalicelib.workflows.import_files import read_plan

SLICE_S = 10.0  # then the next job has its turn
MOST_FAILURES = 20  # in a row, before a job is given up: a quarter of an hour, with the pauses between them
LONGEST_PAUSE_S = 60

Ended = Callable[[], bool]


def work_on_jobs(*, slice_s: float = SLICE_S, stop: Ended = lambda: False, store: Files | None = None) -> int:
    """A slice of work on each queued job, the oldest first; how many there were. ``stop``: asked after each step."""
    queued = queued_jobs()
    for found in queued:
        if stop():
            break
        work_on_job(found.tenant_id, found.sk, ended=_slice(slice_s, stop), store=store)
    return len(queued)


def _slice(slice_s: float, stop: Ended) -> Ended:
    until = time.monotonic() + slice_s
    return lambda: stop() or time.monotonic() >= until


def work_on_job(
    tenant_id: str, job_id: str, *, ended: Ended, store: Files | None = None, now_ms: int | None = None
) -> None:
    """At least one step, then more until ``ended()``; nothing while a job that has failed pauses."""
    job = find_job(tenant_id, job_id)
    if job is None or job.state not in ACTIVE:
        drop_from_queue(job_id)
        return
    if _pauses(job, now_ms if now_ms is not None else time.time_ns() // 1_000_000):
        return
    scope = find_tenant_scope(job.isp_id, tenant_id)
    try:
        if scope is None:
            fail_job(job, "not_found", say("tenant_deleted"))
        else:
            _advance(scope, job, ended, store or files())
    except JobMovedError:
        logger().info("job is worked on elsewhere", extra={"job_id": job_id})
    except Exception:  # noqa: BLE001 - whatever it is, the job is tried again, and the others have their turn
        logger().exception("job failed", extra={"job_id": job_id})
        _count_failure(tenant_id, job_id)


def _pauses(job: Job, now_ms: int) -> bool:
    failures = int(job.failures)
    return failures > 0 and now_ms < int(job.updated_at) + min(2**failures, LONGEST_PAUSE_S) * 1000


def _advance(scope: TenantScope, job: Job, ended: Ended, store: Files) -> None:
    if job.state == "queued":
        job = move_job(Transaction(), job, state="running")
    if job.job_kind == "subscriber_export":
        export_subscribers(scope, job, store=store)
        return
    if not job.plan_key:
        job = begin_import(scope, job, store=store)
        if job.state not in ACTIVE or ended():
            return
    plan = read_plan(store, job)
    if plan is None:
        fail_job(job, "try_again", say("import_given_up"))
        return
    while int(job.place) < len(plan.steps):
        job = import_chunk(scope, job, plan.steps)
        if ended():
            return
    finish_import(scope, job, plan, store=store)


def _count_failure(tenant_id: str, job_id: str) -> None:
    job = find_job(tenant_id, job_id)
    if job is None or job.state not in ACTIVE:
        return
    failures = int(job.failures) + 1
    if failures >= MOST_FAILURES:
        fail_job(job, "internal_error", say("job_kept_failing"))
    else:
        move_job(Transaction(), job, failures=failures)
