"""A SIP phone of the tests: exact in what it sends, patient with retransmissions (RFC 3261 17), with a trace of it all.

Its media port takes what comes and says nothing; what is heard in calls is tested with real phones elsewhere.
"""

from __future__ import annotations

import secrets
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.system.sip_message import (
    Message,
    digest,
    new_branch,
    read_message,
    reply_to,
    routes_in,
    sdp,
    uri_in,
)

T1_S = 0.5
PATIENCE_S = 32.0  # 64 * T1


@dataclass(eq=False)
class PhoneCall:
    """One call of a phone. ``status``: the final one of the INVITE, 0 before. Instants are of this machine's clock."""

    phone: Phone
    call_id: str
    direction: str
    local: str = ""
    remote: str = ""
    target: str = ""
    routes: list[str] = field(default_factory=list)
    cseq: int = 1
    status: int = 0
    replies: list[int] = field(default_factory=list)
    invite: Message | None = None
    acknowledged: bool = False
    received_at: float = 0.0
    challenged: bool = False
    answered_at: float = 0.0
    ended_at: float = 0.0
    bye_status: int = 0
    bye_answered_at: float = 0.0  # later than ended_at if the SBC was away

    def wait_status(self, *, timeout_s: float = PATIENCE_S) -> int:
        self.phone.wait(lambda: self.status, what=f"a final reply to {self.call_id}", timeout_s=timeout_s)
        return self.status

    def wait_reply(self, status: int, *, timeout_s: float = 5.0) -> None:
        self.phone.wait(lambda: status in self.replies, what=f"a {status}, got {self.replies}", timeout_s=timeout_s)

    def wait_ended(self, *, timeout_s: float = 10.0) -> None:
        self.phone.wait(lambda: self.ended_at, what=f"the far side hangs up {self.call_id}", timeout_s=timeout_s)

    def hang_up(self) -> int:
        """The status that answers the BYE; 408 if none came, as in a call whose SBC is gone."""
        if self.ended_at:
            return 200
        self.ended_at = time.time()
        self.cseq += 1
        request = self._in_dialog("BYE")
        self.bye_status = self.phone.ask(request, timeout_s=PATIENCE_S).status
        self.bye_answered_at = time.time()
        return self.bye_status

    def cancel(self) -> None:
        assert self.invite is not None
        headers = dict(self.invite.headers)
        kept = [(name, headers[name]) for name in ("Via", "From", "To", "Call-ID", "Max-Forwards")]
        request = Message(
            f"CANCEL {self.invite.uri} SIP/2.0", (*kept, ("CSeq", self.invite.get("CSeq").replace("INVITE", "CANCEL")))
        )
        self.phone.ask(request)

    def answer(self) -> None:
        assert self.invite is not None
        self.phone.answer(self, 200)

    def acknowledge(self, reply: Message) -> None:
        """Of a final reply to the INVITE that this phone sent."""
        assert self.invite is not None
        if reply.status >= 300:
            headers = [(name, self.invite.get(name)) for name in ("Via", "From", "Call-ID", "Max-Forwards")]
            cseq = self.invite.get("CSeq").replace("INVITE", "ACK")
            self.phone.send(
                Message(f"ACK {self.invite.uri} SIP/2.0", (*headers, ("To", reply.get("To")), ("CSeq", cseq)))
            )
            return
        self.target = uri_in(reply.get("Contact"))
        self.remote = reply.get("To")
        self.routes = routes_in(reply.all("Record-Route"))[::-1]
        self.phone.send(self._in_dialog("ACK"))

    def _in_dialog(self, method: str) -> Message:
        routes = [("Route", route) for route in self.routes]
        return Message(
            f"{method} {self.target} SIP/2.0",
            (
                ("Via", self.phone.via()),
                *routes,
                ("From", self.local),
                ("To", self.remote),
                ("Call-ID", self.call_id),
                ("CSeq", f"{self.cseq} {method}"),
                ("Max-Forwards", "70"),
            ),
        )


class Phone:
    """``sip``: the SBC. ``answers``: the status that an incoming call gets; 0: it rings on; -1: silence.
    ``patience_s``: when a call that nobody answers is given up, as a 408."""

    def __init__(
        self, sip: tuple[str, int], *, user: str, domain: str, password: str = "", address: str = "127.0.0.1",
        answers: int = 200, patience_s: float = 120.0,
    ) -> None:  # fmt: skip
        self.sip, self.user, self.domain, self.password, self.answers = sip, user, domain, password, answers
        self.address, self.patience_s = address, patience_s
        self.calls: list[PhoneCall] = []
        self.trace: list[str] = []
        self.requests: list[Message] = []
        self.registrations = 0
        self._replies: dict[str, list[Message]] = {}
        self._changed = threading.Condition()
        self._closed = False
        self._registered = False
        self._socket = self._open()
        self._media = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._media.bind((address, 0))
        self.port = int(self._socket.getsockname()[1])
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _open(self) -> socket.socket:
        opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        opened.bind((self.address, 0))
        return opened

    def close(self) -> None:
        """Unregisters first, so that calls of the next test don't go to a phone that is gone."""
        if self._registered:
            self.register(expires_s=0)
        self._closed = True
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waker:
            waker.sendto(b"", (self.address, self.port))
        self._thread.join(timeout=5)
        self._socket.close()
        self._media.close()

    @property
    def received(self) -> list[PhoneCall]:
        return [call for call in self.calls if call.direction == "in"]

    def count(self, method: str) -> int:
        """How many requests of that method have come so far."""
        return sum(each.method == method for each in self.requests)

    # -- what the tests ask for

    def register(self, *, expires_s: int = 600, user: str = "", realm: str = "", auth_user: str = "") -> Message:
        """The final reply. ``user``: another address of record; ``auth_user``, ``realm``: other credentials."""
        uri, user = f"sip:{self.domain}", user or self.user
        aor = f"<sip:{user}@{self.domain}>"
        call_id = secrets.token_hex(12)
        contact = f"<sip:{user}@{self.address}:{self.port}>"
        first = self.ask(
            self._request("REGISTER", uri, aor, aor, call_id, cseq=1, contact=contact, expires_s=expires_s)
        )
        if first.status != 401:
            return first
        answer = digest(
            first.get("WWW-Authenticate"),
            method="REGISTER",
            user=auth_user or self.user,
            password=self.password,
            uri=uri,
            realm=realm,
        )
        more = (("Authorization", answer),)
        reply = self.ask(
            self._request("REGISTER", uri, aor, aor, call_id, cseq=2, contact=contact, expires_s=expires_s, more=more)
        )
        self._registered = reply.status == 200 and expires_s > 0
        self.registrations += self._registered
        return reply

    def dial(
        self, number: str, *, call_id: str = "", from_user: str = "", from_domain: str = "", auth_user: str = "",
        to_domain: str = "", more: tuple[tuple[str, str], ...] = (), realm: str = "",
    ) -> PhoneCall:  # fmt: skip
        """Sends the INVITE and answers its challenge; see the call for what follows."""
        call = PhoneCall(self, call_id or secrets.token_hex(12), "out")
        call.local = f"<sip:{from_user or self.user}@{from_domain or self.domain}>;tag={secrets.token_hex(4)}"
        call.remote = f"<sip:{number}@{to_domain or self.domain}>"
        self.calls.append(call)
        threading.Thread(target=self._call, args=(call, auth_user or self.user, realm, more), daemon=True).start()
        return call

    def wait_incoming(self, count: int = 1, *, timeout_s: float = 6.0) -> PhoneCall:
        self.wait(lambda: len(self.received) >= count, what=f"call {count} at {self.user}", timeout_s=timeout_s)
        return self.received[count - 1]

    def wait(self, condition: Callable[[], object], *, what: str, timeout_s: float) -> None:
        with self._changed:
            if not self._changed.wait_for(condition, timeout=timeout_s):
                raise AssertionError(f"{self.user}: {what}: not within {timeout_s:g} s")

    # -- sending

    def via(self) -> str:
        return f"SIP/2.0/UDP {self.address}:{self.port};branch={new_branch()};rport"

    def send(self, message: Message) -> None:
        self.trace.append(f"{time.time():.3f} > {message.start} {message.call_id}")
        self._socket.sendto(message.render(), self.sip)

    def ask(self, request: Message, *, timeout_s: float = 8.0) -> Message:
        """The first final reply; a 408 of our own when none came."""
        return self._ask(request, timeout_s=timeout_s, on_reply=lambda _: None)

    def answer(self, call: PhoneCall, status: int) -> None:
        assert call.invite is not None
        more: tuple[tuple[str, str], ...] = (("Contact", f"<sip:{self.user}@{self.address}:{self.port}>"),)
        body = ""
        if status == 200:
            more, body = (*more, ("Content-Type", "application/sdp")), self._sdp()
            call.answered_at = time.time()
        call.status = status
        reply = reply_to(call.invite, status, f"Status {status}", tag=_tag_of(call), more=more, body=body)
        threading.Thread(target=self._send_until_acknowledged, args=(call, reply), daemon=True).start()

    def _ask(self, request: Message, *, timeout_s: float, on_reply: Callable[[Message], None]) -> Message:
        branch, deadline, pause = request.branch, time.monotonic() + timeout_s, T1_S
        key = f"{branch}/{request.method}"
        with self._changed:
            self._replies[key] = []
        self.send(request)
        again, seen = time.monotonic() + pause, 0
        with self._changed:
            while True:
                replies = self._replies[key]
                for reply in replies[seen:]:
                    on_reply(reply)
                seen = len(replies)
                if final := next((reply for reply in replies if reply.status >= 200), None):
                    return final
                now = time.monotonic()
                if now >= deadline:
                    return Message("SIP/2.0 408 No Reply", request.headers)
                proceeding = replies and request.method == "INVITE"
                if now >= again and not proceeding:
                    pause = min(pause * 2, 4.0)
                    again = now + pause
                    self.send(request)
                limit = deadline if proceeding else min(deadline, again)
                self._changed.wait(timeout=max(0.01, limit - now))

    def _call(self, call: PhoneCall, auth_user: str, realm: str, more: tuple[tuple[str, str], ...]) -> None:
        def note(reply: Message) -> None:
            call.replies.append(reply.status)
            self._changed.notify_all()

        uri = uri_in(call.remote)
        reply = self._invite(call, uri, more, note)
        if reply.status in {401, 407} and self.password:
            call.acknowledge(reply)
            name, asked = ("Authorization", "WWW-Authenticate")
            if reply.status == 407:
                name, asked = ("Proxy-Authorization", "Proxy-Authenticate")
            answer = digest(
                reply.get(asked), method="INVITE", user=auth_user, password=self.password, uri=uri, realm=realm
            )
            call.cseq += 1
            reply = self._invite(call, uri, (*more, (name, answer)), note)
        with self._changed:
            if reply.get("To"):
                call.acknowledge(reply)
            if reply.status == 200:
                call.answered_at = time.time()
            call.status = reply.status
            self._changed.notify_all()

    def _invite(
        self, call: PhoneCall, uri: str, more: tuple[tuple[str, str], ...], note: Callable[[Message], None]
    ) -> Message:
        contact = f"<sip:{self.user}@{self.address}:{self.port}>"
        request = self._request(
            "INVITE", uri, call.local, call.remote, call.call_id, cseq=call.cseq, contact=contact,
            more=(*more, ("Content-Type", "application/sdp")), body=self._sdp(),
        )  # fmt: skip
        call.invite = request
        return self._ask(request, timeout_s=self.patience_s, on_reply=note)

    def _request(
        self, method: str, uri: str, sender: str, to: str, call_id: str, *, cseq: int, contact: str,
        expires_s: int | None = None, more: tuple[tuple[str, str], ...] = (), body: str = "",
    ) -> Message:  # fmt: skip
        sender = sender if ";tag=" in sender else f"{sender};tag={secrets.token_hex(4)}"
        expires = () if expires_s is None else (("Expires", str(expires_s)),)
        headers = (
            ("Via", self.via()),
            ("From", sender),
            ("To", to),
            ("Call-ID", call_id),
            ("CSeq", f"{cseq} {method}"),
            ("Contact", contact),
            ("Max-Forwards", "70"),
        )
        return Message(f"{method} {uri} SIP/2.0", (*headers, *expires, *more), body)

    def _sdp(self) -> str:
        return sdp(self.address, int(self._media.getsockname()[1]))

    def _send_until_acknowledged(self, call: PhoneCall, reply: Message) -> None:
        deadline, pause = time.monotonic() + PATIENCE_S, T1_S
        while not call.acknowledged and not self._closed and time.monotonic() < deadline:
            self.send(reply)
            with self._changed:
                self._changed.wait_for(lambda: call.acknowledged or self._closed, timeout=pause)
            pause = min(pause * 2, 4.0)

    # -- what arrives

    def _listen(self) -> None:
        while not self._closed:
            content, _ = self._socket.recvfrom(65536)
            if b"SIP/2.0" not in content:
                continue  # a keep-alive
            message = read_message(content)
            with self._changed:
                self.trace.append(f"{time.time():.3f} < {message.start} {message.call_id}")
                if message.status:
                    self._take_reply(message)
                else:
                    self.requests.append(message)
                    self._take_request(message)
                self._changed.notify_all()

    def _take_reply(self, reply: Message) -> None:
        waiting = self._replies.get(f"{reply.branch}/{reply.method}")
        if waiting is None:
            return
        if reply.method == "INVITE" and reply.status >= 200 and any(old.status >= 200 for old in waiting):
            call = next((call for call in self.calls if call.call_id == reply.call_id), None)
            if call is not None and not call.ended_at:
                call.acknowledge(reply)  # its ACK was lost
            return
        waiting.append(reply)

    def _take_request(self, request: Message) -> None:
        known = [call for call in self.calls if call.call_id == request.call_id and not call.ended_at]
        call = known[-1] if known else None
        match request.method:
            case "INVITE" if not request.to_tag:
                if call is None or call.direction == "out":
                    self._take_call(request)
            case "ACK":
                for each in known:
                    each.acknowledged = True
            case "CANCEL":
                self.send(reply_to(request, 200, "OK"))
                if call is not None and not call.status:
                    self.answer(call, 487)
                    call.ended_at = time.time()
            case "BYE":
                if call is not None:
                    call.ended_at = time.time()
                self.send(reply_to(request, 200, "OK"))
            case _:
                self.send(reply_to(request, 200, "OK", tag="x"))

    def _take_call(self, request: Message) -> None:
        call = PhoneCall(self, request.call_id, "in", invite=request, received_at=time.time())
        call.local, call.remote = f"{request.get('To')};tag={_tag_of(call)}", request.get("From")
        call.target, call.routes = uri_in(request.get("Contact")), routes_in(request.all("Record-Route"))
        self.calls.append(call)
        if self.answers < 0:
            return
        if self.answers in {0, 200}:
            self.send(reply_to(request, 180, "Ringing", tag=_tag_of(call)))
        if self.answers:
            self.answer(call, self.answers)


def _tag_of(call: PhoneCall) -> str:
    return f"t{id(call):x}"
