"""What the node asks CloudWatch Logs for, of an HTTP server that stands for it, and what it makes of the answers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from sbc.hook.aws_signing import AwsSigner
from sbc.hook.http_client import HttpClient
from sbc.node.cloudwatch_logs import CloudWatchLogs, LogsError, RefusedError
from sbc.node.log_events import LogEvent
from tests.sbc.http_service import serving

GROUP, STREAM = "/patchbay-dev/node/hook", "a"
METRICS = '{"_aws":{"Timestamp":1700000000000},"stage":"dev","LiveCalls":2}'
EVENTS = [LogEvent(1_700_000_000_000, METRICS), LogEvent(1_700_000_000_001, "é\t<3>")]
TAKEN: tuple[int, Any] = (200, {})
MISSING = (400, {"__type": "com.amazonaws.logs#ResourceNotFoundException"})


class Api(BaseHTTPRequestHandler):
    """``answers``: one for each request; None closes the connection without any."""

    answers: list[tuple[int, Any] | None]
    asked: list[tuple[str, Any]]

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        assert "/us-east-1/logs/aws4_request" in self.headers["Authorization"]
        assert self.headers["Content-Type"] == "application/x-amz-json-1.1"
        self.asked.append((self.headers["X-Amz-Target"], json.loads(content)))
        answer = self.answers.pop(0)
        if answer is None:
            self.close_connection = True
            return
        body = answer[1] if isinstance(answer[1], bytes) else json.dumps(answer[1]).encode()
        self.send_response(answer[0])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "local")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "local")


@contextmanager
def api(answers: Sequence[tuple[int, Any] | None]) -> Iterator[tuple[str, list[tuple[str, Any]]]]:
    asked: list[tuple[str, Any]] = []
    handler = type("Scripted", (Api,), {"answers": list(answers), "asked": asked})
    with serving(handler) as url:
        yield url, asked


def put(*answers: tuple[int, Any] | None) -> tuple[int, list[tuple[str, Any]]]:
    async def put_to(url: str) -> int:
        client = HttpClient(url, headers={}, timeout_s=20)
        logs = CloudWatchLogs(client=client, signer=AwsSigner(endpoint=url, region="us-east-1", service="logs"))
        try:
            return await logs.put(GROUP, STREAM, EVENTS)
        finally:
            await client.close()

    with api(answers) as (url, asked):
        return asyncio.run(put_to(url)), asked


def test_events_are_sent_with_their_times_and_their_texts_unchanged() -> None:
    rejected, asked = put(TAKEN)

    assert rejected == 0
    assert asked == [
        (
            "Logs_20140328.PutLogEvents",
            {
                "logGroupName": GROUP,
                "logStreamName": STREAM,
                "logEvents": [
                    {"timestamp": 1_700_000_000_000, "message": METRICS},
                    {"timestamp": 1_700_000_000_001, "message": "é\t<3>"},
                ],
            },
        )
    ]


@pytest.mark.parametrize("made", [TAKEN, (400, {"__type": "ns#ResourceAlreadyExistsException"})])
def test_a_stream_that_is_missing_is_made(made: tuple[int, Any]) -> None:
    _, asked = put(MISSING, made, TAKEN)

    actions = [action.partition(".")[2] for action, _ in asked]
    assert actions == ["PutLogEvents", "CreateLogStream", "PutLogEvents"]
    assert asked[1][1] == {"logGroupName": GROUP, "logStreamName": STREAM}
    assert asked[2] == asked[0]


def test_a_group_that_is_missing_is_a_refusal() -> None:
    with pytest.raises(RefusedError, match=f"no log group {GROUP}"):
        put(MISSING, MISSING)


@pytest.mark.parametrize(
    ("said", "rejected"),
    [
        ({"tooOldLogEventEndIndex": 1}, 1),
        ({"expiredLogEventEndIndex": 2}, 2),
        ({"tooNewLogEventStartIndex": 1}, 1),
        ({"tooOldLogEventEndIndex": 1, "expiredLogEventEndIndex": 1, "tooNewLogEventStartIndex": 1}, 2),
        ({"tooNewLogEventStartIndex": 0}, 2),
        ({}, 0),
        ("nonsense", 0),
    ],
)
def test_what_is_left_out_is_counted(said: object, rejected: int) -> None:
    assert put((200, {"rejectedLogEventsInfo": said}))[0] == rejected


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ((400, {"__type": "ns#ThrottlingException"}), "status 400 ThrottlingException"),
        ((400, {"__type": "ns#AccessDeniedException"}), "status 400 AccessDeniedException"),
        ((503, b"<html>"), "status 503"),
        (None, "PutLogEvents: EOFError"),
    ],
)
def test_what_may_go_well_another_time_is_said_so(answer: tuple[int, Any] | None, told: str) -> None:
    with pytest.raises(LogsError, match=told):
        put(answer)


def test_what_will_never_be_taken_is_a_refusal_with_its_reason() -> None:
    answer = {"__type": "ns#InvalidParameterException", "message": "Log events in a single request must be in order"}
    with pytest.raises(RefusedError, match="must be in order"):
        put((400, answer))
