"""Imports that are interrupted, repeated, done by two at once, or overtaken by what people do meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from chalicelib.clients.files import DirectoryFiles, Files, directory_files
from chalicelib.storage import keys
from chalicelib.storage.database import database
from chalicelib.storage.jobs import Job, JobMovedError, find_job, queued_jobs
from chalicelib.storage.tenants import find_tenant_scope
from chalicelib.workflows.grow_shards import grow_shards
from chalicelib.workflows.import_chunk import import_chunk
from chalicelib.workflows.import_files import read_plan
from chalicelib.workflows.work_on_job import MOST_FAILURES, work_on_job
from tests.api_client import ApiClient
from tests.imports import Imports, Json, later_ms
from tests.world import a_tenant_world, an_sbc, changes_of

PEOPLE = 60
FILE = "username,alias\n" + "".join(f"user{n},{1000 + n}\n" for n in range(PEOPLE))
MEANWHILE = "Somebody has changed or deleted this subscriber while the import ran"


@pytest.fixture
def imports(api: ApiClient) -> Imports:
    return Imports(a_tenant_world(api))


def begun(imports: Imports, text: str = FILE) -> str:
    """The id of a job with a plan, and nothing of it done."""
    job_id = str(imports.start(imports.upload(text.encode()))["id"])
    job = imports.step(job_id)
    assert (job["state"], job["done"]) == ("running", 0), job
    return job_id


def stored(imports: Imports, job_id: str) -> Job:
    found = find_job(imports.world.tenant_id, job_id)
    assert found is not None
    return found


def by_steps(imports: Imports, job_id: str) -> Iterator[Json]:
    while True:
        job = imports.step(job_id)
        yield job
        if job["state"] != "running":
            return


@pytest.fixture
def transactions() -> Iterator[list[int]]:
    """The number of writes of each transaction."""
    sizes: list[int] = []

    def note(params: dict[str, Any], **_: Any) -> None:
        sizes.append(len(params["TransactItems"]))

    events = database().client.meta.events
    events.register("provide-client-params.dynamodb.TransactWriteItems", note)
    yield sizes
    events.unregister("provide-client-params.dynamodb.TransactWriteItems", note)


def test_a_worker_that_stops_after_each_chunk_is_followed_by_the_next(imports: Imports) -> None:
    job_id = begun(imports)

    seen = list(by_steps(imports, job_id))

    done = [job["done"] for job in seen]
    assert done == sorted(done)
    assert len(set(done)) >= 4
    assert [job["counts"]["created"] for job in seen] == done
    assert seen[-1]["state"] == "done"
    assert len(imports.subscribers()) == PEOPLE
    assert [row["result"] for row in imports.result_rows(seen[-1])] == ["created"] * PEOPLE


def test_no_chunk_has_more_than_ninety_writes(imports: Imports, transactions: list[int]) -> None:
    world = imports.world
    for n in range(30):
        world.admin.post(f"{world.path}/security-groups", {"name": f"G{n}", "countries": ["BR"]}).expect(201)
    text = "username,alias,security_group\n" + "".join(f"user{n},{1000 + n},G{n % 30}\n" for n in range(PEOPLE))
    moved = text.replace("G1", "G2")

    for file in (text, moved):
        transactions.clear()
        job = imports.run(file)
        assert job["state"] == "done", job
        assert max(transactions) <= 90
        assert max(transactions) > 60


def test_a_chunk_that_is_done_again_does_nothing(imports: Imports) -> None:
    job_id = begun(imports)
    scope = find_tenant_scope(imports.world.isp_id, imports.world.tenant_id)
    before = stored(imports, job_id)
    plan = read_plan(directory_files(), before)
    assert scope is not None
    assert plan is not None

    first = import_chunk(scope, before, plan.steps)
    known = len(changes_of(imports.world.sbc_id))
    with pytest.raises(JobMovedError):
        import_chunk(scope, before, plan.steps)

    assert len(imports.subscribers()) == int(first.created)
    assert len(changes_of(imports.world.sbc_id)) == known
    assert imports.work(job_id)["counts"]["created"] == PEOPLE


def test_two_workers_at_once_import_each_row_once(imports: Imports) -> None:
    job_id = str(imports.start(imports.upload(FILE.encode()))["id"])

    def work() -> None:
        work_on_job(imports.world.tenant_id, job_id, ended=lambda: False)

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    job = imports.work(job_id)
    assert (job["state"], job["counts"]["created"], job["counts"]["bad"]) == ("done", PEOPLE, 0)
    assert len(imports.subscribers()) == PEOPLE


class BreakingFiles(DirectoryFiles):
    """The directory of the tests, whose ``put`` fails once it has written."""

    breaks = True

    def put(self, key: str, data: bytes, *, media_type: str) -> None:
        super().put(key, data, media_type=media_type)
        if self.breaks:
            raise RuntimeError("the worker dies here")


@pytest.fixture
def breaking() -> BreakingFiles:
    whole = directory_files()
    return BreakingFiles(str(whole._directory), secret=whole._secret)


def work_with(store: Files, imports: Imports, job_id: str) -> None:
    work_on_job(imports.world.tenant_id, job_id, ended=lambda: False, store=store, now_ms=later_ms())


def test_a_worker_that_dies_while_planning_loses_nothing(imports: Imports, breaking: BreakingFiles) -> None:
    job_id = str(imports.start(imports.upload(FILE.encode()))["id"])

    work_with(breaking, imports, job_id)

    assert imports.job(job_id)["state"] == "running"
    assert imports.subscribers() == {}
    assert imports.work(job_id)["counts"]["created"] == PEOPLE


def test_a_worker_that_dies_at_the_result_gives_the_same_passwords_later(
    imports: Imports, breaking: BreakingFiles
) -> None:
    job_id = begun(imports, "username\nann\n")
    work_with(breaking, imports, job_id)
    job = stored(imports, job_id)
    assert (job.state, int(job.created)) == ("running", 1)

    [row] = imports.result_rows(imports.work(job_id))

    from chalicelib.clients.seal import open_at_rest
    from chalicelib.domain.digest import ha1_md5
    from chalicelib.storage.subscribers import pages_of_subscribers

    scope = find_tenant_scope(imports.world.isp_id, imports.world.tenant_id)
    assert scope is not None
    [[ann]] = list(pages_of_subscribers(scope))
    opened = open_at_rest(ann.sip_ha1, "ann", scope.domain)
    assert opened == ha1_md5("ann", scope.domain, row["sip_password"])
    assert stored(imports, job_id).seed == ""


def test_a_job_that_fails_again_and_again_is_given_up(imports: Imports, breaking: BreakingFiles) -> None:
    job_id = str(imports.start(imports.upload(FILE.encode()))["id"])

    for _ in range(MOST_FAILURES):
        work_with(breaking, imports, job_id)

    job = imports.job(job_id)
    assert (job["state"], job["problem"]["code"]) == ("failed", "internal_error")
    assert job_id not in [queued.sk for queued in queued_jobs()]


class Death(BaseException):
    """Of the whole process: nothing of it is caught, as when a function runs out of its time or memory."""


class DeadlyFiles(DirectoryFiles):
    """The directory of the tests; whoever reads from it dies."""

    def find(self, key: str) -> bytes | None:
        raise Death(key)


def test_a_job_whose_worker_dies_each_time_is_given_up(imports: Imports, breaking: BreakingFiles) -> None:
    job_id = str(imports.start(imports.upload(FILE.encode()))["id"])
    deadly = DeadlyFiles(str(breaking._directory), secret=breaking._secret)
    turns = 0

    while turns <= MOST_FAILURES and stored(imports, job_id).state != "failed":
        with suppress(Death):
            work_with(deadly, imports, job_id)
        turns += 1

    job = imports.job(job_id)
    assert (job["state"], job["problem"]["code"]) == ("failed", "internal_error")
    assert job_id not in [queued.sk for queued in queued_jobs()]


def test_deaths_between_steps_that_are_done_dont_add_up(imports: Imports, breaking: BreakingFiles) -> None:
    job_id = begun(imports)
    deadly = DeadlyFiles(str(breaking._directory), secret=breaking._secret)
    with suppress(Death):
        work_with(deadly, imports, job_id)
    assert int(stored(imports, job_id).failures) == 1

    imports.step(job_id)

    assert int(stored(imports, job_id).failures) == 0
    assert imports.work(job_id)["counts"]["created"] == PEOPLE


def test_a_job_that_has_failed_pauses(imports: Imports, breaking: BreakingFiles) -> None:
    job_id = str(imports.start(imports.upload(FILE.encode()))["id"])
    work_with(breaking, imports, job_id)
    failed_at = int(stored(imports, job_id).updated_at)

    for now_ms, failures in ((failed_at + 1999, 1), (failed_at + 2000, 2)):
        work_on_job(imports.world.tenant_id, job_id, ended=lambda: False, store=breaking, now_ms=now_ms)
        assert int(stored(imports, job_id).failures) == failures


def taken_alias(imports: Imports) -> None:
    imports.world.admin.post(f"{imports.world.path}/subscribers", {"username": "zoe", "alias": "1007"}).expect(201)


def taken_username(imports: Imports) -> None:
    imports.world.admin.post(f"{imports.world.path}/subscribers", {"username": "User7"}).expect(201)


@pytest.mark.parametrize(
    ("overtake", "field", "message"),
    [
        (taken_alias, "alias", "Another subscriber is called 1007"),
        (taken_username, "username", "Another subscriber is called user7"),
    ],
)
def test_a_name_that_was_taken_meanwhile_is_reported_by_line(
    imports: Imports, overtake: Callable[[Imports], None], field: str, message: str
) -> None:
    job_id = begun(imports)
    overtake(imports)

    job = imports.work(job_id)

    assert (job["state"], job["done"]) == ("done", PEOPLE)
    assert job["counts"] == {"created": PEOPLE - 1, "updated": 0, "unchanged": 0, "bad": 1}
    assert job["errors"] == [{"line": 9, "field": field, "message": message, "code": "name_taken"}]
    assert job["preview"][7]["action"] == "bad"
    assert len(imports.subscribers()) == PEOPLE
    failed = [row for row in imports.result_rows(job) if row["result"] == "failed"]
    assert [(row["username"], row["sip_password"], row["message"]) for row in failed] == [("user7", "", message)]


def test_a_group_that_was_deleted_meanwhile_fails_its_rows_alone(imports: Imports) -> None:
    world = imports.world
    groups = {
        name: world.admin.post(f"{world.path}/security-groups", {"name": name, "countries": ["BR"]}).expect(201)["id"]
        for name in ("A", "B")
    }
    job_id = begun(
        imports, "username,security_group\n" + "".join(f"user{n},{'AB'[n % 2]}\n" for n in range(PEOPLE))
    )  # fmt: skip
    assert world.admin.delete(f"{world.path}/security-groups/{groups['A']}").status == 204

    job = imports.work(job_id)

    assert job["counts"] == {"created": PEOPLE // 2, "updated": 0, "unchanged": 0, "bad": PEOPLE // 2}
    assert {(error["field"], error["code"]) for error in job["errors"]} == {("security_group", "reference_not_found")}
    assert {one["security_group_id"] for one in imports.subscribers().values()} == {groups["B"]}


def test_a_subscriber_that_was_changed_or_deleted_meanwhile_is_left_alone(imports: Imports) -> None:
    imports.run("username,name\nann,Ann\nbob,Bob\ncid,Cid\n")
    people, path = imports.subscribers(), f"{imports.world.path}/subscribers"
    job_id = begun(imports, "username,name\nann,New\nbob,New\ncid,New\n")
    imports.world.admin.patch(f"{path}/{people['ann']['id']}", {"name": "Her own"}, version=1).expect(200)
    assert imports.world.admin.delete(f"{path}/{people['bob']['id']}").status == 204

    job = imports.work(job_id)

    assert [(error["line"], error["message"]) for error in job["errors"]] == [(2, MEANWHILE), (3, MEANWHILE)]
    names = {username: one["name"] for username, one in imports.subscribers().items()}
    assert names == {"ann": "Her own", "cid": "New"}


def test_a_swap_that_is_overtaken_fails_for_both_and_says_so(imports: Imports) -> None:
    imports.run("username,alias\nann,1000\nbob,1001\n")
    people, path = imports.subscribers(), f"{imports.world.path}/subscribers"
    job_id = begun(imports, "username,alias\nann,1001\nbob,1000\n")
    imports.world.admin.patch(f"{path}/{people['ann']['id']}", {"name": "Ann"}, version=1).expect(200)

    job = imports.work(job_id)

    assert (job["done"], job["counts"]["updated"], job["counts"]["bad"]) == (2, 0, 2)
    assert [(error["line"], error["code"]) for error in job["errors"]] == [(2, "version_conflict"), (3, "name_taken")]
    assert imports.subscribers()["ann"]["alias"] == "1000"


def test_an_import_goes_on_when_the_tenants_parts_are_divided(imports: Imports) -> None:
    job_id = begun(imports)
    imports.step(job_id)
    scope = find_tenant_scope(imports.world.isp_id, imports.world.tenant_id)
    assert scope is not None
    assert grow_shards(scope, expected=2000) == 4

    job = imports.work(job_id)

    parts = [imports.world.part(f"tenant/{scope.tenant_id}/subscribers/{shard}") for shard in range(4)]
    assert job["counts"]["created"] == sum(len(part["subscribers"]) for part in parts) == PEOPLE


def test_an_import_goes_on_when_the_tenant_moves_to_another_sbc(imports: Imports) -> None:
    world = imports.world
    job_id = begun(imports)
    imports.step(job_id)
    other = an_sbc(ApiClient(), allow_private_gateways=True)
    version = world.admin.get(f"/tenants/{world.tenant_id}").expect(200)["version"]
    world.admin.patch(f"/tenants/{world.tenant_id}", {"sbc_id": other}, version=version).expect(200)

    assert imports.work(job_id)["counts"]["created"] == PEOPLE
    assert f"tenant/{world.tenant_id}/subscribers/0" in changes_of(other)


def test_a_job_of_a_deleted_tenant_is_given_up(imports: Imports) -> None:
    world = imports.world
    job_id = begun(imports)
    assert world.admin.delete(f"/tenants/{world.tenant_id}").status == 204

    work_on_job(world.tenant_id, job_id, ended=lambda: False)

    job = stored(imports, job_id)
    assert (job.state, job.problem_code, job.seed) == ("failed", "not_found", "")
    assert database().find(Job, keys.JOBS, job_id) is None


def test_an_upload_that_ended_before_its_job_began_fails_it(imports: Imports) -> None:
    job_id = str(imports.start(imports.upload(FILE.encode()))["id"])
    job = stored(imports, job_id)
    directory_files().delete(f"uploads/{imports.world.tenant_id}/{job.upload_id}.csv")

    assert imports.work(job_id)["problem"]["code"] == "upload_missing"
