"""The one settings file of an embedded system: ``settings.json`` in its data directory, made on the first run.

``PATCHBAY_VAR`` names another data directory and ``PATCHBAY_PORT_BASE`` a base from which every port is derived, so
that two copies run side by side. The base counts when the file is made; from then on the file says what is used.
"""

from __future__ import annotations

import json
import os
import re
import socket
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
_DOMAIN = re.compile(r"(?=.{1,253}\Z)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+\Z")
PORTS_PER_COPY = 2100
# Distances from a port base; ``rtp_port_min`` and ``rtp_port_max`` are the ends of a range.
_OFFSETS = {
    "http_port": 0,
    "dynamodb_port": 1,
    "sip_port": 10,
    "hook_port": 11,
    "rtpengine_ng_port": 12,
    "rtpengine_cli_port": 13,
    "websocket_port": 14,
    "websocket_tls_port": 15,
    "gateway_sip_port": 20,
    "gateway_http_port": 21,
    "rtp_port_min": 100,
    "rtp_port_max": 2099,
}


class SettingsError(ValueError):
    """The settings can't be used; the message names the file and the setting, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Ports outside Linux's ephemeral range (32768-60999), so that an outgoing connection never sits on one."""

    domain: str = "patchbay.localhost"  # of the platform; tenants' SIP domains may lie below it
    http_host: str = "127.0.0.1"
    http_port: int = 8080
    dynamodb_port: int = 61100
    sip_host: str = "127.0.0.1"
    sip_port: int = 60110
    hook_port: int = 61101
    rtpengine_ng_port: int = 61102
    rtpengine_cli_port: int = 61103
    gateway_host: str = "127.0.0.2"
    gateway_sip_port: int = 5060
    gateway_http_port: int = 61104
    websocket_port: int = 61105
    websocket_tls_port: int = 61106  # used only with a certificate
    websocket_certificate: str = ""  # PEM files; with both, browser phones connect by wss://
    websocket_private_key: str = ""
    rtp_port_min: int = 20000
    rtp_port_max: int = 21999
    table: str = "patchbay-embedded"
    sbc_name: str = "embedded"
    node: str = "n1"

    def __post_init__(self) -> None:
        for name, value in self.ports():
            if not 1024 <= value <= 65535:
                raise SettingsError(f"{name}: {value} is no port between 1024 and 65535")
        if self.rtp_port_max - self.rtp_port_min < 99:
            raise SettingsError("rtp_port_max: at least 100 ports above rtp_port_min are needed")
        if not _DOMAIN.match(self.domain):
            raise SettingsError(f"domain: {self.domain!r} is no lower-case domain name with a dot")
        if bool(self.websocket_certificate) != bool(self.websocket_private_key):
            raise SettingsError("websocket_certificate: needs websocket_private_key, and the other way round")

    def ports(self) -> Iterator[tuple[str, int]]:
        for field in fields(self):
            if field.name in _OFFSETS:
                yield field.name, getattr(self, field.name)

    @property
    def http_url(self) -> str:
        return f"http://{self.http_host}:{self.http_port}"

    @property
    def websocket_url(self) -> str:
        """Where the phone console connects: encrypted if there is a certificate."""
        if self.websocket_certificate:
            return f"wss://{self.sip_host}:{self.websocket_tls_port}"
        return f"ws://{self.sip_host}:{self.websocket_port}"

    @property
    def dynamodb_url(self) -> str:
        return f"http://127.0.0.1:{self.dynamodb_port}"

    @property
    def hook_url(self) -> str:
        return f"http://127.0.0.1:{self.hook_port}"

    @property
    def gateway_url(self) -> str:
        return f"http://127.0.0.1:{self.gateway_http_port}"


@dataclass(frozen=True, slots=True)
class Paths:
    """Where an embedded system keeps what; everything lies in one data directory."""

    var: Path

    @property
    def settings(self) -> Path:
        return self.var / "settings.json"

    @property
    def database(self) -> Path:
        return self.var / "db"

    @property
    def secrets(self) -> Path:
        return self.var / "secrets"

    @property
    def mail(self) -> Path:
        return self.var / "mail"

    @property
    def dns(self) -> Path:
        """TXT records that stand for the DNS: ``{name: [text, ..]}``; absent: there are none."""
        return self.var / "dns.json"

    @property
    def files(self) -> Path:
        return self.var / "files"

    @property
    def queue(self) -> Path:
        return self.var / "queue"

    @property
    def sbc(self) -> Path:
        return self.var / "sbc"

    @property
    def hook(self) -> Path:
        return self.var / "hook"

    @property
    def run(self) -> Path:
        return self.var / "run"

    @property
    def log(self) -> Path:
        return self.var / "log"

    def create(self) -> None:
        """Secrets, the mailbox (it holds log-in links) and files (some hold new passwords for a while) are for the
        owner alone; so is the control socket."""
        for path in (self.var, self.database, self.sbc, self.hook, self.log):
            path.mkdir(parents=True, exist_ok=True)
        for path in (self.secrets, self.mail, self.files, self.queue, self.run):
            path.mkdir(mode=0o700, exist_ok=True)
            path.chmod(0o700)


def find_paths(environ: Mapping[str, str] | None = None) -> Paths:
    """The data directory of ``PATCHBAY_VAR`` (relative to the checkout), else ``var``."""
    named = (os.environ if environ is None else environ).get("PATCHBAY_VAR")
    return Paths((ROOT / (named or "var")).resolve())


def load_settings(paths: Paths, environ: Mapping[str, str] | None = None) -> Settings:
    """The settings in force; writes the file with its defaults when there is none."""
    base = (os.environ if environ is None else environ).get("PATCHBAY_PORT_BASE", "")
    if paths.settings.exists():
        settings = _read(paths.settings)
        if base and derive_ports(base) != dict(settings.ports()):
            raise SettingsError(
                f"{paths.settings} was made with other ports than PORT_BASE={base}: "
                "leave PORT_BASE out, edit the file, or name another data directory with VAR=."
            )
        return settings
    settings = Settings(**(derive_ports(base) if base else {}))
    paths.create()
    paths.settings.write_text(json.dumps(asdict(settings), indent=2) + "\n")
    return settings


def derive_ports(base: str) -> dict[str, Any]:
    if not base.isdecimal() or not 1024 <= int(base) <= 65535 - PORTS_PER_COPY:
        raise SettingsError(f"PORT_BASE: {base!r} is no number between 1024 and {65535 - PORTS_PER_COPY}")
    return {name: int(base) + offset for name, offset in _OFFSETS.items()}


def _read(path: Path) -> Settings:
    try:
        found = json.loads(path.read_text())
    except ValueError as error:
        raise SettingsError(f"{path}: this is no JSON: {error}") from error
    if not isinstance(found, dict):
        raise SettingsError(f"{path}: expected an object")
    known = {field.name: type(getattr(Settings(), field.name)) for field in fields(Settings)}
    for name, value in found.items():
        if name not in known:
            raise SettingsError(f"{path}: there is no setting {name!r}")
        if type(value) is not known[name]:
            raise SettingsError(f"{path}: {name}: expected {known[name].__name__}, got {type(value).__name__}")
    try:
        return Settings(**found)
    except SettingsError as error:
        raise SettingsError(f"{path}: {error}") from error


def find_used_ports(settings: Settings) -> list[str]:
    """One line for each port that another program holds, naming the setting to change."""
    used = []
    for name, port in settings.ports():
        if name.startswith("rtp_"):
            continue  # a range: rtpengine passes over ports in use
        if name == "websocket_tls_port" and not settings.websocket_certificate:
            continue
        host = _host_of(name, settings)
        kinds = [socket.SOCK_STREAM] if name in _TCP_ONLY else [socket.SOCK_DGRAM, socket.SOCK_STREAM]
        if not all(_is_free(host, port, kind) for kind in kinds):
            used.append(f"{host}:{port} is in use: change {name}")
    return used


_TCP_ONLY = {
    "http_port",
    "dynamodb_port",
    "hook_port",
    "gateway_http_port",
    "rtpengine_cli_port",
    "websocket_port",
    "websocket_tls_port",
}


def _host_of(name: str, settings: Settings) -> str:
    if name == "http_port":
        return settings.http_host
    if name in {"sip_port", "websocket_port", "websocket_tls_port"}:
        return settings.sip_host
    return settings.gateway_host if name == "gateway_sip_port" else "127.0.0.1"


def _is_free(host: str, port: int, kind: int) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        if kind == socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True
