"""Long work of a tenant: imports and exports. A job is moved on in steps, each in one transaction with what it did.

Whoever finds a job in the queue may work on it: a step proves that nobody else has moved the job since it was read, so
that two who work at once, or one who starts again, do no harm.
"""

from __future__ import annotations

import gzip
import json
from typing import Any

from pynamodb.attributes import BinaryAttribute, BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.language import DEFAULT_LANGUAGE
from chalicelib.domain.sentences import say
from chalicelib.settings import settings
from chalicelib.storage import keys
from chalicelib.storage.database import Key, Page, database
from chalicelib.storage.items import Item, Record
from chalicelib.storage.scope import TenantScope
from chalicelib.storage.transaction import Actor, Transaction

ACTIVE = ("queued", "running")
LOOKED_AT = 50  # of the newest jobs, when active ones are counted


class Job(Record, discriminator="Job"):
    """``report``: gzipped JSON, see ``read_report``. ``seed``: sealed; passwords come from it. ``place``: how many
    actions of the plan are done. ``problem_said``: a stored sentence. ``language``: of who asked, for the result. The
    rest is as in ``schemas/jobs.py``."""

    job_kind = UnicodeAttribute()
    state = UnicodeAttribute(default="queued")
    dry_run = BooleanAttribute(default=False)
    isp_id = UnicodeAttribute()
    tenant_id = UnicodeAttribute()
    user_name = UnicodeAttribute(default="")
    acting_for = UnicodeAttribute(default="")
    upload_id = UnicodeAttribute(default="")
    separator = UnicodeAttribute(default=",")
    seed = UnicodeAttribute(default="")
    plan_key = UnicodeAttribute(default="")
    place = NumberAttribute(default=0)
    total = NumberAttribute(default=0)
    done = NumberAttribute(default=0)
    created = NumberAttribute(default=0)
    updated = NumberAttribute(default=0)
    unchanged = NumberAttribute(default=0)
    bad = NumberAttribute(default=0)
    errors_total = NumberAttribute(default=0)
    report = BinaryAttribute(legacy_encoding=False, null=True)
    failures = NumberAttribute(default=0)  # in a row, with the turn that is under way until a step of it is done
    result_key = UnicodeAttribute(default="")
    result_expires_at = NumberAttribute(null=True)
    problem_code = UnicodeAttribute(default="")
    problem_said = JSONAttribute(null=True)
    language = UnicodeAttribute(default=DEFAULT_LANGUAGE)
    finished_at = NumberAttribute(null=True)

    @property
    def actor(self) -> Actor:
        return Actor(str(self.updated_by), str(self.user_name), str(self.acting_for))


class QueuedJob(Item, discriminator="QueuedJob"):
    isp_id = UnicodeAttribute()
    tenant_id = UnicodeAttribute()


def create_job(scope: TenantScope, values: dict[str, Any], *, actor: Actor) -> Job:
    """Queued. Raises ``limit_reached`` while too many of the tenant's jobs are under way."""
    newest = page_of_jobs(scope, limit=LOOKED_AT, after=None).items
    if sum(job.state in ACTIVE for job in newest) >= settings().active_jobs:
        raise PatchbayError("limit_reached", say("wait_for_jobs"))
    tx = Transaction()
    job = Job(
        pk=scope.pk,
        id=tx.new_id("job"),
        version=1,
        created_at=tx.now_ms,
        updated_at=tx.now_ms,
        updated_by=actor.user_id,
        user_name=actor.name,
        acting_for=actor.acting_for,
        isp_id=scope.isp_id,
        tenant_id=scope.tenant_id,
        ttl=tx.now_ms // 1000 + settings().job_kept_days * 86400,
        **values,
    )
    job.sk = keys.job_sk(job.id)
    tx.put_new(job)
    tx.put_new(QueuedJob(pk=keys.JOBS, sk=job.id, isp_id=scope.isp_id, tenant_id=scope.tenant_id))
    told = {name: values[name] for name in ("dry_run", "upload_id", "separator") if name in values}
    tx.audit(scope.isp_id, actor, f"{job.job_kind}.start", after={"id": job.id, "tenant_id": scope.tenant_id, **told})
    tx.commit()
    return job


def find_job(tenant_id: str, job_id: str) -> Job | None:
    return database().find(Job, keys.tenant(tenant_id), keys.job_sk(job_id))


def get_job(scope: TenantScope, job_id: str) -> Job:
    return database().get(Job, scope.pk, keys.job_sk(job_id))


def page_of_jobs(scope: TenantScope, *, limit: int, after: Key | None) -> Page[Job]:
    """One query, the newest first."""
    return database().page(Job, scope.pk, prefix=keys.JOB, limit=limit, after=after, newest_first=True)


def queued_jobs() -> list[QueuedJob]:
    """All of them, the oldest first: a tenant may have ``active_jobs``."""
    return database().all(QueuedJob, keys.JOBS)


def active_jobs() -> list[Job]:
    """Of all tenants. One query, and a read for every 100."""
    queued = database().all(QueuedJob, keys.JOBS)
    found = database().get_many(Job, [(keys.tenant(one.tenant_id), keys.job_sk(one.sk)) for one in queued])
    return [job for job in found if job.state in ACTIVE]


def drop_from_queue(job_id: str) -> None:
    tx = Transaction()
    tx.delete(keys.JOBS, job_id)
    tx.commit()


class JobMovedError(Exception):
    """Somebody else has moved this job on since it was read."""


def move_job(tx: Transaction, job: Job, **changes: Any) -> Job:
    """The job with ``changes``, put together with the rest of ``tx``. Raises ``JobMovedError``."""
    seen = int(job.version)
    after = Job(**{name: value for name, value in job.attribute_values.items() if name != "kind"} | changes)
    after.version = seen + 1
    after.updated_at = tx.now_ms
    if after.state not in ACTIVE:
        after.finished_at = tx.now_ms
        after.seed = ""
        tx.delete(keys.JOBS, job.id)
    lost = PatchbayError("version_conflict")
    tx.put(after, condition="version = :seen", on_conflict=lost, seen=seen)
    try:
        tx.commit()
    except PatchbayError as error:
        if error is lost:
            raise JobMovedError(job.id) from error
        raise
    return after


def read_report(job: Job) -> dict[str, Any]:
    """``errors`` as by ``LineError.to_json``, ``preview`` as shown, ``failed``: the lines of actions that failed."""
    report: dict[str, Any] = {"errors": [], "preview": [], "failed": []}
    if job.report is not None:
        report |= json.loads(gzip.decompress(bytes(job.report)))
    return report


def packed_report(report: dict[str, Any]) -> bytes:
    return gzip.compress(json.dumps(report, separators=(",", ":")).encode(), mtime=0)
