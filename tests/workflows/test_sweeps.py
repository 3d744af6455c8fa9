"""What the clock does every minute: one item that can't be dealt with doesn't keep the others waiting."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from chalicelib.clients.files import DirectoryFiles
from chalicelib.clients.queue import DirectoryQueue
from chalicelib.domain.errors import PatchbayError
from chalicelib.storage import keys
from chalicelib.storage.database import database
from chalicelib.storage.jobs import QueuedJob, find_job, queued_jobs
from chalicelib.storage.outbox import OutboxItem, expand, outbox_items
from chalicelib.storage.transaction import Transaction
from chalicelib.storage.uploads import end_file
from chalicelib.workflows.delete_ended_files import delete_ended_files
from chalicelib.workflows.expand_outbox import expand_outbox
from chalicelib.workflows.requeue_jobs import STALLED_MS, requeue_jobs
from tests.api_client import ApiClient
from tests.imports import Imports
from tests.world import a_tenant_world, an_id

YEAR_MS = 366 * 86_400_000


class StubbornFiles(DirectoryFiles):
    """One file can't be deleted."""

    stubborn = ""

    def delete(self, key: str) -> None:
        if key == self.stubborn:
            raise PatchbayError("try_again")
        super().delete(key)


@pytest.fixture
def store(tmp_path: Path) -> StubbornFiles:
    return StubbornFiles(str(tmp_path), secret=os.urandom(32))


def ended(store: DirectoryFiles, *, at_ms: int) -> str:
    key = f"results/{an_id('ten')}/{an_id('job')}.csv"
    store.put(key, b"secret", media_type="text/csv")
    tx = Transaction()
    end_file(tx, key, at_ms=at_ms)
    tx.commit()
    return key


def test_a_file_that_cannot_be_deleted_keeps_no_other(dynamodb: str, store: StubbornFiles) -> None:
    """Files that have ended hold new passwords."""
    long_ago = time.time_ns() // 1_000_000 - YEAR_MS  # before all of other tests
    first, second = (ended(store, at_ms=long_ago + n) for n in range(2))
    store.stubborn = first

    with pytest.raises(PatchbayError):  # told, and tried again a minute later
        delete_ended_files(now_ms=long_ago + 10, store=store)

    assert (store.find(first), store.find(second)) == (b"secret", None)
    store.stubborn = ""
    assert delete_ended_files(now_ms=long_ago + 10, store=store) == 1
    assert store.find(first) is None


def test_a_change_that_cannot_be_expanded_keeps_no_other(dynamodb: str) -> None:
    expand_outbox()
    first, second = an_id("out"), an_id("out")
    database().put_many([OutboxItem(pk=keys.OUTBOX, sk=sk, customer_id=an_id("cus")) for sk in (first, second)])

    def refuse_first(item: OutboxItem) -> None:
        if item.sk == first:
            raise PatchbayError("try_again")
        expand(item)

    with pytest.raises(PatchbayError):
        expand_outbox(work=refuse_first)
    assert [item.sk for item in outbox_items()] == [first]

    assert expand_outbox() == 1


def test_a_lost_message_is_sent_again_however_many_jobs_are_before_it(api: ApiClient, tmp_path: Path) -> None:
    queue = DirectoryQueue(str(tmp_path))
    imports = Imports(a_tenant_world(api))
    upload_id = imports.upload(b"username\nann\n")
    first, last = (imports.start(upload_id, dry_run=True)["id"] for _ in range(2))
    isp_id, tenant_id = imports.world.isp_id, imports.world.tenant_id
    job = find_job(tenant_id, last)
    assert job is not None
    between = [first + f"{n:03}" for n in range(120)]  # sorted between the two, and under way
    items = [QueuedJob(pk=keys.JOBS, sk=sk, isp_id=isp_id, tenant_id=tenant_id) for sk in between]
    values = {name: value for name, value in job.attribute_values.items() if name not in {"kind", "id", "sk"}}
    later_ms = int(job.updated_at) + STALLED_MS
    values |= {"updated_at": later_ms}
    database().put_many(items)
    database().put_many([type(job)(**values, id=sk, sk=keys.job_sk(sk)) for sk in between])

    requeue_jobs(now_ms=later_ms, queue=queue)

    bodies = [message.body for message in queue.receive(limit=300)]
    assert any(last in body for body in bodies)
    database().delete_many([(keys.JOBS, sk) for sk in between])
    assert between[0] not in {queued.sk for queued in queued_jobs()}
