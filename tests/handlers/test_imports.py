"""Imports and exports of subscribers on the real database: what is told, what is done, and what is never done."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from chalicelib.clients.seal import open_ha1, seal_key
from chalicelib.domain.digest import ha1_md5
from chalicelib.domain.parts import subscribers_key
from chalicelib.settings import settings
from tests.api_client import ApiClient
from tests.imports import Imports, fetch, rows_of
from tests.world import TenantWorld, a_tenant_world, changed_by, changes_of

FILE = """username;alias;name;email;caller_id;security_group;date_range;voicemail_to_email;max_calls;forward_busy
ann;1000;Ann Müller;ann@example.com;+12092480999;USA;Office;sim;4;bob
bob;1001;"Bob; the
boss";;;;;não;;
"""


@pytest.fixture
def imports(api: ApiClient) -> Imports:
    found = Imports(a_tenant_world(api))
    world = found.world
    world.admin.post(f"{world.path}/security-groups", {"name": "USA", "countries": ["US"]}).expect(201)
    world.admin.post(f"{world.path}/date-ranges", {"name": "Office", "time_zone": "UTC"}).expect(201)
    return found


def part_of(world: TenantWorld) -> dict[str, dict[str, str]]:
    return {one["username"]: one for one in world.part(subscribers_key(world.tenant_id, 0))["subscribers"]}


def test_a_dry_run_tells_what_the_import_does_and_changes_nothing(imports: Imports) -> None:
    good = FILE.replace('Bob; the\nboss', "Bob; the boss")  # fmt: skip
    upload_id = imports.upload(good.encode("utf-8-sig"))
    known = len(changes_of(imports.world.sbc_id))

    dry = imports.work(imports.start(upload_id, dry_run=True)["id"])

    assert imports.subscribers() == {}
    assert len(changes_of(imports.world.sbc_id)) == known
    real = imports.work(imports.start(upload_id)["id"])
    told = ("state", "total", "done", "counts", "errors", "errors_total", "preview", "problem")
    assert {name: dry[name] for name in told} == {name: real[name] for name in told}
    assert real["counts"] == {"created": 2, "updated": 0, "unchanged": 0, "bad": 0}
    assert real["preview"][1] == {
        "line": 3, "action": "create", "username": "bob", "name": "Bob; the boss", "alias": "1001",
    }  # fmt: skip
    assert (dry["result_url"], dry["dry_run"], real["dry_run"]) == (None, True, False)


def test_what_was_imported_has_every_field(imports: Imports) -> None:
    imports.run(FILE.replace('Bob; the\nboss', "Bob"))  # fmt: skip

    ann = imports.subscribers()["ann"]
    group = imports.world.admin.get(f"{imports.world.path}/security-groups").expect(200)["items"][0]
    hours = imports.world.admin.get(f"{imports.world.path}/date-ranges").expect(200)["items"][0]
    assert ann["security_group_id"] == group["id"]
    assert ann["date_range_id"] == hours["id"]
    assert (ann["name"], ann["max_calls"], ann["voicemail_to_email"]) == ("Ann Müller", 4, True)
    assert (ann["caller_id"], ann["forward_busy"]) == ("+12092480999", "bob")
    refused = imports.world.admin.delete(f"{imports.world.path}/security-groups/{group['id']}").expect(409)
    assert refused["code"] == "in_use"


def test_a_bad_line_refuses_the_whole_file_before_anything_is_written(imports: Imports) -> None:
    text = FILE + "cid;911;;;12092480999;Mars;;ja;many;\n;;;;;;;;;\nx y;1001;;nobody;;;;yes;;\n"
    known = len(changes_of(imports.world.sbc_id))

    job = imports.run(text)

    assert (job["state"], job["problem"]["code"]) == ("failed", "import_invalid")
    assert job["problem"]["message"] == "3 of 4 rows are wrong, and nothing was imported"
    assert job["counts"] == {"created": 0, "updated": 0, "unchanged": 0, "bad": 3}
    assert [(error["line"], error["field"], error["code"]) for error in job["errors"]] == [
        (3, "name", "invalid"),
        (5, "alias", "service_number"),
        (5, "caller_id", "invalid"),
        (5, "security_group", "reference_not_found"),
        (5, "voicemail_to_email", "invalid"),
        (5, "max_calls", "invalid"),
        (7, "username", "invalid"),
        (7, "alias", "duplicate"),
        (7, "email", "invalid"),
    ]
    assert imports.subscribers() == {}
    assert len(changes_of(imports.world.sbc_id)) == known
    assert job["result_url"] is None


def test_what_is_wrong_with_a_file_is_told_in_the_language_of_whoever_looks(imports: Imports) -> None:
    wrong = imports.run("username,max_calls,security_group,alias\nann,many,Mars,911\n")
    unusable = imports.run("username,phone,fax\nann,1,1\n")

    def told(job: dict[str, Any]) -> dict[str, Any]:
        path, headers = f"{imports.world.path}/jobs/{job['id']}", {"accept-language": "pt-BR"}
        found: dict[str, Any] = imports.world.admin.request("GET", path, headers=headers).expect(200)
        return found

    assert told(wrong)["problem"]["message"] == "1 de 1 linhas estão erradas, e nada foi importado"
    assert {error["field"]: error["message"] for error in told(wrong)["errors"]} == {
        "alias": "'911' é um número de serviço do plano de discagem, como uma chamada de emergência",
        "security_group": "Não existe grupo de segurança chamado 'Mars'",
        "max_calls": "'many' não é um número inteiro. Um número de 0 (sem limite) a 1000",
    }
    assert told(unusable)["problem"]["message"] == "Colunas do cabeçalho, desconhecidas: 'phone', 'fax'"


def test_a_dry_run_with_bad_lines_is_done_and_counts_them(imports: Imports) -> None:
    job = imports.run(FILE, dry_run=True)

    assert (job["state"], job["counts"]["created"], job["counts"]["bad"]) == ("done", 1, 1)
    assert [row["action"] for row in job["preview"]] == ["create", "bad"]


def test_voicemail_needs_an_address(imports: Imports) -> None:
    job = imports.run("username,voicemail_to_email\nann,yes\n", dry_run=True)

    assert [(error["field"], error["message"]) for error in job["errors"]] == [
        ("voicemail_to_email", "yes or no; yes needs an e-mail address")
    ]


@pytest.mark.parametrize(
    ("data", "code", "told"),
    [
        (b"username,phone\nann,1\n", "import_columns", "unknown: 'phone'"),
        (b"username,alias,alias\nann,1,1\n", "import_columns", "doubled: 'alias'"),
        (b"alias\n1000\n", "import_columns", "missing: 'username'"),
        ("username,name\nann,Müller\n".encode("cp1252"), "import_unreadable", "save the file as CSV in UTF-8"),
        (b"\x00\x01\x02", "import_columns", "missing: 'username'"),
        (b"username\n" + b"".join(b"u%d\n" % n for n in range(10_001)), "import_too_large", "10000 rows"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(imports: Imports, data: bytes, code: str, told: str) -> None:
    job = imports.run(data)

    assert (job["state"], job["problem"]["code"]) == ("failed", code)
    assert told in job["problem"]["message"]


def test_new_passwords_are_in_the_result_and_work(imports: Imports) -> None:
    world = imports.world
    job = imports.run("username,sip_password\nann,\nBob,wonderland1\n")

    ann, bob = imports.result_rows(job)

    assert (ann["result"], ann["username"], ann["domain"]) == ("created", "ann", world.domain)
    assert len(ann["sip_password"]) == len(ann["softphone_password"]) == 16
    assert len({ann["sip_password"], ann["softphone_password"], bob["softphone_password"]}) == 3
    assert bob["sip_password"] == "wonderland1"
    for row in (ann, bob):
        sealed = part_of(world)[row["username"]]
        for kind in ("sip", "softphone"):
            opened = open_ha1(sealed[f"{kind}_ha1"], row["username"], world.domain, seal_key(world.sbc_id))
            assert opened == ha1_md5(row["username"], world.domain, row[f"{kind}_password"])


def test_passwords_are_nowhere_but_in_the_result(imports: Imports, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        job = imports.run("username,sip_password\nann,\nbob,wonderland1\n")
    rows = imports.result_rows(job)
    secrets = [row[f"{kind}_password"] for row in rows for kind in ("sip", "softphone")]

    from chalicelib.storage.database import database

    stored = json.dumps(database().client.scan(TableName=database().table_name)["Items"], default=str)
    kept = [path for path in Path(settings().files_dir).rglob("*") if path.is_file()]
    mentioned = {path.parent.parent.name for path in kept for secret in secrets if secret.encode() in path.read_bytes()}
    assert len(secrets) == 4
    assert mentioned == {"results"}
    assert not [secret for secret in secrets if secret in stored or secret in caplog.text]
    assert not [secret for secret in secrets if secret in json.dumps(imports.job(job["id"]))]


def test_a_password_is_changed_only_where_the_file_has_another(imports: Imports) -> None:
    imports.run("username,sip_password\nann,wonderland1\nbob,\n")
    before = part_of(imports.world)

    job = imports.run("username,sip_password\nann,wonderland1\nbob,looking-glass2\n")

    after = part_of(imports.world)
    assert job["counts"] == {"created": 0, "updated": 1, "unchanged": 1, "bad": 0}
    assert before["ann"] == after["ann"]
    assert before["bob"]["sip_ha1"] != after["bob"]["sip_ha1"]
    assert before["bob"]["softphone_ha1"] == after["bob"]["softphone_ha1"]
    assert [row["sip_password"] for row in imports.result_rows(job)] == ["", ""]


def test_rows_of_known_usernames_change_what_differs(imports: Imports) -> None:
    imports.run("username,alias,name\nann,1000,Ann\nbob,1001,Bob\n")

    job = imports.run("username,name\nANN,Ann Lee\nbob,Bob\ncid,Cid\n")

    people = imports.subscribers()
    assert job["counts"] == {"created": 1, "updated": 1, "unchanged": 1, "bad": 0}
    assert (people["ann"]["name"], people["ann"]["alias"], people["ann"]["version"]) == ("Ann Lee", "1000", 2)
    assert people["bob"]["version"] == 1


def test_aliases_can_be_swapped_and_handed_on(imports: Imports) -> None:
    imports.run("username,alias\nann,1000\nbob,1001\ncid,1002\n")

    job = imports.run("username,alias\nann,1001\nbob,1000\ncid,\nzoe,1002\n")

    assert (job["state"], job["counts"]["updated"], job["counts"]["created"]) == ("done", 3, 1)
    assert job["done"] == job["total"] == 4
    aliases = {name: one["alias"] for name, one in imports.subscribers().items()}
    assert aliases == {"ann": "1001", "bob": "1000", "cid": "", "zoe": "1002"}
    refused = imports.world.admin.post(f"{imports.world.path}/subscribers", {"username": "x", "alias": "1000"})
    assert refused.expect(409)["code"] == "name_taken"


@pytest.mark.parametrize("separator", [",", ";"])
def test_what_was_exported_is_unchanged_when_imported(imports: Imports, separator: str) -> None:
    world = imports.world
    for name in ("=Group", "Twice", "Twice"):
        world.admin.post(f"{world.path}/security-groups", {"name": name, "countries": ["BR"]}).expect(201)
    groups = world.admin.get(f"{world.path}/security-groups").expect(200)["items"]
    for number, group in enumerate(groups):
        body = {"username": f"user{number}", "alias": f"{number}", "security_group_id": group["id"]}
        body |= {"name": ['=1+1; "x', "-Zoë", "'tis", ' "@x, +1'][number], "caller_id": "+12092480999"}
        body |= {"email": "a@b.example", "voicemail_to_email": True, "suspended": number == 1, "max_calls": 0}
        world.admin.post(f"{world.path}/subscribers", body).expect(201)
    before = imports.subscribers()

    data = imports.export(separator=separator)
    job = imports.run(data)

    assert (job["state"], job["counts"]["unchanged"], job["total"]) == ("done", 4, 4), job["errors"]
    assert imports.subscribers() == before
    assert [row["caller_id"] for row in rows_of(data)] == ["'+12092480999"] * 4
    assert "password" not in data.decode()
    assert data.startswith(b"\xef\xbb\xbf")


def test_a_chunk_bumps_one_part_once(imports: Imports) -> None:
    text = "username,alias\n" + "".join(f"user{n},{1000 + n}\n" for n in range(40))

    known = len(changes_of(imports.world.sbc_id))
    job = imports.run(text)
    bumps = changes_of(imports.world.sbc_id)[known:]

    assert set(bumps) == {subscribers_key(imports.world.tenant_id, 0)}
    assert 3 <= len(bumps) <= 4  # 5 writes a row, 90 a chunk
    assert job["version"] == len(bumps) + 4  # queued, running, planned, chunks, done
    assert len(part_of(imports.world)) == 40


def test_an_import_that_changes_nothing_bumps_nothing(imports: Imports) -> None:
    imports.run("username\nann\n")
    upload_id = imports.upload(b"username\nann\n")

    assert changed_by(imports.world.sbc_id, lambda: imports.work(imports.start(upload_id)["id"])) == set()


def test_parts_are_divided_before_a_large_import(imports: Imports) -> None:
    text = "username,alias\n" + "".join(f"user{n},{n + 5000}\n" for n in range(600))

    job = imports.run(text)

    world = imports.world
    tenant = world.admin.get(f"/tenants/{world.tenant_id}").expect(200)
    shards = world.part(f"tenant/{world.tenant_id}/core")["subscriber_shards"]
    sizes = [len(world.part(subscribers_key(world.tenant_id, shard))["subscribers"]) for shard in range(shards)]
    assert job["counts"]["created"] == sum(sizes) == 600
    assert (shards, tenant["id"]) == (2, world.tenant_id)
    assert len(job["preview"]) == 50


def test_many_errors_are_counted_and_the_first_shown(imports: Imports) -> None:
    job = imports.run("username,max_calls\n" + "".join(f"user{n},x\n" for n in range(300)), dry_run=True)

    assert (job["errors_total"], len(job["errors"]), job["counts"]["bad"]) == (300, 200, 300)
    assert [error["line"] for error in job["errors"]] == list(range(2, 202))


def test_a_preview_and_a_message_never_repeat_a_long_cell(imports: Imports) -> None:
    job = imports.run("username,name\nann," + "x" * 100_000 + "\n" + "y" * 100_000 + ",Bob\n", dry_run=True)

    assert [(error["line"], error["field"]) for error in job["errors"]] == [(2, "name"), (3, "username")]
    assert len(json.dumps(job)) < 2000


def test_an_upload_is_gone_after_its_import(imports: Imports) -> None:
    upload_id = imports.upload(b"username\nann\n")
    imports.work(imports.start(upload_id)["id"])

    body = {"upload_id": upload_id, "dry_run": True}
    refused = imports.world.admin.post(f"{imports.world.path}/subscriber-imports", body).expect(422)

    assert refused["code"] == "reference_not_found"
    directory = Path(settings().files_dir)
    left = [path for path in directory.rglob("*") if path.is_file() and path.parent.name == imports.world.tenant_id]
    assert [path.parent.parent.name for path in left] == ["results"]


def test_a_result_is_for_saving(imports: Imports) -> None:
    response = fetch(imports.run("username\nann\n")["result_url"])

    headers = dict(response.headers)
    assert headers["Content-Disposition"].startswith('attachment; filename="import-result-')
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_who_is_imported_is_a_contact_under_the_present_name(imports: Imports) -> None:
    path = f"{imports.world.path}/contacts"
    for name in ("Carla", "Karla"):
        imports.work(imports.start(imports.upload(f"username,name\ncarla,{name}\n".encode()))["id"])
        found = imports.world.admin.get(path).expect(200)["items"]
        assert [(contact["username"], contact["name"]) for contact in found] == [("carla", name)]
