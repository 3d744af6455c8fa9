"""A WebSocket phone by hand (RFC 6455, RFC 7118), for handshakes and silences no browser would produce."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass

from tests.sip.raw import RawPhone

_KEY = "dGhlIHNhbXBsZSBub25jZQ=="  # the example of RFC 6455 1.3
_TEXT = 1


def shake_hands(port: int, *, at: str = "127.0.0.1", **headers: str) -> tuple[int, socket.socket]:
    """The status and the connection; a header of "" is left out."""
    wanted = {
        "Host": "sbc.test", "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Key": _KEY,
        "Sec-WebSocket-Version": "13", "Sec-WebSocket-Protocol": "sip",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }  # fmt: skip
    lines = "".join(f"{name}: {value}\r\n" for name, value in wanted.items() if value)
    connection = socket.create_connection((at, port), timeout=3)
    connection.sendall(f"GET / HTTP/1.1\r\n{lines}\r\n".encode())
    return int(connection.recv(4096).split(b" ")[1]), connection


@dataclass
class WebSocketPhone(RawPhone):
    """``ask`` returns the next final reply; pings are never answered."""

    port: int = 0
    origin: str = ""

    def __post_init__(self) -> None:
        status, self.socket = shake_hands(self.port, Origin=self.origin)
        assert status == 101
        self.where = "phone.invalid"

    def request(
        self, method: str, *, user: str, to: str = "", ruri: str = "", more: str = "", max_forwards: int = 70,
        call_id: str = "",
    ) -> str:  # fmt: skip
        over_udp = super().request(
            method, user=user, to=to, ruri=ruri, more=more, max_forwards=max_forwards, call_id=call_id
        )
        contact = f"<sip:{user}@{self.where};transport=ws>"
        return over_udp.replace("SIP/2.0/UDP", "SIP/2.0/WS").replace(f"<sip:{user}@{self.where}>", contact)

    def ask(self, request: str, *, timeout_s: float = 2.0) -> str:
        self.socket.settimeout(timeout_s)
        self.socket.sendall(frame(request.encode()))
        while True:
            kind, content = self._receive()
            if kind == _TEXT and not content.startswith(b"SIP/2.0 1"):
                return content.decode()

    def _receive(self) -> tuple[int, bytes]:
        head = self._read(2)
        length = head[1] & 0x7F
        if length == 126:
            length = int.from_bytes(self._read(2), "big")
        return head[0] & 0x0F, self._read(length)

    def _read(self, length: int) -> bytes:
        content = b""
        while len(content) < length:
            received = self.socket.recv(length - len(content))
            if not received:
                raise ConnectionError("the SBC closed the connection")
            content += received
        return content


def frame(text: bytes, *, kind: int = _TEXT) -> bytes:
    """A whole message, masked as a client's must be (RFC 6455 5.2)."""
    mask = os.urandom(4)
    masked = bytes(byte ^ mask[n % 4] for n, byte in enumerate(text))
    return bytes([0x80 | kind, 0x80 | 126]) + len(text).to_bytes(2, "big") + mask + masked
