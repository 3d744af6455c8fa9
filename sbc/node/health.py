"""Questions that only a working part of the node answers: each check is true or false within a second."""

from __future__ import annotations

import contextlib
import http.client
import secrets
import socket
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass

Check = Callable[[], bool]
_ANSWER_S = 1.0
_ATTEMPTS = 4  # in that time, for what goes by UDP: one lost packet, as in a flood, says nothing of the part


@dataclass(frozen=True, slots=True)
class HttpCheck:
    """A 2xx answer."""

    url: str

    def __call__(self) -> bool:
        try:
            with urllib.request.urlopen(self.url, timeout=_ANSWER_S) as response:  # noqa: S310 (our own http:// URL)
                return 200 <= int(response.status) < 300
        except (OSError, http.client.HTTPException):
            return False


@dataclass(frozen=True, slots=True)
class SipCheck:
    """Any final answer to an OPTIONS over UDP (RFC 3261 11). ``source``: the address it is sent from."""

    host: str
    port: int
    source: str = ""

    def __call__(self) -> bool:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            try:
                client.bind((self.source, 0))
                client.connect((self.host, self.port))
                return _ask(client, self._options(*client.getsockname())).startswith(b"SIP/2.0 ")
            except OSError:
                return False

    def _options(self, host: str, port: int) -> bytes:
        mark = secrets.token_hex(8)
        lines = [
            f"OPTIONS sip:{self.host}:{self.port} SIP/2.0",
            f"Via: SIP/2.0/UDP {host}:{port};branch=z9hG4bK{mark};rport",
            "Max-Forwards: 10",
            f"From: <sip:health@{host}>;tag={mark}",
            f"To: <sip:{self.host}:{self.port}>",
            f"Call-ID: {mark}@{host}",
            "CSeq: 1 OPTIONS",
            f"Contact: <sip:health@{host}:{port}>",
            "Content-Length: 0",
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()


@dataclass(frozen=True, slots=True)
class RtpengineCheck:
    """rtpengine's ``ping`` over its ng protocol: a cookie, a space, a bencoded dictionary."""

    host: str
    port: int

    def __call__(self) -> bool:
        cookie = secrets.token_hex(4).encode()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            try:
                client.connect((self.host, self.port))
                return _ask(client, cookie + b" d7:command4:pinge") == cookie + b" d6:result4:ponge"
            except OSError:
                return False


def _ask(client: socket.socket, request: bytes) -> bytes:
    """The first answer. Raises ``OSError``."""
    client.settimeout(_ANSWER_S / _ATTEMPTS)
    for _ in range(_ATTEMPTS):
        client.send(request)
        with contextlib.suppress(TimeoutError):
            return client.recv(65535)
    raise TimeoutError
