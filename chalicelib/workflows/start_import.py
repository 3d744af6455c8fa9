"""Queue the import of an uploaded file."""

from __future__ import annotations

import secrets

from chalicelib.clients.files import Files, files
from chalicelib.clients.queue import Queue
from chalicelib.clients.seal import seal_text
from chalicelib.domain.errors import PatchbayError, field_error
from chalicelib.domain.language import Language
from chalicelib.domain.sentences import say
from chalicelib.storage.jobs import Job, create_job
from chalicelib.storage.scope import TenantScope
from chalicelib.storage.transaction import Actor
from chalicelib.storage.uploads import find_upload
from chalicelib.workflows.queue_job import queue_job


def start_import(
    scope: TenantScope,
    upload_id: str,
    *,
    dry_run: bool,
    language: Language,
    actor: Actor,
    store: Files | None = None,
    queue: Queue | None = None,
) -> Job:
    """Raises ``reference_not_found`` or ``upload_missing``. New passwords come from the seed, so that they are the same
    when a chunk is done again after a crash; it ends with the job."""
    upload = find_upload(scope, upload_id)
    if upload is None:
        raise field_error("upload_id", say("no_such_upload"), code="reference_not_found")
    if (store or files()).find_size(upload.file_key) is None:
        raise PatchbayError("upload_missing")
    seed = seal_text(secrets.token_hex(32), owner=scope.tenant_id)
    values = {
        "job_kind": "subscriber_import",
        "upload_id": upload_id,
        "dry_run": dry_run,
        "seed": seed,
        "language": language,
    }
    job = create_job(scope, values, actor=actor)
    queue_job(job, queue=queue)
    return job
