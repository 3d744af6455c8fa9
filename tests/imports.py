"""Imports and exports by the API, with the worker's part done in this process."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chalicelib.workflows.work_on_job import work_on_job
from local.front.events import HttpRequest, HttpResponse
from tests.api_client import front
from tests.world import TenantWorld

Json = dict[str, Any]


def fetch(url: str, *, method: str = "GET", body: bytes = b"", headers: dict[str, str] | None = None) -> HttpResponse:
    """What a browser does with a signed link."""
    path, _, query = url.partition("?")
    sent = {name.lower(): value for name, value in (headers or {}).items()}
    return front().handle(HttpRequest(method, path, query, sent, body, "127.0.0.1"))


def later_ms() -> int:
    """When no job pauses any more."""
    return time.time_ns() // 1_000_000 + 3_600_000


@dataclass(frozen=True)
class Imports:
    world: TenantWorld

    def upload(self, data: bytes) -> str:
        """The id of an upload that has been sent."""
        body = {"bytes": len(data), "purpose": "subscriber_import"}
        made = self.world.admin.post(f"{self.world.path}/uploads", body).expect(201)
        sent = fetch(made["url"], method=made["method"], body=data, headers=made["headers"])
        assert sent.status == 200, sent.body
        return str(made["upload_id"])

    def start(self, upload_id: str, *, dry_run: bool = False) -> Json:
        body = {"upload_id": upload_id, "dry_run": dry_run}
        found: Json = self.world.admin.post(f"{self.world.path}/subscriber-imports", body).expect(202)
        return found

    def job(self, job_id: str) -> Json:
        found: Json = self.world.admin.get(f"{self.world.path}/jobs/{job_id}").expect(200)
        return found

    def work(self, job_id: str, *, ended: Callable[[], bool] = lambda: False) -> Json:
        work_on_job(self.world.tenant_id, job_id, ended=ended, now_ms=later_ms())
        return self.job(job_id)

    def step(self, job_id: str) -> Json:
        """One step of work, by a worker that remembers nothing."""
        return self.work(job_id, ended=lambda: True)

    def run(self, text: str | bytes, *, dry_run: bool = False) -> Json:
        data = text if isinstance(text, bytes) else text.encode()
        return self.work(self.start(self.upload(data), dry_run=dry_run)["id"])

    def export(self, **body: Any) -> bytes:
        job = self.world.admin.post(f"{self.world.path}/subscriber-exports", body).expect(202)
        done = self.work(job["id"])
        assert done["state"] == "done", done
        return self.result(done)

    def result(self, job: Json) -> bytes:
        response = fetch(job["result_url"])
        assert response.status == 200, response.body
        return response.body

    def result_rows(self, job: Json) -> list[dict[str, str]]:
        return rows_of(self.result(job))

    def subscribers(self) -> dict[str, Json]:
        """By username."""
        found: list[Json] = []
        cursor = ""
        while True:
            path = f"{self.world.path}/subscribers?limit=200" + (f"&cursor={cursor}" if cursor else "")
            page = self.world.admin.get(path).expect(200)
            found += page["items"]
            if not page["next_cursor"]:
                return {one["username"]: one for one in found}
            cursor = page["next_cursor"]


def rows_of(data: bytes) -> list[dict[str, str]]:
    text = data.decode("utf-8-sig")
    separator = ";" if ";" in text.splitlines()[0] else ","
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=separator))
