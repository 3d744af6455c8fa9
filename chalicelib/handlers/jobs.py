"""Uploads, imports and exports of subscribers, and the jobs that do them."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint

from chalicelib.auth import Role
from chalicelib.domain.subscriber_csv import COLUMNS, REQUIRED, template
from chalicelib.handlers.http import Call, endpoint
from chalicelib.schemas.common import Page, PageQuery
from chalicelib.schemas.jobs import (
    ColumnView,
    ExportBody,
    ImportBody,
    JobView,
    TemplateQuery,
    TemplateView,
    UploadBody,
    UploadView,
)
from chalicelib.storage import jobs
from chalicelib.workflows.show_job import show_job
from chalicelib.workflows.start_export import start_export
from chalicelib.workflows.start_import import start_import
from chalicelib.workflows.start_upload import start_upload

blueprint = Blueprint(__name__)

TENANT = "/tenants/{tenant_id}"
JOBS_PER_PAGE = 50  # with 200 errors each, that is what an answer of Lambda holds
ADMINS: tuple[Role, ...] = ("isp_admin", "tenant_admin")


@endpoint(
    blueprint, "POST", TENANT + "/uploads", roles=ADMINS, body=UploadBody, out=UploadView, status=201,
    summary="Announce a file; the answer says how to send it", name="create_upload",
)  # fmt: skip
def create_upload(call: Call[UploadBody]) -> UploadView:
    upload, signed = start_upload(call.tenant, size=call.body.bytes, purpose=call.body.purpose)
    return UploadView(upload_id=upload.id, url=signed.url, headers=signed.headers, expires_at=signed.expires_at)


@endpoint(
    blueprint, "POST", TENANT + "/subscriber-imports", roles=ADMINS, body=ImportBody, out=JobView, status=202,
    summary="Import subscribers from an uploaded file, or (dry_run) see what that would do", name="import_subscribers",
)  # fmt: skip
def import_subscribers(call: Call[ImportBody]) -> JobView:
    actor = call.identity.actor()
    job = start_import(call.tenant, call.body.upload_id, dry_run=call.body.dry_run, language=call.language, actor=actor)
    return show_job(job, call.language)


@endpoint(
    blueprint, "GET", TENANT + "/subscriber-imports/template", roles=ADMINS, query=TemplateQuery, out=TemplateView,
    summary="What a file of subscribers looks like", name="get_import_template",
)  # fmt: skip
def get_import_template(call: Call[Any]) -> TemplateView:
    columns = [
        ColumnView(name=column.name, required=column.name in REQUIRED, description=column.rule.into(call.language))
        for column in COLUMNS
    ]
    return TemplateView(csv=template(call.query.separator), columns=columns)


@endpoint(
    blueprint, "POST", TENANT + "/subscriber-exports", roles=ADMINS, body=ExportBody, out=JobView, status=202,
    summary="Export all subscribers as a file that can be imported again; without passwords", name="export_subscribers",
)  # fmt: skip
def export_subscribers(call: Call[ExportBody]) -> JobView:
    actor = call.identity.actor()
    job = start_export(call.tenant, separator=call.body.separator, language=call.language, actor=actor)
    return show_job(job, call.language)


@endpoint(
    blueprint, "GET", TENANT + "/jobs", roles=ADMINS, query=PageQuery, out=Page[JobView], paged=True,
    summary="List: jobs of the tenant, the newest first", name="list_jobs",
)  # fmt: skip
def list_jobs(call: Call[Any]) -> dict[str, Any]:
    purpose = f"{call.tenant.pk}/jobs"
    limit = min(call.query.limit, JOBS_PER_PAGE)
    page = jobs.page_of_jobs(call.tenant, limit=limit, after=call.cursor(purpose))
    items = [show_job(job, call.language).model_dump(mode="json") for job in page.items]
    return {"items": items, "next_cursor": call.next_cursor(page.last_key, purpose)}


@endpoint(
    blueprint, "GET", TENANT + "/jobs/{job_id}", roles=ADMINS, out=JobView,
    summary="Get one job with its progress", name="get_job",
)  # fmt: skip
def get_job(call: Call[Any]) -> JobView:
    return show_job(jobs.get_job(call.tenant, call.path["job_id"]), call.language)
