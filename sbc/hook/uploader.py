"""Brings finished records to the API, oldest first, until each is acknowledged; a restart goes on where it was."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chalicelib.domain import fields
from sbc.hook.http_client import HttpAnswer, HttpClient, HttpError
from sbc.hook.journal import Journal
from sbc.hook.jsonio import load_object
from sbc.hook.metrics import Metrics

log = logging.getLogger(__name__)

BATCH = 100
FIRST_PAUSE_S = 0.5
# A record the API can't even read would hold up all others: sent alone and refused so, it is set aside.
_UNREADABLE = frozenset({400, 413, 422})


_OLDEST = "SELECT number, call_id, cdr FROM records ORDER BY number LIMIT ?"
_REMOVE = "DELETE FROM records WHERE number = ?"
_REJECT = "INSERT OR REPLACE INTO rejected VALUES (?, ?, ?, ?, ?)"


class UploadError(OSError):
    """The batch wasn't acknowledged; it is sent again."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A record that waits in the journal."""

    number: int
    call_id: str
    cdr: str


@dataclass(frozen=True, slots=True)
class _Result:
    call_id: str
    status: str
    code: str
    message: str


def _read_result(source: fields.JsonObject) -> _Result:
    return _Result(
        call_id=fields.text(source, "call_id"),
        status=fields.text(source, "status"),
        code=fields.text(source, "code", ""),
        message=fields.text(source, "message", ""),
    )


class Uploader:
    def __init__(
        self,
        *,
        journal: Journal,
        client: HttpClient,
        metrics: Metrics,
        clock: Callable[[], int],
        jitter: Callable[[], float],
        interval_s: float,
        backoff_s: float,
    ) -> None:
        self._journal = journal
        self._client = client
        self._metrics = metrics
        self._clock = clock
        self._jitter = jitter  # a random number in [0, 1)
        self._interval_s = interval_s
        self._backoff_s = backoff_s
        self._queued = asyncio.Event()
        self._size = BATCH

    def wake(self) -> None:
        self._queued.set()

    async def run(self) -> None:
        pause_s = 0.0
        while True:
            try:
                while await self.upload_batch():
                    pause_s = 0.0
            except (UploadError, OSError) as error:
                pause_s = min(self._backoff_s, max(FIRST_PAUSE_S, pause_s * 2))
                self._metrics.count("upload_failures")
                log.warning("call records not uploaded", extra={"error": str(error), "pause_s": round(pause_s, 1)})
                await asyncio.sleep(pause_s * (0.5 + self._jitter() / 2))
            else:
                await self._wait_for_work()

    async def upload_batch(self) -> bool:
        """True when there was something to send. Raises ``UploadError``."""
        rows = [_Row(*row) for row in await self._journal.read(_OLDEST, (self._size,))]
        if not rows:
            return False
        body = '{"cdrs":[' + ",".join(row.cdr for row in rows) + "]}"
        try:
            answer = await self._client.request(
                "POST", "/v1/sbc/cdrs", headers={"Content-Type": "application/json"}, body=body.encode()
            )
        except HttpError as error:
            raise UploadError(str(error)) from error
        if answer.status == 200:
            self._size = BATCH
            await self._settle(rows, answer)
        elif answer.status in _UNREADABLE:
            await self._narrow(rows, answer)
        else:
            raise UploadError(f"status {answer.status} request {answer.request_id}")
        return True

    async def _wait_for_work(self) -> None:
        """Records of one interval travel together."""
        await self._queued.wait()
        await asyncio.sleep(self._interval_s)
        self._queued.clear()

    async def _settle(self, rows: Sequence[_Row], answer: HttpAnswer) -> None:
        waiting = {row.call_id: row for row in rows}
        try:
            results = fields.items(load_object(answer.decoded()), "results", _read_result)
        except (fields.FieldError, AttributeError) as error:
            raise UploadError(f"answer: {error}") from error
        results = tuple(result for result in results if result.call_id in waiting)
        done = [(waiting[result.call_id].number,) for result in results if result.status in {"stored", "duplicate"}]
        await self._journal.write_many(_REMOVE, done)
        refused = [result for result in results if result.status == "rejected"]
        for result in refused:
            await self._set_aside(waiting[result.call_id], result.code, result.message, answer)
        self._metrics.count("uploads")
        if not done and not refused:
            raise UploadError("the answer acknowledges nothing")

    async def _narrow(self, rows: Sequence[_Row], answer: HttpAnswer) -> None:
        if len(rows) > 1:
            self._size = max(1, len(rows) // 2)
            return
        self._size = BATCH
        await self._set_aside(rows[0], f"http_{answer.status}", "the API couldn't read the record", answer)

    async def _set_aside(self, row: _Row, code: str, message: str, answer: HttpAnswer) -> None:
        ids = {"call_id": row.call_id, "sip_call_id": _sip_call_id(row.cdr)}
        told = {"code": code, "reason": message, "request_id": answer.request_id}
        log.error("call record rejected", extra=ids | told)
        self._metrics.count("rejected_cdrs")
        await self._journal.write(
            (_REJECT, (row.call_id, row.cdr, code, message, self._clock())), (_REMOVE, (row.number,))
        )


def _sip_call_id(cdr: str) -> str:
    """Empty if not even we can read the record any more."""
    try:
        return fields.text(load_object(cdr), "sip_call_id", "")
    except fields.FieldError:
        return ""
