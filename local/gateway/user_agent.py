"""The gateway's SIP side on sippy: answers what comes, places what it is told, over UDP."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from sippy.Core.EventDispatcher import ED2
from sippy.SipAddress import SipAddress
from sippy.SipConf import SipConf
from sippy.SipContact import SipContact
from sippy.SipHeader import SipHeader
from sippy.SipTransactionManager import SipTransactionManager
from sippy.SipURL import SipURL
from sippy.UA import UA

from local.gateway.behaviour import Behaviour, choose_behaviour, choose_tone_hz
from local.gateway.call import Call, CallParts, now_ms
from local.gateway.call_log import CallLog, CallRecord
from local.gateway.media import Media

_KEPT_HEADERS = (
    "from", "to", "contact", "p-asserted-identity", "p-preferred-identity", "privacy", "remote-party-id", "diversion",
    "history-info", "user-agent", "max-forwards", "via", "record-route",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Order:
    """A call to place."""

    to_number: str
    from_number: str
    display: str
    tone_hz: float
    seconds: float  # of talk; the gateway hangs up then
    headers: tuple[str, ...] = ()  # whole lines


class SilentLog:
    """sippy's own logger writes files and takes locks; the call log says what matters."""

    def write(self, *_: Any, **__: Any) -> None:
        return


class UserAgent:
    def __init__(self, *, address: tuple[str, int], peer: tuple[str, int], media: Media, log: CallLog) -> None:
        """``peer``: where placed calls go. Must be made in the thread that runs ``serve``."""
        self._address = address
        self._peer = peer
        self._log = log
        self._parts = CallParts(media=media, forget=self._forget)
        self._calls: dict[str, Call] = {}
        SipConf.my_address, SipConf.my_port = address
        SipConf.my_uaname = "Patchbay test gateway"
        self._config: dict[str, Any] = {
            "_sip_address": address[0],
            "_sip_port": address[1],
            "_sip_logger": SilentLog(),
            "nh_addr": peer,
        }
        self._config["_sip_tm"] = SipTransactionManager(self._config, self._recv_request)

    def serve(self) -> None:
        """Until ``stop``."""
        ED2.loop()

    def stop(self) -> None:
        """Ends all calls, then the loop. In sippy's thread."""
        self.hang_up_all()
        ED2.breakLoop()

    def place(self, order: Order) -> CallRecord:
        record = CallRecord(
            id=_new_id(),
            direction="out",
            setup_at=now_ms(),
            behaviour="placed",
            from_number=order.from_number,
            to_number=order.to_number,
            request_uri=f"sip:{order.to_number}@{self._peer[0]}:{self._peer[1]}",
            headers=_by_name(order.headers),
            plays_hz=order.tone_hz,
        )
        behaviour = Behaviour("placed", speaks=False, hang_up_after_s=order.seconds)
        call = self._add(record, behaviour)
        call.ua = self._make_ua(call, nh_address=self._peer)
        headers = tuple(SipHeader(line) for line in order.headers)
        call.place(from_number=order.from_number, to_number=order.to_number, headers=headers, display=order.display)
        return record

    def hang_up(self, call_id: str) -> None:
        call = self._calls.get(call_id)
        if call is not None:
            call.hang_up()

    def hang_up_all(self) -> None:
        for call in list(self._calls.values()):
            call.hang_up()

    def _recv_request(self, request: Any, transaction: Any) -> Any:
        method = request.getMethod()
        if request.getHFBody("to").getTag() is not None:
            return (request.genResponse(481, "Call Leg/Transaction Does Not Exist"), None, None)
        if method == "INVITE":
            return self._accept(request, transaction)
        if method == "OPTIONS":
            return (request.genResponse(200, "OK"), None, None)
        return (request.genResponse(405, "Method Not Allowed"), None, None)

    def _accept(self, request: Any, transaction: Any) -> Any:
        number = str(request.getRURI().username or "")
        behaviour = choose_behaviour(number)
        record = CallRecord(
            id=_new_id(),
            direction="in",
            setup_at=now_ms(),
            behaviour=behaviour.name,
            sip_call_id=str(request.getHFBody("call-id")),
            request_uri=str(request.getRURI()),
            from_number=str(request.getHFBody("from").getUrl().username or ""),
            to_number=number,
            headers={
                name: found for name in _KEPT_HEADERS if (found := [str(body) for body in request.getHFBodys(name)])
            },
            plays_hz=float(choose_tone_hz(number)) if behaviour.plays else None,
        )
        call = self._add(record, behaviour)
        call.ua = self._make_ua(call)
        return call.ua.recvRequest(request, transaction)

    def _make_ua(self, call: Call, **options: Any) -> Any:
        ua = UA(self._config, call.recv_event, **options)
        host, port = self._address
        ua.lContact = SipContact(
            address=SipAddress(url=SipURL(username="gateway", host=host, port=port), hadbrace=True)
        )
        return ua

    def _add(self, record: CallRecord, behaviour: Behaviour) -> Call:
        call = Call(record, self._parts, behaviour=behaviour)
        self._calls[record.id] = call
        self._log.add(record)
        return call

    def _forget(self, call_id: str) -> None:
        self._calls.pop(call_id, None)


def _new_id() -> str:
    return f"gwcall_{secrets.token_hex(8)}"


def _by_name(lines: tuple[str, ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in lines:
        name, _, value = line.partition(":")
        found.setdefault(name.strip().lower(), []).append(value.strip())
    return found
