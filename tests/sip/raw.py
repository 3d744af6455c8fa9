"""Single SIP requests by hand, for what sipp can't say: odd requests and byte-for-byte comparison of replies."""

from __future__ import annotations

import hashlib
import re
import socket
import uuid
from dataclasses import dataclass, field

from tests.sip.stack import DOMAIN


@dataclass
class RawPhone:
    """Speaks UDP from ``address``; ``ask`` returns the first final reply, empty if there is none in time."""

    sip: str
    address: str = "127.0.0.1"
    registration: str = field(default_factory=lambda: uuid.uuid4().hex)  # Call-ID of all its REGISTERs (RFC 3261 10.2)
    sent: int = 0

    def __post_init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((self.address, 0))
        self.where = "{}:{}".format(*self.socket.getsockname())

    def close(self) -> None:
        self.socket.close()

    def request(
        self, method: str, *, user: str, to: str = "", ruri: str = "", more: str = "", max_forwards: int = 70,
        call_id: str = "",
    ) -> str:  # fmt: skip
        self.sent += 1
        call_id = call_id or (self.registration if method == "REGISTER" else uuid.uuid4().hex)
        to = to or f"<sip:{user}@{DOMAIN}>"
        return (
            f"{method} {ruri or f'sip:{DOMAIN}'} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP {self.where};branch=z9hG4bK{uuid.uuid4().hex}\r\n"
            f"From: <sip:{user}@{DOMAIN}>;tag={uuid.uuid4().hex[:8]}\r\nTo: {to}\r\n"
            f"Call-ID: {call_id}\r\nCSeq: {self.sent} {method}\r\nContact: <sip:{user}@{self.where}>\r\n"
            f"Max-Forwards: {max_forwards}\r\n{more}Content-Length: 0\r\n\r\n"
        )

    def ask(self, request: str, *, timeout_s: float = 2.0) -> str:
        host, port = self.sip.split(":")
        self.socket.settimeout(timeout_s)
        self.socket.sendto(request.encode(), (host, int(port)))
        try:
            while True:
                reply = self.socket.recv(65536).decode()
                if not reply.startswith("SIP/2.0 1"):
                    return reply
        except TimeoutError:
            return ""

    def authorization(self, challenge: str, *, method: str, user: str, password: str, uri: str, count: int = 1) -> str:
        """The Authorization header that answers a 401 (RFC 2617 3.2.2, qop=auth); the ``count``th with its nonce."""
        realm, nonce = (re.search(rf'{name}="([^"]+)"', challenge).group(1) for name in ("realm", "nonce"))  # type: ignore[union-attr]
        cnonce = uuid.uuid4().hex
        ha1 = hashlib.md5(f"{user}:{realm}:{password}".encode()).hexdigest()
        ha2 = hashlib.md5(f"{method}:{uri}".encode()).hexdigest()
        response = hashlib.md5(f"{ha1}:{nonce}:{count:08x}:{cnonce}:auth:{ha2}".encode()).hexdigest()
        return (
            f'Authorization: Digest username="{user}", realm="{realm}", nonce="{nonce}", uri="{uri}", '
            f'response="{response}", qop=auth, nc={count:08x}, cnonce="{cnonce}"\r\n'
        )

    def register(self, *, user: str, password: str) -> str:
        """The reply to a REGISTER that answers its challenge."""
        uri = f"sip:{DOMAIN}"
        challenge = self.ask(self.request("REGISTER", user=user))
        header = self.authorization(challenge, method="REGISTER", user=user, password=password, uri=uri)
        return self.ask(self.request("REGISTER", user=user, more=header))
