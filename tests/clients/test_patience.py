"""Nothing that AWS leaves without an answer is waited for longer than the function that asks for it may run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chalicelib.clients import files, mail, node_queues, queue, secrets, speech
from chalicelib.settings import settings
from chalicelib.storage import database

API_S = 29  # infra/api.py: API Gateway waits no longer
STAGE = {
    "PATCHBAY_STAGE": "test",
    "PATCHBAY_TABLE_NAME": "patchbay-test",
    "PATCHBAY_PLATFORM_DOMAIN": "pbx.example",
    "PATCHBAY_PUBLIC_URL": "https://pbx.example",
    "PATCHBAY_MAIL_FROM": "noreply@pbx.example",
    "PATCHBAY_MAIL_ADAPTER": "ses",
    "PATCHBAY_SECRETS_ADAPTER": "secretsmanager",
    "PATCHBAY_FILES_ADAPTER": "s3",
    "PATCHBAY_FILES_BUCKET": "files",
    "PATCHBAY_NODE_QUEUES_ADAPTER": "sqs",
    "PATCHBAY_QUEUE_ADAPTER": "sqs",
    "PATCHBAY_WORK_QUEUE_URL": "https://sqs.example/work",
    "PATCHBAY_SPEECH_ADAPTER": "polly",
    "PATCHBAY_DNS_ADAPTER": "resolver",
    "AWS_ACCESS_KEY_ID": "x",
    "AWS_SECRET_ACCESS_KEY": "y",
}
CLIENTS: dict[str, Callable[[], Any]] = {
    "dynamodb": lambda: database.database.__wrapped__().client,
    "s3": lambda: files.files.__wrapped__()._client,
    "secretsmanager": lambda: secrets.secrets.__wrapped__()._client,  # type: ignore[attr-defined]
    "sesv2": lambda: mail.mailer.__wrapped__()._client,  # type: ignore[attr-defined]
    "sqs": lambda: node_queues.node_queues.__wrapped__()._client,  # type: ignore[attr-defined]
    "sqs, work": lambda: queue.work_queue.__wrapped__()._client,  # type: ignore[attr-defined]
    "polly": lambda: speech.speech.__wrapped__()._client,  # type: ignore[attr-defined]
}


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in STAGE.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("PATCHBAY_DYNAMODB_ENDPOINT", raising=False)
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


@pytest.mark.parametrize("service", CLIENTS)
def test_a_service_that_doesnt_answer_is_given_up_before_the_function_is(deployed: None, service: str) -> None:
    config = CLIENTS[service]().meta.config

    tries = config.retries["total_max_attempts"]
    pauses_s = sum(2**n for n in range(tries - 1))  # the standard mode's longest: botocore, "Standard retry mode"

    assert config.retries["mode"] == "standard"
    assert tries * max(config.connect_timeout, config.read_timeout) + pauses_s < API_S


def test_a_node_and_a_worker_wait_at_a_queue_no_longer_than_for_an_answer(deployed: None) -> None:
    assert CLIENTS["sqs, work"]().meta.config.read_timeout > queue.LONGEST_POLL_S
