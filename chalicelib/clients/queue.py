"""Work that is waiting: messages that are received at least once, in about the order they were sent.

AWS SQS, or a directory with one file per message. What a message says must be true in the database before it is sent,
and doing it twice must do no harm. On Lambda the service itself receives and deletes (``handlers/queues.py``).
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from chalicelib.clients.patience import READ_S, short_patience
from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.sentences import say
from chalicelib.settings import settings

LONGEST_DELAY_S = 900  # SQS's
LARGEST_BYTES = 256 * 1024
MOST_AT_ONCE = 10
HIDDEN_S = 120  # of the directory; SQS queues have their own
POLL_S = 0.1
LONGEST_POLL_S = READ_S - 2  # of SQS: the client waits no longer for an answer


@dataclass(frozen=True, slots=True)
class Message:
    """``receipt``: of this time it was received; ``receives``: how often that was, this time included."""

    id: str
    body: str
    receipt: str
    receives: int


class Queue(Protocol):
    """Raises ``try_again`` when the queue doesn't answer."""

    def send(self, body: str, *, delay_s: int = 0) -> None:
        """``body``: printable text. Nobody receives it before ``delay_s`` (at most 900) have passed."""

    def receive(self, *, limit: int = 1, wait_s: int = 0) -> list[Message]:
        """Up to ``limit`` (10) messages, hidden from others for a while; waits up to ``wait_s`` (20) for the first."""

    def delete(self, message: Message) -> None:
        """Done with. No matter whether it is there any more."""


class DirectoryQueue:
    """A file per message, ``<visible at, ms>.<receives>.<id>``: claimed by renaming it, for its owner alone."""

    def __init__(self, directory: str, *, hidden_s: float = HIDDEN_S) -> None:
        self._directory = Path(directory)
        self._hidden_ms = int(hidden_s * 1000)

    def send(self, body: str, *, delay_s: int = 0) -> None:
        check_message(body, delay_s)
        name = _file_name(_now_ms() + delay_s * 1000, 0, f"{time.time_ns():020d}-{os.urandom(4).hex()}")
        temporary = self._directory / f".{name}"
        try:
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(body)
            temporary.rename(self._directory / name)
        except OSError as error:
            with suppress(OSError):
                temporary.unlink()
            raise _unreachable() from error

    def receive(self, *, limit: int = 1, wait_s: int = 0) -> list[Message]:
        until = time.monotonic() + wait_s
        while True:
            claimed = (message for name in self._visible() if (message := self._claim(name)) is not None)
            found = list(islice(claimed, limit))  # claims no more than it hands out
            if found or time.monotonic() >= until:
                return found
            time.sleep(POLL_S)

    def delete(self, message: Message) -> None:
        (self._directory / message.receipt).unlink(missing_ok=True)

    def release(self) -> None:
        """For the only worker there is, when it starts: what its predecessor had received, it can receive at once."""
        for name in self._names():
            _, receives, message_id = name.split(".")
            if int(receives):
                with suppress(FileNotFoundError):
                    (self._directory / name).rename(self._directory / _file_name(_now_ms(), int(receives), message_id))

    def _visible(self) -> list[str]:
        """The one that has been visible longest first."""
        now = _now_ms()
        return [name for name in self._names() if int(name.split(".")[0]) <= now]

    def _names(self) -> list[str]:
        try:
            return sorted(path.name for path in self._directory.iterdir() if not path.name.startswith("."))
        except FileNotFoundError:
            return []
        except OSError as error:
            raise _unreachable() from error

    def _claim(self, name: str) -> Message | None:
        """None: another was first."""
        _, receives, message_id = name.split(".")
        receipt = _file_name(_now_ms() + self._hidden_ms, int(receives) + 1, message_id)
        try:
            (self._directory / name).rename(self._directory / receipt)
            body = (self._directory / receipt).read_text()
        except FileNotFoundError:
            return None
        return Message(message_id, body, receipt, int(receives) + 1)


def _file_name(visible_ms: int, receives: int, message_id: str) -> str:
    return f"{visible_ms:015d}.{receives:04d}.{message_id}"


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


class SqsQueue:
    """``client``: a boto3 ``sqs`` client. How long a message is hidden and how often it is tried is the queue's own."""

    def __init__(self, client: Any, *, url: str) -> None:
        self._client = client
        self._url = url

    def send(self, body: str, *, delay_s: int = 0) -> None:
        check_message(body, delay_s)
        self._call("send_message", MessageBody=body, DelaySeconds=delay_s)

    def receive(self, *, limit: int = 1, wait_s: int = 0) -> list[Message]:
        answer = self._call(
            "receive_message",
            MaxNumberOfMessages=limit,
            WaitTimeSeconds=min(wait_s, LONGEST_POLL_S),
            MessageSystemAttributeNames=["ApproximateReceiveCount"],
        )
        return [_read_message(found) for found in answer.get("Messages", [])]

    def delete(self, message: Message) -> None:
        self._call("delete_message", ReceiptHandle=message.receipt)

    def _call(self, operation: str, **arguments: Any) -> Any:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return getattr(self._client, operation)(QueueUrl=self._url, **arguments)
        except (BotoCoreError, ClientError) as error:
            raise _unreachable() from error


def _read_message(found: dict[str, Any]) -> Message:
    receives = int(found["Attributes"]["ApproximateReceiveCount"])
    return Message(found["MessageId"], found["Body"], found["ReceiptHandle"], receives)


def check_message(body: str, delay_s: int) -> None:
    """Raises ``ValueError`` for what one of the two wouldn't take."""
    if not body or len(body.encode()) > LARGEST_BYTES or not body.isprintable():
        raise ValueError("a message is printable text of 1 to 262,144 bytes")
    if not 0 <= delay_s <= LONGEST_DELAY_S:
        raise ValueError(f"{delay_s} s is no delay between 0 and {LONGEST_DELAY_S} s")


def _unreachable() -> PatchbayError:
    return PatchbayError("try_again", say("queue_silent"))


@cache
def directory_work_queue() -> DirectoryQueue:
    return DirectoryQueue(str(Path(settings().queue_dir) / "work"))


@cache
def work_queue() -> Queue:
    """Of the jobs that wait for a worker."""
    config = settings()
    if config.queue_adapter == "directory":
        return directory_work_queue()
    import boto3

    client = boto3.client("sqs", region_name=config.region, config=short_patience())
    return SqsQueue(client, url=config.work_queue_url)
