"""One call of the gateway, either way: sippy's user agent on the SIP side, a stream on the media side.

All of it runs in sippy's thread. sippy tells of events by type: Ring, Connect, Update (a re-INVITE), Fail, Disconnect.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sippy.CCEvents import (
    CCEventConnect,
    CCEventDisconnect,
    CCEventFail,
    CCEventRing,
    CCEventTry,
    CCEventUpdate,
)
from sippy.MsgBody import MsgBody
from sippy.Time.Timeout import Timeout

from local.gateway.behaviour import REASONS, Behaviour
from local.gateway.call_log import CallRecord
from local.gateway.g711 import NAMES, PCMA, PCMU
from local.gateway.media import Media, Stream
from local.gateway.sdp import TELEPHONE_EVENT, Remote, SdpError, make_sdp, read_sdp
from local.gateway.sound import make_program


def now_ms() -> int:
    return time.time_ns() // 1_000_000


@dataclass(slots=True)
class CallParts:
    """What every call of the gateway shares."""

    media: Media
    forget: Callable[[str], None]  # told the record's id when the call is over


class Call:
    def __init__(self, record: CallRecord, parts: CallParts, *, behaviour: Behaviour) -> None:
        self.record = record
        self.ua: Any = None
        self._parts = parts
        self._behaviour = behaviour
        self._stream: Stream = parts.media.open_stream()
        record.hearing = self._stream.hearing
        self._remote: Remote | None = None
        self._session = now_ms()
        self._hanging_up = False
        self._timers: list[Any] = []

    # -- what both directions do

    def hang_up(self) -> None:
        """BYE, or CANCEL, or a refusal: whatever ends the call in its state."""
        if self.record.ended_at is None:
            self._hanging_up = True
            self.ua.recvEvent(CCEventDisconnect())
            self._end(by_us=True, status=None)

    def recv_event(self, event: Any, _: Any) -> None:
        """sippy's call-back."""
        if self.record.ended_at is not None:
            return
        if isinstance(event, CCEventTry):
            self._on_try(event.getData()[3])
        elif isinstance(event, CCEventRing):
            self._on_ring(*event.getData())
        elif isinstance(event, CCEventConnect):
            self._on_connect(*event.getData())
        elif isinstance(event, CCEventUpdate):
            self._on_update(event.getData())
        elif isinstance(event, CCEventFail):
            self._end(by_us=False, status=event.getData()[0])
        elif isinstance(event, CCEventDisconnect):
            self._end(by_us=False, status=None)

    def _end(self, *, by_us: bool, status: int | None) -> None:
        record = self.record
        for timer in self._timers:
            timer.cancel()
        record.ended_at = now_ms()
        record.ended_by = "gateway" if by_us else "far side"
        if status is not None:
            record.sip_status = status
            record.replies.append(status)
        elif record.answered_at is None:
            record.sip_status = 487
        record.sent_packets = self._stream.sent
        self._parts.media.call(self._stream.close)
        self._parts.forget(record.id)

    def _after(self, seconds: float, act: Callable[[], None]) -> None:
        self._timers.append(Timeout(act, seconds))

    def _talk(self, remote: Remote, *, anew: bool) -> None:
        """To ``remote`` from now on; ``anew``: from the program's beginning."""
        self._remote = remote
        self.record.codec = NAMES[remote.codec]
        program = None
        if anew and self._behaviour.plays and self.record.plays_hz is not None:
            program = make_program(self.record.to_number, tone_hz=self.record.plays_hz, speaks=self._behaviour.speaks)
        self._parts.media.call(self._stream.talk, remote, program)

    def _describe(self) -> Any:
        """Our session description: an answer once the other side's is known, else an offer."""
        remote = self._remote
        codecs = [PCMA, PCMU] if remote is None else [remote.codec]
        event = TELEPHONE_EVENT if remote is None else remote.telephone_event
        stream = self._stream
        return MsgBody(make_sdp(stream.host, stream.port, codecs=codecs, session=self._session, telephone_event=event))

    def _on_update(self, body: Any) -> None:
        try:
            remote = read_sdp(str(body))
        except SdpError:
            self.ua.recvEvent(CCEventFail((488, REASONS[488])))
            return
        self._talk(remote, anew=False)
        self.ua.recvEvent(CCEventConnect((200, "OK", self._describe())))

    # -- calls that come in

    def _on_try(self, body: Any) -> None:
        behaviour = self._behaviour
        if behaviour.refuse:
            self._refuse(behaviour.refuse)
            return
        if body is not None:
            try:
                self._remote = read_sdp(str(body))
            except SdpError:
                self._refuse(488)
                return
            self.record.codecs = self._remote.names
        if behaviour.early_media and self._remote is not None:
            self._reply(183, "Session Progress", self._describe())
            self._talk(self._remote, anew=True)
        elif behaviour.rings:
            self._reply(180, "Ringing", None)
        if behaviour.answer_after_s is not None:
            self._after(behaviour.answer_after_s, self._answer)

    def _reply(self, status: int, reason: str, body: Any) -> None:
        self.record.ringing_at = self.record.ringing_at or now_ms()
        self.record.replies.append(status)
        self.ua.recvEvent(CCEventRing((status, reason, body)))

    def _refuse(self, status: int) -> None:
        self.ua.recvEvent(CCEventFail((status, REASONS.get(status, "Refused"))))
        self._end(by_us=True, status=status)

    def _answer(self) -> None:
        self.record.answered_at = now_ms()
        self.record.sip_status = 200
        self.record.replies.append(200)
        self.ua.recvEvent(CCEventConnect((200, "OK", self._describe())))
        if self._remote is not None and not self._behaviour.early_media:
            self._talk(self._remote, anew=True)
        if self._behaviour.hang_up_after_s is not None:
            self._after(self._behaviour.hang_up_after_s, self.hang_up)

    # -- calls that go out

    def place(self, *, from_number: str, to_number: str, headers: tuple[Any, ...], display: str) -> None:
        event = CCEventTry((None, from_number, to_number, self._describe(), None, display or None))
        event.extra_headers = headers
        self.ua.recvEvent(event)
        self.record.sip_call_id = str(self.ua.cId)

    def _on_ring(self, status: int, _: str, body: Any) -> None:
        self.record.replies.append(status)
        if status > 100:
            self.record.ringing_at = self.record.ringing_at or now_ms()
        if body is not None and self._remote is None:
            self._talk(read_sdp(str(body)), anew=True)

    def _on_connect(self, status: int | str, _: str, body: Any) -> None:
        """A 200 to our INVITE; or the ACK of theirs, which carries a description if the INVITE had none."""
        if status == "ACK":
            if body is not None:
                self._talk(read_sdp(str(body)), anew=self._remote is None)
            return
        self.record.answered_at, self.record.sip_status = now_ms(), int(status)
        self.record.replies.append(int(status))
        if body is not None:
            self._talk(read_sdp(str(body)), anew=self._remote is None)
        if self._behaviour.hang_up_after_s is not None:
            self._after(self._behaviour.hang_up_after_s, self.hang_up)
