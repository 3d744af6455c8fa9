"""Uploads and jobs: what is asked for, who may, and how long results last."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from chalicelib.clients.files import files
from chalicelib.settings import settings
from chalicelib.storage import keys
from chalicelib.storage.database import database
from chalicelib.storage.jobs import Job
from chalicelib.storage.records import page_of_records
from chalicelib.storage.scope import TenantScope
from chalicelib.storage.subscribers import SUBSCRIBER
from chalicelib.workflows.delete_ended_files import delete_ended_files
from tests.api_client import ApiClient
from tests.imports import Imports, fetch
from tests.world import a_tenant_world, an_id

HOUR_MS = 3_600_000


def test_an_upload_says_how_to_send_the_file(api: ApiClient) -> None:
    world = a_tenant_world(api)

    made = world.admin.post(f"{world.path}/uploads", {"bytes": 5, "purpose": "subscriber_import"}).expect(201)

    assert made["method"] == "PUT"
    assert made["headers"] == {"Content-Type": "text/csv"}
    assert fetch(made["url"], method="PUT", body=b"abcd", headers=made["headers"]).status == 400
    assert fetch(made["url"], method="PUT", body=b"abcde", headers=made["headers"]).status == 200


@pytest.mark.parametrize("body", [{"bytes": 10_000_001}, {"bytes": 0}, {"bytes": 5, "purpose": "logo"}])
def test_an_upload_of_another_kind_or_size_is_refused(api: ApiClient, body: dict[str, Any]) -> None:
    world = a_tenant_world(api)

    refused = world.admin.post(f"{world.path}/uploads", {"purpose": "subscriber_import"} | body).expect(422)

    assert refused["errors"][0]["field"] in body


def test_uploads_of_a_tenant_are_limited(api: ApiClient) -> None:
    world, body = a_tenant_world(api), {"bytes": 5, "purpose": "subscriber_import"}
    most = settings().uploads_per_tenant

    made = 0
    while world.admin.post(f"{world.path}/uploads", body).status == 201:
        made += 1

    assert made in range(most, 2 * most + 1)  # the window may change once meanwhile


def test_an_import_needs_the_file(api: ApiClient) -> None:
    world = a_tenant_world(api)
    made = world.admin.post(f"{world.path}/uploads", {"bytes": 5, "purpose": "subscriber_import"}).expect(201)
    body = {"upload_id": made["upload_id"], "dry_run": True}

    missing = world.admin.post(f"{world.path}/subscriber-imports", body).expect(409)
    unknown = world.admin.post(f"{world.path}/subscriber-imports", body | {"upload_id": an_id("upl")}).expect(422)

    assert missing["code"] == "upload_missing"
    assert (unknown["code"], unknown["errors"][0]["field"]) == ("reference_not_found", "upload_id")


def test_another_tenants_upload_and_job_are_not_found(api: ApiClient) -> None:
    ours, theirs = Imports(a_tenant_world(api)), Imports(a_tenant_world(api))
    upload_id = ours.upload(b"username\nann\n")
    job = ours.start(upload_id)

    body = {"upload_id": upload_id, "dry_run": False}
    refused = theirs.world.admin.post(f"{theirs.world.path}/subscriber-imports", body).expect(422)
    theirs.world.admin.get(f"{theirs.world.path}/jobs/{job['id']}").expect(404)
    theirs.world.admin.get(f"{ours.world.path}/jobs/{job['id']}").expect(404)

    assert refused["code"] == "reference_not_found"
    assert theirs.world.admin.get(f"{theirs.world.path}/jobs").expect(200)["items"] == []


def test_jobs_are_listed_the_newest_first_by_pages(api: ApiClient) -> None:
    imports = Imports(a_tenant_world(api))
    upload_id = imports.upload(b"username\nann\n")
    made = [imports.start(upload_id, dry_run=True)["id"] for _ in range(3)]
    path = f"{imports.world.path}/jobs?limit=2"

    answer = imports.world.admin.get(path)
    first = answer.expect(200)
    second = imports.world.admin.get(f"{path}&cursor={first['next_cursor']}").expect(200)

    assert [job["id"] for job in first["items"] + second["items"]] == made[::-1]
    assert answer.operations == ["GetItem", "Query"]


def test_only_so_many_jobs_of_a_tenant_wait_at_once(api: ApiClient) -> None:
    imports = Imports(a_tenant_world(api))
    upload_id = imports.upload(b"username\nann\n")
    made = [imports.start(upload_id, dry_run=True)["id"] for _ in range(settings().active_jobs)]
    path, body = f"{imports.world.path}/subscriber-exports", {}

    refused = imports.world.admin.post(path, body).expect(409)
    imports.work(made[0])

    assert refused["code"] == "limit_reached"
    imports.world.admin.post(path, body).expect(202)


def test_a_job_is_the_same_when_it_is_asked_for_again_with_its_key(api: ApiClient) -> None:
    world = a_tenant_world(api)
    path, headers = f"{world.path}/subscriber-exports", {"idempotency-key": an_id("key")}

    first = world.admin.post(path, {}, headers=headers).expect(202)
    again = world.admin.post(path, {}, headers=headers).expect(202)

    assert first["id"] == again["id"]


def test_a_result_lasts_for_its_time_and_is_deleted_then(api: ApiClient) -> None:
    imports = Imports(a_tenant_world(api))
    job = imports.run("username\nann\n")
    stored = database().get(Job, keys.tenant(imports.world.tenant_id), keys.job_sk(job["id"]))
    assert fetch(job["result_url"]).status == 200
    ends_at = int(stored.result_expires_at)

    delete_ended_files(now_ms=ends_at - 1)
    assert files().find(stored.result_key) is not None
    while delete_ended_files(now_ms=ends_at + 1):
        pass

    assert files().find(stored.result_key) is None
    assert fetch(job["result_url"]).status == 404
    assert 0 < ends_at - int(stored.finished_at) <= HOUR_MS


def test_an_upload_that_is_not_used_is_deleted(api: ApiClient) -> None:
    imports = Imports(a_tenant_world(api))
    imports.upload(b"username\nann\n")
    directory = Path(settings().files_dir) / "uploads" / imports.world.tenant_id
    soon = time.time_ns() // 1_000_000 + settings().upload_kept_s * 1000

    delete_ended_files(now_ms=soon - 60_000)
    assert len(list(directory.iterdir())) == 1
    while delete_ended_files(now_ms=soon + 60_000):
        pass

    assert list(directory.iterdir()) == []


def test_the_template_names_every_column_and_can_be_imported(api: ApiClient) -> None:
    imports = Imports(a_tenant_world(api))
    path = f"{imports.world.path}/subscriber-imports/template"

    found = imports.world.admin.get(path + "?separator=;").expect(200)
    job = imports.run(found["csv"])

    assert [column["name"] for column in found["columns"] if column["required"]] == ["username"]
    assert found["csv"].splitlines()[0] == ";".join(column["name"] for column in found["columns"])
    assert (job["state"], job["counts"]["created"]) == ("done", 2)


def test_an_export_of_a_tenant_without_subscribers_is_a_header(api: ApiClient) -> None:
    imports = Imports(a_tenant_world(api))

    data = imports.export()

    assert data.decode("utf-8-sig").count("\r\n") == 1


def test_what_a_job_did_stands_in_the_audit_trail(api: ApiClient) -> None:
    from chalicelib.storage.audit import page_of_audit

    imports = Imports(a_tenant_world(api))
    imports.run("username\nann\n")

    trail = page_of_audit(imports.world.isp_id, (0, (1 << 48) - 1), limit=10, after=None).items

    assert [entry.action for entry in trail][:2] == ["subscriber.create", "subscriber_import.start"]
    assert trail[0].user_name == "Ann"
    assert trail[0].after["username"] == "ann"


def test_a_subscriber_that_was_imported_is_as_one_that_was_made(api: ApiClient) -> None:
    imports = Imports(a_tenant_world(api))
    world = imports.world
    imports.run("username,alias\nann,1000\n")
    world.admin.post(f"{world.path}/subscribers", {"username": "bob", "alias": "1001"}).expect(201)
    scope = TenantScope(world.isp_id, world.tenant_id, world.sbc_id, world.domain)

    ann, bob = page_of_records(scope, SUBSCRIBER, limit=2, after=None).items

    assert ann.attribute_values.keys() == bob.attribute_values.keys()
    same = {name: ann.attribute_values[name] == bob.attribute_values[name] for name in ann.attribute_values}
    differ = {name for name, equal in same.items() if not equal}
    assert differ <= {
        "id", "sk", "gsi1sk", "username", "alias", "created_at", "updated_at",
        "sip_ha1", "sip_ha1_sha256", "softphone_ha1", "softphone_ha1_sha256",
    }  # fmt: skip
    deleted = world.admin.delete(f"{world.path}/subscribers/{ann.id}")
    assert deleted.status == 204
    world.admin.post(f"{world.path}/subscribers/{ann.id}/restore").expect(200)
