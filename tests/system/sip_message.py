"""SIP messages as text (RFC 3261 7) and digest credentials (RFC 2617 3.2.2), as far as test phones need them."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass


@dataclass(frozen=True)
class Message:
    start: str
    headers: tuple[tuple[str, str], ...]
    body: str = ""

    @property
    def status(self) -> int:
        """0 for a request."""
        return int(self.start.split(" ")[1]) if self.start.startswith("SIP/2.0 ") else 0

    @property
    def method(self) -> str:
        """Of a request, or of the request that a reply answers."""
        return self.get("CSeq").split(" ")[1] if self.status else self.start.split(" ")[0]

    @property
    def uri(self) -> str:
        return self.start.split(" ")[1]

    @property
    def call_id(self) -> str:
        return self.get("Call-ID")

    @property
    def branch(self) -> str:
        found = re.search(r"branch=([^;,\s]+)", self.get("Via"))
        return found[1] if found else ""

    @property
    def to_tag(self) -> str:
        found = re.search(r";tag=([^;>\s]+)", self.get("To"))
        return found[1] if found else ""

    def get(self, name: str) -> str:
        return next(iter(self.all(name)), "")

    def all(self, name: str) -> list[str]:
        return [value for known, value in self.headers if known.lower() == name.lower()]

    def render(self) -> bytes:
        lines = [self.start, *(f"{name}: {value}" for name, value in self.headers)]
        return ("\r\n".join([*lines, f"Content-Length: {len(self.body)}", "", ""]) + self.body).encode()


def read_message(content: bytes) -> Message:
    head, _, body = content.decode(errors="replace").partition("\r\n\r\n")
    start, *lines = head.split("\r\n")
    headers = [line.split(":", 1) for line in lines if ":" in line]
    return Message(start, tuple((name.strip(), value.strip()) for name, value in headers), body)


def reply_to(request: Message, status: int, reason: str, *, tag: str = "", more: tuple[tuple[str, str], ...] = (),
             body: str = "") -> Message:  # fmt: skip
    kept = [(name, value) for name, value in request.headers if name.lower() in {"via", "from", "call-id", "cseq"}]
    to = request.get("To") + (f";tag={tag}" if tag and not request.to_tag else "")
    routes = [("Record-Route", value) for value in request.all("Record-Route")]
    return Message(f"SIP/2.0 {status} {reason}", (*kept, ("To", to), *routes, *more), body)


def uri_in(header: str) -> str:
    found = re.search(r"<([^>]+)>", header)
    return found[1] if found else header.split(";", maxsplit=1)[0].strip()


def routes_in(headers: list[str]) -> list[str]:
    return [part.strip() for header in headers for part in re.findall(r"<[^>]*>[^,]*", header)]


def new_branch() -> str:
    return f"z9hG4bK{secrets.token_hex(10)}"


def digest(challenge: str, *, method: str, user: str, password: str, uri: str, realm: str = "") -> str:
    """The value of the header that answers a challenge. ``realm``: another one than was asked for."""
    asked, nonce = (re.search(rf'{name}="([^"]+)"', challenge)[1] for name in ("realm", "nonce"))  # type: ignore[index]
    realm = realm or asked
    cnonce = secrets.token_hex(8)
    ha1 = hashlib.md5(f"{user}:{realm}:{password}".encode()).hexdigest()
    ha2 = hashlib.md5(f"{method}:{uri}".encode()).hexdigest()
    response = hashlib.md5(f"{ha1}:{nonce}:00000001:{cnonce}:auth:{ha2}".encode()).hexdigest()
    return (
        f'Digest username="{user}", realm="{realm}", nonce="{nonce}", uri="{uri}", '
        f'response="{response}", qop=auth, nc=00000001, cnonce="{cnonce}"'
    )


def sdp(address: str, port: int) -> str:
    return (
        f"v=0\r\no=- 1 1 IN IP4 {address}\r\ns=-\r\nc=IN IP4 {address}\r\nt=0 0\r\n"
        f"m=audio {port} RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n"
    )
