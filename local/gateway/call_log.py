"""The gateway's own log of its calls: what really arrived and was heard, independent of what the product claims."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any, Literal

from local.gateway.listening import Hearing


@dataclass(slots=True)
class CallRecord:
    """Instants are milliseconds since 1970; absent ones are None."""

    id: str
    direction: Literal["in", "out"]
    setup_at: int
    behaviour: str = ""
    sip_call_id: str = ""
    request_uri: str = ""
    from_number: str = ""
    to_number: str = ""
    headers: dict[str, list[str]] = field(default_factory=dict)  # of the INVITE, as they came or were sent
    codecs: tuple[str, ...] = ()
    codec: str = ""
    plays_hz: float | None = None
    ringing_at: int | None = None
    answered_at: int | None = None
    ended_at: int | None = None
    ended_by: Literal["", "gateway", "far side"] = ""
    sip_status: int | None = None
    replies: list[int] = field(default_factory=list)  # statuses received (out) or sent (in)
    sent_packets: int = 0
    hearing: Hearing = field(default_factory=Hearing)

    def as_json(self) -> dict[str, Any]:
        talked_ms = (self.ended_at or 0) - self.answered_at if self.answered_at and self.ended_at else None
        return {
            "id": self.id,
            "direction": self.direction,
            "state": self._state(),
            "behaviour": self.behaviour,
            "sip_call_id": self.sip_call_id,
            "request_uri": self.request_uri,
            "from_number": self.from_number,
            "to_number": self.to_number,
            "headers": self.headers,
            "codecs": list(self.codecs),
            "codec": self.codec,
            "plays_hz": self.plays_hz,
            "setup_at": self.setup_at,
            "ringing_at": self.ringing_at,
            "answered_at": self.answered_at,
            "ended_at": self.ended_at,
            "talked_s": None if talked_ms is None else talked_ms / 1000,
            "ended_by": self.ended_by,
            "sip_status": self.sip_status,
            "replies": list(self.replies),
            "sent_packets": self.sent_packets,
            "heard": self.hearing.as_json(),
        }

    def _state(self) -> str:
        if self.ended_at is not None:
            return "ended"
        return "answered" if self.answered_at is not None else "ringing" if self.ringing_at is not None else "setup"


class CallLog:
    """The last calls, the oldest first; written by the SIP thread, read by the control's."""

    def __init__(self, limit: int = 10_000) -> None:
        self._limit = limit
        self._records: dict[str, CallRecord] = {}
        self._lock = threading.Lock()

    def add(self, record: CallRecord) -> None:
        with self._lock:
            self._records[record.id] = record
            while len(self._records) > self._limit:
                del self._records[next(iter(self._records))]

    def find(self, call_id: str) -> CallRecord | None:
        with self._lock:
            return self._records.get(call_id)

    def list_all(self) -> list[CallRecord]:
        with self._lock:
            return list(self._records.values())

    def clear(self) -> None:
        with self._lock:
            self._records.clear()
