"""SQS on this machine: moto's server as a process, and a queue of a node in it as the platform makes it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3

from bench.counting_proxy import Recording, counting_proxy
from chalicelib.clients.node_queues import Message, SqsQueues
from tests.conftest import ROOT
from tests.domain.snapshots import SBC_ID
from tests.local.processes import wait_for
from tests.ports import free_port

REGION = "us-east-1"


@dataclass
class LocalSqs:
    """``url``: of the server itself."""

    url: str
    directory: Path
    _process: subprocess.Popen[bytes] | None = None
    client: Any = field(init=False)

    def __post_init__(self) -> None:
        keys = {"aws_access_key_id": "local", "aws_secret_access_key": "local"}
        self.client = boto3.client("sqs", region_name=REGION, endpoint_url=self.url, **keys)

    def start(self) -> None:
        """Without any queue."""
        command = [
            sys.executable,
            "-W",
            "ignore",
            "-m",
            "moto.server",
            "-H",
            "127.0.0.1",
            "-p",
            self.url.rpartition(":")[2],
        ]
        with (self.directory / "sqs.log").open("ab") as log:
            self._process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
        wait_for(self._answers, limit_s=60)

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self.directory / "sqs.log").read_text()
        try:
            self.client.list_queues()
        except Exception:  # noqa: BLE001 - whichever way it isn't up yet
            return False
        return True


@dataclass(frozen=True)
class NodeQueue:
    """``endpoint``: where the node is to find it; what passes there is in ``recording``."""

    sqs: LocalSqs
    url: str
    recording: Recording

    @property
    def settings(self) -> dict[str, Any]:
        """Of a hook; it waits for less than on AWS, because moto tells of a deleted queue only after a wait."""
        return {
            "queue_url": self.url,
            "queue_region": REGION,
            "queue_endpoint": self.recording.url,
            "queue_wait_s": 3,
        }

    def send(self, *messages: Message) -> None:
        SqsQueues(self.sqs.client, stage="dev").send(self.url, messages)

    def send_raw(self, body: str) -> None:
        self.sqs.client.send_message(QueueUrl=self.url, MessageBody=body)

    def left(self) -> tuple[int, int]:
        """Messages that wait, and those that were received and not deleted."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.sqs.client.get_queue_attributes(QueueUrl=self.url, AttributeNames=names)["Attributes"]
        return int(found[names[0]]), int(found[names[1]])

    def make(self) -> None:
        assert SqsQueues(self.sqs.client, stage="dev").create(SBC_ID, "n1") == self.url

    def remove(self) -> None:
        self.sqs.client.delete_queue(QueueUrl=self.url)

    def requests(self, action: str) -> int:
        return sum(exchange.target == action for exchange in list(self.recording.exchanges))


@contextmanager
def local_sqs(directory: Path) -> Iterator[LocalSqs]:
    os.environ.setdefault("AWS_ACCESS_KEY_ID", "local")  # what the node signs with
    os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "local")
    sqs = LocalSqs(f"http://127.0.0.1:{free_port()}", directory)
    try:
        sqs.start()
        yield sqs
    finally:
        sqs.stop()


@contextmanager
def a_queue(sqs: LocalSqs) -> Iterator[NodeQueue]:
    url = SqsQueues(sqs.client, stage="dev").create(SBC_ID, "n1")
    with counting_proxy(sqs.url, port=free_port()) as recording:
        yield NodeQueue(sqs, url, recording)
    SqsQueues(sqs.client, stage="dev").delete(url)
