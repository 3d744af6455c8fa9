"""A job as shown; its result by a link that ends when the file does."""

from __future__ import annotations

import time
from typing import Any

from chalicelib.clients.files import Files, files
from chalicelib.domain.errors import CATALOGUE
from chalicelib.domain.language import Language
from chalicelib.domain.sentences import find_sentence
from chalicelib.schemas.jobs import JobView
from chalicelib.storage.jobs import Job, read_report

CSV = "text/csv"


def show_job(job: Job, language: Language, *, store: Files | None = None, now_ms: int | None = None) -> JobView:
    now = now_ms if now_ms is not None else time.time_ns() // 1_000_000
    report = read_report(job)
    left_s = (int(job.result_expires_at) - now) // 1000 if job.result_key and job.result_expires_at else 0
    return JobView.model_validate(
        {
            "id": job.id,
            "version": int(job.version),
            "created_at": job.created_at,
            "updated_at": job.updated_at,
            "kind": job.job_kind,
            "state": job.state,
            "dry_run": bool(job.dry_run),
            "total": int(job.total),
            "done": int(job.done),
            "counts": {name: int(getattr(job, name)) for name in ("created", "updated", "unchanged", "bad")},
            "errors": [error | {"message": told(error, language)} for error in report["errors"]],
            "errors_total": int(job.errors_total),
            "preview": report["preview"],
            "result_url": _result_url(job, store or files(), left_s) if left_s > 0 else None,
            "result_expires_at": job.result_expires_at if left_s > 0 else None,
            "problem": _problem(job, language) if job.problem_code else None,
            "finished_at": job.finished_at,
        }
    )


def told(error: dict[str, Any], language: Language) -> str:
    """The message of a stored error: its sentence, else the title of its code. A text is shown as it was stored."""
    if isinstance(error["message"], str):
        return error["message"]
    said, kind = find_sentence(error["message"]), CATALOGUE.get(error["code"])
    if said is not None:
        return said.into(language)
    return kind.title.into(language) if kind else str(error["code"])


def _problem(job: Job, language: Language) -> dict[str, str]:
    stored = {"code": job.problem_code, "message": job.problem_said}
    return {"code": str(job.problem_code), "message": told(stored, language)}


def _result_url(job: Job, store: Files, left_s: int) -> str:
    what = "subscribers" if job.job_kind == "subscriber_export" else "import-result"
    filename = f"{what}-{job.id.removeprefix('job_').lower()}.csv"
    return store.sign_download(job.result_key, filename=filename, media_type=CSV, lifetime_s=left_s)
