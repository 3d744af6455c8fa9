"""The work queue's consumer, invoked as Lambda does: with the queue's messages as an event."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from app import app
from chalicelib.clients.queue import DirectoryQueue, Message, work_queue
from chalicelib.storage import keys
from chalicelib.storage.database import database
from chalicelib.storage.jobs import QueuedJob, find_job, queued_jobs
from chalicelib.workflows.queue_job import queue_job
from chalicelib.workflows.requeue_jobs import STALLED_MS, requeue_jobs
from chalicelib.workflows.work_on_message import work_on_message
from local.front.wsgi import FunctionContext
from local.worker import TurnContext, make_sqs_event, work_off
from tests.api_client import ApiClient
from tests.imports import Imports, Json
from tests.world import a_tenant_world, an_id

CONSUMER = app.handler_map["work_on_queue"]
PEOPLE = b"username\n" + b"".join(b"user%d\n" % n for n in range(120))


@dataclass
class World:
    """A tenant's imports, and a queue that this test alone looks at."""

    imports: Imports
    queue: DirectoryQueue
    sent: list[Message] = field(default_factory=list)

    def start(self, data: bytes = b"username\nann\n") -> Json:
        """An import whose message is in this test's queue alone."""
        made = self.imports.start(self.imports.upload(data))
        job = find_job(self.imports.world.tenant_id, made["id"])
        assert job is not None
        queue_job(job, queue=self.queue)
        return made

    def turn(self, *, ended: bool) -> Message:
        """One message worked on, for one step or for as long as it takes."""
        (message,) = self.queue.receive()
        work_on_message(message.body, receives=message.receives, ended=lambda: ended, queue=self.queue)
        self.queue.delete(message)
        return message

    def state(self, job: Json) -> str:
        return str(self.imports.job(job["id"])["state"])


@pytest.fixture
def world(api: ApiClient, tmp_path: Path) -> World:
    return World(Imports(a_tenant_world(api)), DirectoryQueue(str(tmp_path / "queue")))


def test_a_job_is_worked_on_by_the_message_that_its_creation_sent(api: ApiClient) -> None:
    imports = Imports(a_tenant_world(api))
    job = imports.start(imports.upload(b"username\nann\n"))
    export = imports.world.admin.post(f"{imports.world.path}/subscriber-exports", {}).expect(202)

    work_off(work_queue(), CONSUMER, ended=threading.Event())  # messages of other tests too

    assert [imports.job(one["id"])["state"] for one in (job, export)] == ["done", "done"]


def test_an_unfinished_job_goes_back_into_the_queue_until_it_is_done(world: World) -> None:
    job = world.start(PEOPLE)

    turns = 0
    while world.state(job) in {"queued", "running"}:
        world.turn(ended=True)
        turns += 1

    assert turns > 3
    assert world.imports.job(job["id"])["counts"]["created"] == 120
    assert world.queue.receive() == []


def test_a_turn_ends_when_the_function_has_no_time_left(world: World) -> None:
    job = world.start(PEOPLE)
    ended = threading.Event()
    ended.set()
    (message,) = world.queue.receive()

    answer = CONSUMER(make_sqs_event(message), TurnContext("turn", ended=ended))

    assert answer == {"batchItemFailures": []}
    assert world.state(job) == "running"


def test_a_message_that_comes_twice_is_worked_on_once(world: World) -> None:
    job = world.start(PEOPLE)
    (message,) = world.queue.receive()
    world.queue.send(message.body)  # the queue's own double

    world.turn(ended=True)
    work_on_message(message.body, receives=1, ended=lambda: True, queue=world.queue)

    (only,) = world.queue.receive(limit=10)
    assert f'"version": {int(_stored(world, job).version)}' in only.body


def test_a_message_whose_worker_died_half_way_is_worked_on_again(world: World) -> None:
    job = world.start(PEOPLE)
    (message,) = world.queue.receive()
    world.imports.step(job["id"])  # what the worker did before it died; it sent nothing

    work_on_message(message.body, receives=2, ended=lambda: False, queue=world.queue)

    assert world.state(job) == "done"


def test_a_bad_message_alone_is_tried_again(world: World) -> None:
    job = world.start()
    (good,) = world.queue.receive()
    bad = [Message(f"bad{n}", body, "r", 1) for n, body in enumerate(["{}", "no json", "[]", '{"tenant_id": "t"}'])]
    records = [make_sqs_event(message)["Records"][0] for message in (bad[0], bad[1], good, bad[2], bad[3])]

    answer = CONSUMER({"Records": records}, FunctionContext("turn"))

    assert answer == {"batchItemFailures": [{"itemIdentifier": f"bad{n}"} for n in range(4)]}
    assert world.state(job) == "done"


def test_a_message_of_a_job_that_is_no_more_is_forgotten(world: World) -> None:
    body = '{"tenant_id": "tnt_1", "job_id": "job_1", "version": 1}'

    work_on_message(body, receives=1, ended=lambda: False, queue=world.queue)

    assert world.queue.receive() == []


def test_a_job_that_failed_comes_back_after_its_pause(world: World) -> None:
    job = world.start(b"username\nann\n")

    class Broken:
        def __getattr__(self, name: str) -> Any:
            raise OSError(name)

    (message,) = world.queue.receive()
    work_on_message(message.body, receives=1, ended=lambda: False, queue=world.queue, store=Broken())  # type: ignore[arg-type]

    [name] = [path.name for path in Path(world.queue._directory).iterdir() if ".0000." in path.name]
    assert int(_stored(world, job).failures) == 1
    assert int(name.split(".")[0]) > time.time_ns() // 1_000_000


def test_a_job_whose_message_was_lost_is_sent_again_once_it_stalls(world: World) -> None:
    job = world.imports.start(world.imports.upload(b"username\nann\n"))
    updated_at = int(_stored(world, job).updated_at)

    requeue_jobs(now_ms=updated_at + STALLED_MS - 1, queue=world.queue)
    too_soon = [message for message in world.queue.receive(limit=10) if job["id"] in message.body]
    requeue_jobs(now_ms=updated_at + STALLED_MS, queue=world.queue)

    assert too_soon == []
    assert any(job["id"] in message.body for message in world.queue.receive(limit=200))


def test_what_is_left_in_the_list_of_jobs_that_are_no_more_is_removed(world: World) -> None:
    lost = an_id("job")
    left = QueuedJob(pk=keys.JOBS, sk=lost, isp_id="isp_1", tenant_id=world.imports.world.tenant_id)
    database().put_many([left])

    requeue_jobs(queue=world.queue)

    assert lost not in [queued.sk for queued in queued_jobs()]


def test_a_queue_that_cannot_be_reached_does_not_lose_the_job(world: World, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no directory")
    made = world.imports.start(world.imports.upload(b"username\nann\n"))

    sent = queue_job(_stored(world, made), queue=DirectoryQueue(str(tmp_path / "file")))

    assert not sent
    assert world.state(made) == "queued"


def _stored(world: World, job: Json) -> Any:
    found = find_job(world.imports.world.tenant_id, job["id"])
    assert found is not None
    return found
