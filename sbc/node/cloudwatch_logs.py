"""CloudWatch Logs by its JSON protocol (docs.aws.amazon.com, "CloudWatch Logs API Reference")."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chalicelib.domain.fields import FieldError
from sbc.hook.change_queue import Signer
from sbc.hook.http_client import HttpClient, HttpError
from sbc.hook.jsonio import dump, load_object
from sbc.node.log_events import LogEvent

_ANSWER_S = 20.0  # a batch has a megabyte
# Whatever else goes wrong may go well another time: limits, credentials, rights, a clock that is off
_FOR_GOOD = frozenset({"InvalidParameterException", "SerializationException", "ValidationException"})
_MISSING = "ResourceNotFoundException"


class LogsError(OSError):
    """Not taken now; ``code`` is the API's, "" without one."""

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class RefusedError(ValueError):
    """Not taken now or ever."""


class CloudWatchLogs:
    def __init__(self, *, client: HttpClient, signer: Signer) -> None:
        self._client = client
        self._signer = signer

    async def put(self, group: str, stream: str, events: Sequence[LogEvent]) -> int:
        """How many it left out, for being too old or in the future. ``events``: one of ``make_batches``. The stream is
        made if it is missing. Raises ``LogsError`` and ``RefusedError``."""
        try:
            return await self._put(group, stream, events)
        except LogsError as error:
            if error.code != _MISSING:
                raise
        try:
            await self._make_stream(group, stream)
            return await self._put(group, stream, events)
        except LogsError as error:
            if error.code == _MISSING:
                raise RefusedError(f"there is no log group {group}") from error
            raise

    async def _put(self, group: str, stream: str, events: Sequence[LogEvent]) -> int:
        listed = [{"timestamp": event.at_ms, "message": event.text} for event in events]
        asked = {"logGroupName": group, "logStreamName": stream, "logEvents": listed}
        return _count_rejected(await self._request("PutLogEvents", asked), len(events))

    async def _make_stream(self, group: str, stream: str) -> None:
        try:
            await self._request("CreateLogStream", {"logGroupName": group, "logStreamName": stream})
        except LogsError as error:
            if error.code != "ResourceAlreadyExistsException":
                raise

    async def _request(self, action: str, asked: Mapping[str, object]) -> Mapping[str, object]:
        body = dump(asked)
        headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"Logs_20140328.{action}"}
        try:
            signed = await self._signer.sign("POST", "/", headers, body)
            answer = await self._client.request("POST", "/", headers=signed, body=body, timeout_s=_ANSWER_S)
            content = answer.decoded()
        except OSError as error:
            raise LogsError(f"{action}: {error}") from error
        found = _read(content)
        if answer.status == 200:
            return found
        code = str(found.get("__type", "")).rpartition("#")[2]
        message = f"{action}: status {answer.status} {code}".rstrip()
        if code in _FOR_GOOD:
            raise RefusedError(f"{message}: {found.get('message', '')}")
        raise LogsError(message, code=code)


def _read(content: bytes) -> Mapping[str, object]:
    """Without what can't be read: that it was taken is said by the status."""
    try:
        return load_object(content)
    except (FieldError, HttpError):
        return {}


def _count_rejected(answer: Mapping[str, object], count: int) -> int:
    """Ends are exclusive, the start is inclusive ("RejectedLogEventsInfo")."""
    said = answer.get("rejectedLogEventsInfo")
    if not isinstance(said, dict):
        return 0
    old = max(_index(said, "tooOldLogEventEndIndex", 0), _index(said, "expiredLogEventEndIndex", 0))
    return min(count, old + count - _index(said, "tooNewLogEventStartIndex", count))


def _index(said: Mapping[str, object], name: str, otherwise: int) -> int:
    found = said.get(name)
    return found if isinstance(found, int) else otherwise
