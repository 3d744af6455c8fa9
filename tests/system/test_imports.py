"""Bulk import on the running system: killed in the middle, up to the phone that registers with what came out of it."""

from __future__ import annotations

import csv
import io
import time
import urllib.request
from typing import Any

import pytest

from tests.local.processes import wait_for
from tests.system.programs import Programs
from tests.system.provider import Provider, Tenant

pytestmark = pytest.mark.system

Json = dict[str, Any]


def fetch(provider: Provider, url: str, *, body: bytes | None = None, headers: dict[str, str] | None = None) -> bytes:
    """By a link that the API gave: GET, or with a body PUT."""
    request = urllib.request.Request(
        provider.api.base + url, body, headers or {}, method="GET" if body is None else "PUT"
    )
    with urllib.request.urlopen(request, timeout=30) as response:
        found: bytes = response.read()
        return found


def start_import(tenant: Tenant, data: bytes) -> str:
    api = tenant.provider.api
    upload = api.post(f"{tenant.path}/uploads", {"bytes": len(data), "purpose": "subscriber_import"})
    fetch(tenant.provider, upload["url"], body=data, headers=upload["headers"])
    body = {"upload_id": upload["upload_id"], "dry_run": False}
    return str(api.post(f"{tenant.path}/subscriber-imports", body)["id"])


def a_file(rows: int) -> bytes:
    lines = (f"user{n};{10_000 + n};User {n}\r\n" for n in range(rows))
    return ("username;alias;name\r\n" + "".join(lines)).encode("utf-8-sig")


def wait_for_job(tenant: Tenant, job_id: str, *, limit_s: float) -> Json:
    job: Json = {}

    def is_finished() -> bool:
        job.update(tenant.provider.api.get(f"{tenant.path}/jobs/{job_id}"))
        return job["state"] in {"done", "failed"}

    wait_for(is_finished, limit_s=limit_s)
    return job


def test_an_import_outlives_a_kill_and_its_credentials_register_a_phone(provider: Provider, programs: Programs) -> None:
    rows = 1200  # some seconds of work
    tenant = provider.tenant("imported")
    job_id = start_import(tenant, a_file(rows))
    path = f"{tenant.path}/jobs/{job_id}"
    wait_for(lambda: provider.api.get(path)["done"] > 0, limit_s=60)
    programs.kill("scheduler")
    at_kill = provider.api.get(path)

    job = wait_for_job(tenant, job_id, limit_s=120)

    assert at_kill["state"] == "running", "the import was over before the kill: it proves nothing"
    assert (job["state"], job["counts"]["created"], job["counts"]["bad"]) == ("done", rows, 0), job
    result = fetch(provider, job["result_url"]).decode("utf-8-sig")
    people = list(csv.DictReader(io.StringIO(result, newline=""), delimiter=";"))
    assert len(list(provider.api.pages(f"{tenant.path}/subscribers", limit="200"))) == rows
    provider.wait_in_force(limit_s=30)
    for person in (people[0], people[-1]):
        tenant.people[person["username"]] = {"passwords": {"sip": person["sip_password"]}}
        tenant.phone(person["username"])
        assert programs.is_registered(person["username"], person["domain"])
    assert not [name for name in ("api", "scheduler", "hook") if people[0]["sip_password"] in programs.log(name)]


@pytest.mark.load
def test_ten_thousand_subscribers_are_imported_while_the_api_answers(provider: Provider) -> None:
    rows = 10_000
    tenant = provider.tenant("large")
    began = time.monotonic()
    job_id = start_import(tenant, a_file(rows))
    slowest = 0.0

    while provider.api.get(f"{tenant.path}/jobs/{job_id}")["state"] in {"queued", "running"}:
        asked = time.monotonic()
        provider.api.get(f"{tenant.path}/subscribers", limit="50")
        slowest = max(slowest, time.monotonic() - asked)
        assert time.monotonic() - began < 600

    job = provider.api.get(f"{tenant.path}/jobs/{job_id}")
    print(f"{rows} imported in {time.monotonic() - began:.0f} s; slowest list meanwhile {slowest:.2f} s")
    assert (job["state"], job["counts"]["created"]) == ("done", rows), job
    assert slowest < 10
