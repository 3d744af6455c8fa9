"""Uploads, and long work that goes on by itself: imports and exports of subscribers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from chalicelib.schemas.common import Body, Id, Instant, RecordView, View

MAX_UPLOAD = 10_000_000  # bytes

Separator = Literal[",", ";"]


class UploadBody(Body):
    bytes: Annotated[int, Field(ge=1, le=MAX_UPLOAD, description="The file's size, exactly")]
    purpose: Literal["subscriber_import"]


class UploadView(View):
    upload_id: str
    url: str = Field(description="Send the file here; a path is at the API's own address")
    method: Literal["PUT"] = "PUT"
    headers: dict[str, str] = Field(description="To be sent with the file, besides its Content-Length")
    expires_at: Instant


class ImportBody(Body):
    upload_id: Id
    dry_run: bool = Field(description="Change nothing, and tell what would be changed")


class ExportBody(Body):
    separator: Separator = Field(default=",", description="Semicolons are for spreadsheets with a decimal comma")


class JobCounts(View):
    """Of a dry run: what would be done. ``bad``: lines that are wrong, or that failed."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    bad: int = 0


class LineError(View):
    line: int = Field(description="Where the row begins in the file, from 1, which is the header")
    field: str = Field(description="The column; empty: the whole row")
    message: str
    code: str


class PreviewLine(View):
    line: int
    action: Literal["create", "update", "unchanged", "bad"]
    username: str
    name: str
    alias: str


class JobProblem(View):
    """Why the whole job failed."""

    code: str
    message: str


class JobView(RecordView):
    kind: Literal["subscriber_import", "subscriber_export"]
    state: Literal["queued", "running", "done", "failed"]
    dry_run: bool
    total: int = Field(description="Rows, once they are known")
    done: int
    counts: JobCounts
    errors: list[LineError] = Field(description="The first 200, by line")
    errors_total: int
    preview: list[PreviewLine] = Field(description="The first 50 rows")
    result_url: str | None = Field(
        description="The exported file, or the lines of an import with the new passwords; deleted after an hour"
    )
    result_expires_at: Instant | None
    problem: JobProblem | None
    finished_at: Instant | None


class TemplateQuery(View):
    separator: Separator = ","


class ColumnView(View):
    name: str
    required: bool
    description: str


class TemplateView(View):
    csv: str = Field(description="A file with the header and two rows as examples")
    columns: list[ColumnView]
