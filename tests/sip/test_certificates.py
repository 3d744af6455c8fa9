"""A new certificate comes into force without anybody losing a connection; desk phones may use SIP over TLS."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from sbc.node.certificates import CertificateError, Told, ensure_certificate, install, is_in_force, renew
from sbc.node.own_certificate import make_own_certificate
from sbc.node.settings import NodeSettings, read_node_settings
from tests.sip import plans
from tests.sip.kept_node import KeptNode, kept_node, node_environment
from tests.sip.raw import RawPhone
from tests.sip.sipp import Lab
from tests.sip.websocket_phone import WebSocketPhone

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@dataclass
class SecureWebSocketPhone(WebSocketPhone):
    def __post_init__(self) -> None:
        self.socket = connect(self.port)
        self.socket.sendall(
            b"GET / HTTP/1.1\r\nHost: sbc.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Protocol: sip\r\n\r\n"
        )
        assert b" 101 " in self.socket.recv(4096)
        self.where = "phone.invalid"


@dataclass
class TlsPhone(RawPhone):
    """A desk phone that is reached by the connection it registered over (RFC 3261 18)."""

    port: int = 0

    def __post_init__(self) -> None:
        self.socket = connect(self.port)
        self.where = "{}:{}".format(*self.socket.getsockname())

    def request(self, method: str, *, user: str, **more: Any) -> str:
        text = super().request(method, user=user, **more).replace("SIP/2.0/UDP", "SIP/2.0/TLS")
        return text.replace(f"<sip:{user}@{self.where}>", f"<sip:{user}@{self.where};transport=tls>")

    def ask(self, request: str, *, timeout_s: float = 5.0) -> str:
        self.socket.settimeout(timeout_s)
        self.socket.sendall(request.encode())
        while (reply := self.receive()).startswith("SIP/2.0 1"):
            pass
        return reply

    def receive(self) -> str:
        """One message."""
        content = b""
        while b"\r\n\r\n" not in content:
            content += self._read()
        head, _, body = content.partition(b"\r\n\r\n")
        length = re.search(rb"\r\ncontent-length: *(\d+)", head, re.IGNORECASE)
        while len(body) < (int(length.group(1)) if length else 0):
            body += self._read()
        return (head + b"\r\n\r\n" + body).decode()

    def _read(self) -> bytes:
        received = self.socket.recv(65536)
        assert received, "the SBC closed the connection"
        return received


def connect(port: int) -> ssl.SSLSocket:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(socket.create_connection(("127.0.0.1", port), timeout=5))


def serial_shown_at(port: int) -> int:
    with connect(port) as connection:
        shown = connection.getpeercert(binary_form=True)
    assert shown is not None
    return x509.load_der_x509_certificate(shown).serial_number


def serial_of(pem: bytes) -> int:
    return x509.load_pem_x509_certificate(pem).serial_number


@pytest.fixture
def settings(tmp_path: Path) -> NodeSettings:
    return read_node_settings(node_environment(tmp_path))


@pytest.fixture
def node(tmp_path: Path) -> Iterator[KeptNode]:
    with kept_node(tmp_path) as node:
        try:
            yield node
        finally:
            print(node.report())


@pytest.mark.sip
def test_new_handshakes_see_the_new_certificate_and_open_connections_live_on(
    node: KeptNode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = read_node_settings(
        node.environment
        | {"PATCHBAY_CERTIFICATE_NAMES": "sbc.example", "PATCHBAY_CERTIFICATE_EMAIL": "ops@sbc.example"}
    )
    phone = SecureWebSocketPhone(sip="", port=settings.wss_port)
    assert phone.register(user="carol", password="carol-softphone").startswith("SIP/2.0 200")
    first = serial_shown_at(settings.tls_port)
    fetched = make_own_certificate(["sbc.example"], now=datetime.now(UTC))
    put_certbot_in_path(tmp_path, monkeypatch, settings, fetched)

    assert asyncio.run(renew(settings, Told()))

    assert first != serial_of(fetched)
    assert {serial_shown_at(port) for port in (settings.tls_port, settings.wss_port)} == {serial_of(fetched)}
    assert phone.register(user="carol", password="carol-softphone").startswith("SIP/2.0 200")
    phone.close()


@pytest.mark.sip
def test_a_certificate_that_kamailio_hasnt_read_is_told_again(
    node: KeptNode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = read_node_settings(
        node.environment
        | {"PATCHBAY_CERTIFICATE_NAMES": "sbc.example", "PATCHBAY_CERTIFICATE_EMAIL": "ops@sbc.example"}
    )
    fetched = make_own_certificate(["sbc.example"], now=datetime.now(UTC))
    put_certbot_in_path(tmp_path, monkeypatch, settings, fetched)
    socket_path = node.stack.settings.rpc_socket
    away = socket_path.rename(socket_path.with_suffix(".away"))
    told = Told()

    first = asyncio.run(renew(settings, told))
    away.rename(socket_path)
    second = asyncio.run(renew(settings, told))

    assert (first, second) == (False, True)
    assert serial_shown_at(settings.tls_port) == serial_of(fetched)


@pytest.mark.sip
def test_a_desk_phone_registers_by_tls_and_is_called_there(node: KeptNode, tmp_path: Path) -> None:
    phone = TlsPhone(sip="", port=node.settings.tls_port)
    assert phone.register(user="bob", password="bob-sip").startswith("SIP/2.0 200")
    node.stack.hook.route = plans.stages(plans.ring(plans.aor("bob")))
    lab = Lab(sip=node.stack.sip, directory=tmp_path)

    lab.start("caller")
    invite = phone.receive()

    lab.stop()
    phone.close()
    assert invite.startswith("INVITE ")
    assert "m=audio" in invite


def put_certbot_in_path(
    directory: Path, monkeypatch: pytest.MonkeyPatch, settings: NodeSettings, fetched: bytes
) -> None:
    """A certbot that finds ``fetched`` at the authority."""
    (directory / "fetched.pem").write_bytes(fetched)
    live = settings.state_dir / "certbot" / "live" / "node"
    script = directory / "bin" / "certbot"
    script.parent.mkdir()
    script.write_text(
        f"#!/bin/sh\nmkdir -p {live}\nsed '/BEGIN CERT/,$d' {directory}/fetched.pem > {live}/privkey.pem\n"
        f"sed -n '/BEGIN CERT/,$p' {directory}/fetched.pem > {live}/fullchain.pem\n"
    )
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{script.parent}:/usr/bin:/bin")


def test_a_certificate_of_our_own_is_made_once_and_again_before_it_ends(settings: NodeSettings) -> None:
    made = [ensure_certificate(settings, now=NOW + timedelta(days=days)) for days in (0, 1, 330, 340)]

    assert made == [True, False, False, True]
    assert settings.certificate.stat().st_mode & 0o777 == 0o600


def test_a_certificate_that_ends_within_days_is_no_longer_healthy(settings: NodeSettings) -> None:
    ensure_certificate(settings, now=NOW)

    assert [is_in_force(settings, now=NOW + timedelta(days=days)) for days in (1, 357, 359)] == [True, True, False]


def test_a_key_of_another_certificate_is_not_installed(settings: NodeSettings) -> None:
    first, second = (make_own_certificate(["a.example"], now=NOW) for _ in range(2))
    mixed = first[: first.index(b"-----BEGIN CERT")] + second[second.index(b"-----BEGIN CERT") :]

    with pytest.raises(CertificateError, match="belong together"):
        install(settings, mixed)

    assert not settings.certificate.exists()
