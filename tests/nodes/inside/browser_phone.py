"""A phone that speaks SIP over a WebSocket (RFC 7118), as a page would: signalling only, its media never comes."""

from __future__ import annotations

import contextlib
import socket
from dataclasses import dataclass, field
from typing import Any

from tests.nodes.inside.node import WEBSOCKET_PORT
from tests.sip.websocket_phone import frame, shake_hands
from tests.system.phone import Phone

_TEXT, _CLOSE, _PING, _PONG = 1, 8, 9, 10
_FINGERPRINT = ":".join(["AB"] * 32)


@dataclass
class _Frames:
    """The connection, used like the datagram socket of a ``Phone``."""

    connection: socket.socket
    token: str  # the host part of its contact
    taken: bytearray = field(default_factory=bytearray)

    def getsockname(self) -> tuple[str, int]:
        host, port = self.connection.getsockname()
        return str(host), int(port)

    def sendto(self, content: bytes, _address: Any) -> None:
        here = "{}:{}".format(*self.getsockname())
        text = (
            content.decode().replace("SIP/2.0/UDP", "SIP/2.0/WS").replace(f"@{here}>", f"@{self.token};transport=ws>")
        )
        self.connection.sendall(frame(text.encode()))

    def recvfrom(self, _size: int) -> tuple[bytes, None]:
        while True:
            kind, content = self._receive()
            if kind == _TEXT:
                return content, None
            if kind == _PING:
                self.connection.sendall(frame(content, kind=_PONG))
            if kind == _CLOSE:
                raise ConnectionError("closed by the SBC")

    def close(self) -> None:
        self.connection.close()

    def _receive(self) -> tuple[int, bytes]:
        head = self._read(2)
        length = head[1] & 0x7F
        if length >= 126:
            length = int.from_bytes(self._read(2 if length == 126 else 8), "big")
        return head[0] & 0x0F, self._read(length)

    def _read(self, length: int) -> bytes:
        while len(self.taken) < length:
            received = self.connection.recv(65536)
            if not received:
                raise ConnectionError("closed")
            self.taken += received
        content = bytes(self.taken[:length])
        del self.taken[:length]
        return content


class BrowserPhone(Phone):
    """Connected while it exists; a page that has lost its connection is a new one with the same ``token``."""

    def __init__(self, sip: tuple[str, int], *, token: str = "page.invalid", **options: Any) -> None:
        self.token = token
        super().__init__(sip, **options)

    def _open(self) -> Any:
        status, connection = shake_hands(WEBSOCKET_PORT, at=self.sip[0])
        assert status == 101, status
        connection.settimeout(None)
        return _Frames(connection, self.token)

    def close(self) -> None:
        """Like a page that goes: without a word."""
        self._closed = True
        with contextlib.suppress(OSError):
            self._socket.connection.shutdown(socket.SHUT_RDWR)  # type: ignore[attr-defined]
        self._thread.join(timeout=5)
        self._socket.close()
        self._media.close()

    def _listen(self) -> None:
        try:
            super()._listen()
        except OSError:
            self._closed = True

    def _sdp(self) -> str:
        port = int(self._media.getsockname()[1])
        return (
            f"v=0\r\no=- 1 1 IN IP4 {self.address}\r\ns=-\r\nt=0 0\r\nm=audio {port} UDP/TLS/RTP/SAVPF 8\r\n"
            f"c=IN IP4 {self.address}\r\na=rtpmap:8 PCMA/8000\r\na=sendrecv\r\na=mid:0\r\na=rtcp-mux\r\n"
            "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=setup:active\r\n"
            f"a=fingerprint:sha-256 {_FINGERPRINT}\r\n"
            f"a=candidate:1 1 udp 2130706431 {self.address} {port} typ host\r\n"
        )
