"""The settings of one SBC node, read once from one JSON file."""

from __future__ import annotations

import dataclasses
import ipaddress
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_type_hints

# RFC 6454 6.2, as browsers send it: scheme, host and port, nothing behind it
_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?\Z")


class SettingsError(ValueError):
    """The settings file can't be used; the message names the field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one source may do. A source is known once it has authenticated, or is a gateway."""

    unknown_source_requests_per_2s: int = 30
    known_source_requests_per_2s: int = 4000
    user_failures: int = 8  # failed digests of one user from one address within the window
    address_failures: int = 40  # of one unknown address, whoever the user
    known_address_failures: int = 400
    failure_window_s: int = 600
    ban_s: int = 300
    known_source_s: int = 3600
    known_gateway_s: int = 86400  # since its last call
    max_contacts: int = 10
    unreadable_messages: int = 30  # of one unknown address within a minute
    connections_per_address: int = 300  # TCP, TLS and WebSocket together, known or not; 0: any number
    strays_logged: int = 20  # lines a minute about what one address sends that belongs to no call


@dataclass(frozen=True, slots=True, kw_only=True)
class Timers:
    hook_timeout_s: int = 2
    silence_ms: int = 5000  # a target that sends no reply at all
    ring_limit_s: int = 600  # of all stages of a call together
    min_expires_s: int = 60
    max_expires_s: int = 3600
    nat_ping_s: int = 25
    location_timer_s: int = 10  # how soon a contact whose connection was lost is forgotten
    wait_ms: int = 1000  # how long a finished transaction absorbs retransmissions
    dead_media_s: int = 60
    silent_media_s: int = 3600  # the same for calls on hold


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSocket:
    """Where browser phones connect, at ``sip_address``. A port of 0 means no such listener; ``tls_port`` (wss:) needs
    both PEM files. ``origins`` are the pages, as "https://phone.example", whose scripts may connect; none means any."""

    port: int = 0
    tls_port: int = 0
    certificate: str = ""
    private_key: str = ""
    origins: tuple[str, ...] = ()
    keepalive_s: int = 30  # a browser that is silent that long is asked whether it is there

    @property
    def in_use(self) -> bool:
        return self.port > 0 or self.tls_port > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """SIP over TLS for desk phones, at ``sip_address``, with ``websocket``'s certificate. Port 0: no such listener."""

    port: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SbcSettings:
    run_dir: Path
    sip_port: int
    hook_port: int
    rtpengine_ng_port: int
    rtpengine_cli_port: int
    rtp_port_min: int
    rtp_port_max: int
    sip_address: str = "127.0.0.1"
    advertised_address: str = ""  # the public address, if phones and carriers see another than sip_address
    # The other nodes of this SBC, by their own ``peer_address``; none: this node is alone, and none of these is used.
    peers: tuple[str, ...] = ()
    peer_address: str = ""  # of this node in the network that only the nodes are in
    peer_port: int = 5070  # of all of them, UDP: registrations, and calls to phones that another node can reach
    # What phones know and what moves to this node if another fails, beside sip_address: it listens there from the start
    # (the kernel lets it with net.ipv4.ip_nonlocal_bind=1).
    service_addresses: tuple[str, ...] = ()
    sip_workers: int = 4
    tcp_workers: int = 2
    hook_workers: int = 16
    rtp_threads: int = 2
    connections: int = 2048  # TCP, TLS and WebSocket together: 17 KB of shared memory each, with TLS 70 KB
    shared_memory_mb: int = 128
    process_memory_mb: int = 16
    module_dir: Path = Path("/usr/lib/x86_64-linux-gnu/kamailio/modules")
    schema_dir: Path = Path("/usr/share/kamailio/db_sqlite")
    state_dir: Path | None = None  # of what outlives the machine: registrations and dialogs; None: run_dir
    preload: Path | None = None  # sqlite_busy.c and connection_limit.c as a library; None: compiled at start
    limits: Limits = field(default_factory=Limits)
    timers: Timers = field(default_factory=Timers)
    websocket: WebSocket = field(default_factory=WebSocket)
    tls: Tls = field(default_factory=Tls)

    @property
    def public_address(self) -> str:
        return self.advertised_address or self.sip_address

    @property
    def phone_addresses(self) -> tuple[str, ...]:
        """Where phones may reach this node, now or after the failure of another; the first is its own."""
        return tuple(dict.fromkeys((self.sip_address, *self.service_addresses)))

    @property
    def rpc_socket(self) -> Path:
        """Datagram socket of Kamailio's JSON-RPC."""
        return self.run_dir / "kamailio.rpc"

    @property
    def control_socket(self) -> Path:
        """Stream socket for ``kamcmd -s unix:..``."""
        return self.run_dir / "kamailio.ctl"

    @property
    def pid_file(self) -> Path:
        return self.run_dir / "kamailio.pid"

    @property
    def database_dir(self) -> Path:
        return self.state_dir or self.run_dir

    @property
    def location_db(self) -> Path:
        return self.database_dir / "location.db"

    @property
    def dialog_db(self) -> Path:
        return self.database_dir / "dialog.db"


def load_settings(path: Path) -> SbcSettings:
    """Raises SettingsError naming the file or the field."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path}: {error}") from error
    if not isinstance(content, dict):
        raise SettingsError(f"{path}: expected an object")
    return read_settings(content)


def read_settings(content: Mapping[str, Any]) -> SbcSettings:
    """Raises SettingsError naming the field, as in ``limits.ban_s``."""
    settings = SbcSettings(**_read_fields(SbcSettings, content, prefix=""))
    if settings.rtp_port_max <= settings.rtp_port_min:
        raise SettingsError("rtp_port_max: must be above rtp_port_min")
    for name in ("sip_port", "hook_port", "rtpengine_ng_port", "rtpengine_cli_port"):
        # the kernel would let a stream take the port away: docs/notes/bye-404.md
        if settings.rtp_port_min <= getattr(settings, name) <= settings.rtp_port_max:
            raise SettingsError(f"{name}: lies in the range of RTP ports")
    _check_websocket(settings)
    _check_peers(settings)
    return settings


def _check_peers(settings: SbcSettings) -> None:
    if not settings.peers:
        if settings.peer_address or settings.service_addresses:
            raise SettingsError("peers: missing, but there is a peer_address, or service_addresses")
        return
    if settings.advertised_address:
        raise SettingsError("advertised_address: peers find out who has an address, so sip_address must be public")
    named = [("peers", each) for each in settings.peers]
    named += [("service_addresses", each) for each in settings.phone_addresses]
    named.append(("peer_address", settings.peer_address))
    for name, address in named:
        try:
            ipaddress.IPv4Address(address)
        except ValueError as error:
            raise SettingsError(f"{name}: {error}") from error
    if settings.peer_address in settings.peers:
        raise SettingsError("peers: this node's own peer_address is among them")
    if {settings.peer_address, *settings.peers} & set(settings.phone_addresses):
        raise SettingsError("peer_address: phones know this address: between the nodes a private one is needed")


def _check_websocket(settings: SbcSettings) -> None:
    websocket = settings.websocket
    ports = {"websocket.port": websocket.port, "websocket.tls_port": websocket.tls_port, "tls.port": settings.tls.port}
    for name, port in ports.items():
        if port > 65535:
            raise SettingsError(f"{name}: expected a port, or 0 for none")
        if port and port in {settings.sip_port, settings.hook_port, settings.rtpengine_cli_port}:
            raise SettingsError(f"{name}: {port} has another use already")
    if websocket.port and websocket.port == websocket.tls_port:
        raise SettingsError("websocket.tls_port: must differ from websocket.port")
    if settings.tls.port and settings.tls.port in {websocket.port, websocket.tls_port}:
        raise SettingsError("tls.port: must differ from the ports of websocket")
    for name in ("websocket.tls_port", "tls.port"):
        if ports[name] and not (websocket.certificate and websocket.private_key):
            raise SettingsError(f"{name}: needs websocket.certificate and websocket.private_key")
    for origin in websocket.origins:
        if not _ORIGIN.match(origin):
            raise SettingsError(f"websocket.origins: {origin!r} is no origin such as https://phone.example")


def _read_fields(model: type[Any], content: Mapping[str, Any], *, prefix: str) -> dict[str, Any]:
    hints = get_type_hints(model)
    unknown = sorted(set(content) - set(hints))
    if unknown:
        raise SettingsError(f"{prefix}{unknown[0]}: no such setting")
    values: dict[str, Any] = {}
    for each in dataclasses.fields(model):
        name = prefix + each.name
        if each.name in content:
            values[each.name] = _read_value(hints[each.name], content[each.name], name=name)
        elif each.default is dataclasses.MISSING and each.default_factory is dataclasses.MISSING:
            raise SettingsError(f"{name}: missing")
    return values


def _read_value(kind: type[Any], value: Any, *, name: str) -> Any:
    if dataclasses.is_dataclass(kind):
        if not isinstance(value, dict):
            raise SettingsError(f"{name}: expected an object")
        return kind(**_read_fields(kind, value, prefix=f"{name}."))
    if kind is int:
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise SettingsError(f"{name}: expected a number that isn't negative")
        if name.endswith("_port") and "." not in name and not 0 < value < 65536:
            raise SettingsError(f"{name}: expected a port")
        return value
    if kind == tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise SettingsError(f"{name}: expected a list of texts")
        return tuple(value)
    if not isinstance(value, str):
        raise SettingsError(f"{name}: expected text")
    return Path(value) if kind == Path | None else kind(value)
