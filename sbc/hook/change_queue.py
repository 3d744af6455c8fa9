"""This node's queue of changes in SQS, by its JSON protocol (docs.aws.amazon.com, "SQS API Reference")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from chalicelib.domain import fields
from chalicelib.domain.ids import id_time_ms
from sbc.hook.feed_client import Change
from sbc.hook.http_client import HttpAnswer, HttpClient, HttpError
from sbc.hook.jsonio import dump, load_object

BATCH = 10  # messages, SQS' limit
ANSWER_S = 5.0  # how long an answer may take, beside the waiting


class QueueError(OSError):
    """Nothing can be received or deleted now."""


@dataclass(frozen=True, slots=True)
class QueueMessage:
    """``change`` is None in a message that says nothing which can be read."""

    message_id: str
    receipt: str
    change: Change | None


class Signer(Protocol):
    async def sign(self, method: str, target: str, headers: dict[str, str], body: bytes) -> dict[str, str]:
        """The headers to be sent. Raises ``OSError``."""


class ChangeQueue:
    """All raise ``QueueError``."""

    def __init__(self, *, url: str, client: HttpClient, signer: Signer) -> None:
        self._url = url
        self._client = client
        self._signer = signer

    async def receive(self, wait_s: int) -> tuple[QueueMessage, ...]:
        """At most ten, as soon as there is one; none after ``wait_s``."""
        asked = {"QueueUrl": self._url, "MaxNumberOfMessages": BATCH, "WaitTimeSeconds": wait_s}
        body = await self._request("ReceiveMessage", asked, timeout_s=wait_s + ANSWER_S)
        try:
            return fields.items(body, "Messages", _read_message)
        except (fields.FieldError, AttributeError) as error:
            raise QueueError(f"ReceiveMessage: {error}") from error

    async def delete(self, receipts: Sequence[str]) -> None:
        """What can't be deleted comes again."""
        for start in range(0, len(receipts), BATCH):
            entries = [
                {"Id": str(place), "ReceiptHandle": receipt}
                for place, receipt in enumerate(receipts[start : start + BATCH])
            ]
            await self._request("DeleteMessageBatch", {"QueueUrl": self._url, "Entries": entries}, timeout_s=ANSWER_S)

    async def _request(self, action: str, asked: dict[str, object], *, timeout_s: float) -> fields.JsonObject:
        body = dump(asked)
        headers = {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": f"AmazonSQS.{action}"}
        try:
            signed = await self._signer.sign("POST", "/", headers, body)
            answer = await self._client.request("POST", "/", headers=signed, body=body, timeout_s=timeout_s)
        except OSError as error:
            raise QueueError(f"{action}: {error}") from error
        if answer.status != 200:
            raise QueueError(f"{action}: status {answer.status} {_fault_of(answer)}".rstrip())
        try:
            return load_object(answer.decoded())
        except (fields.FieldError, HttpError) as error:
            raise QueueError(f"{action}: {error}") from error


def queue_address(queue_url: str) -> str:
    """Where SQS answers for it: ``https://sqs.<region>.amazonaws.com``."""
    url = urlsplit(queue_url)
    return f"{url.scheme}://{url.netloc}"


def _read_message(source: fields.JsonObject) -> QueueMessage:
    return QueueMessage(
        message_id=fields.text(source, "MessageId"),
        receipt=fields.text(source, "ReceiptHandle"),
        change=_read_change(fields.text(source, "Body")),
    )


def _read_change(body: str) -> Change | None:
    try:
        found = load_object(body)
        change = Change(fields.text(found, "id"), fields.text(found, "key"))
        id_time_ms(change.change_id)
    except ValueError:
        return None
    return change


def _fault_of(answer: HttpAnswer) -> str:
    try:
        return fields.text(load_object(answer.decoded()), "__type").rpartition("#")[2]
    except (fields.FieldError, HttpError):
        return ""
