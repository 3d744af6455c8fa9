"""The queues from which SBC nodes hear what has changed: one per node in SQS, none in the embedded system, where nodes
ask the API."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from functools import cache
from typing import Any, Protocol

from chalicelib.clients.patience import short_patience
from chalicelib.settings import settings

BATCH = 10  # messages, SQS' limit of one SendMessageBatch
MAX_NAME = 80  # SQS' limit
RETENTION_S = 3600  # as long as the change feed keeps its items
WAIT_S = 20  # SQS' longest poll
HIDDEN_S = 30  # how long a message that was received but not deleted stays away: a node's longest attempt

ATTRIBUTES = {
    "MessageRetentionPeriod": str(RETENTION_S),
    "ReceiveMessageWaitTimeSeconds": str(WAIT_S),
    "VisibilityTimeout": str(HIDDEN_S),
    "SqsManagedSseEnabled": "true",
}

Message = tuple[str, str]  # change id, key


class NodeQueueError(RuntimeError):
    """The queue can't be made, deleted or sent to now; the cause is chained."""


class NodeQueueGoneError(NodeQueueError):
    """There is no such queue."""


class NodeQueueBusyError(NodeQueueError):
    """A queue of this name was deleted less than a minute ago; SQS makes it anew after that."""


class NodeQueues(Protocol):
    """All raise ``NodeQueueError``."""

    def create(self, sbc_id: str, node: str) -> str:
        """The URL of the node's queue, which may be there already; "" where nodes ask the API instead."""

    def delete(self, url: str) -> None:
        """Also of one that is gone."""

    def send(self, url: str, messages: Sequence[Message]) -> None:
        """In this order, as far as SQS keeps it; what was sent before a failure may arrive twice.
        Raises ``NodeQueueGoneError``."""


def queue_name(stage: str, sbc_id: str, node: str) -> str:
    """``patchbay-<stage>-node-<sbc id>-<node>``. A node's name that SQS doesn't take (a dot in it, or too long) is
    written as far as possible, with a part of its hash instead of the rest."""
    prefix = f"patchbay-{stage}-node-{sbc_id}-"
    room = MAX_NAME - len(prefix)
    plain = re.sub(r"[^A-Za-z0-9_-]", "-", node)
    if plain == node and len(node) <= room:
        return prefix + node
    digest = hashlib.sha256(node.encode()).hexdigest()[:12]
    return prefix + f"{plain[: room - len(digest) - 1]}-{digest}"


class NoQueues:
    """Nodes ask the API."""

    def create(self, sbc_id: str, node: str) -> str:  # noqa: ARG002 (the interface's arguments)
        return ""

    def delete(self, url: str) -> None:
        """None was made."""

    def send(self, url: str, messages: Sequence[Message]) -> None:  # noqa: ARG002
        raise NodeQueueGoneError(url)


class SqsQueues:
    """``client``: a boto3 ``sqs`` client."""

    def __init__(self, client: Any, *, stage: str) -> None:
        self._client = client
        self._stage = stage

    def create(self, sbc_id: str, node: str) -> str:
        from botocore.exceptions import BotoCoreError, ClientError

        name, known = queue_name(self._stage, sbc_id, node), self._client.exceptions
        try:
            url: str = self._client.create_queue(QueueName=name, Attributes=ATTRIBUTES)["QueueUrl"]
        except known.QueueNameExists:
            return self._bring_up_to_date(name)
        except known.QueueDeletedRecently as error:
            raise NodeQueueBusyError(name) from error
        except (BotoCoreError, ClientError) as error:
            raise NodeQueueError(name) from error
        return url

    def delete(self, url: str) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self._client.delete_queue(QueueUrl=url)
        except self._client.exceptions.QueueDoesNotExist:
            return
        except (BotoCoreError, ClientError) as error:
            raise NodeQueueError(url) from error

    def send(self, url: str, messages: Sequence[Message]) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        for start in range(0, len(messages), BATCH):
            entries = [_entry(place, message) for place, message in enumerate(messages[start : start + BATCH])]
            try:
                answer = self._client.send_message_batch(QueueUrl=url, Entries=entries)
            except self._client.exceptions.QueueDoesNotExist as error:
                raise NodeQueueGoneError(url) from error
            except (BotoCoreError, ClientError) as error:
                raise NodeQueueError(url) from error
            if failed := answer.get("Failed"):
                raise NodeQueueError(f"{url}: {len(failed)} of {len(entries)} refused, {failed[0].get('Code')}")

    def _bring_up_to_date(self, name: str) -> str:
        """It was made with the attributes of another release."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            url: str = self._client.get_queue_url(QueueName=name)["QueueUrl"]
            self._client.set_queue_attributes(QueueUrl=url, Attributes=ATTRIBUTES)
        except (BotoCoreError, ClientError) as error:
            raise NodeQueueError(name) from error
        return url


def _entry(place: int, message: Message) -> dict[str, str]:
    change_id, key = message
    return {"Id": str(place), "MessageBody": json.dumps({"id": change_id, "key": key})}


@cache
def node_queues() -> NodeQueues:
    config = settings()
    if config.node_queues_adapter == "none":
        return NoQueues()
    import boto3

    return SqsQueues(boto3.client("sqs", region_name=config.region, config=short_patience()), stage=config.stage)
