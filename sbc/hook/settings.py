"""The hook's settings: one JSON file, read once at start; an error names the field."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import json
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, get_type_hints

Address = tuple[str, int]


class SettingsError(ValueError):
    """A setting is missing, unknown or of the wrong kind; the message names it."""


@dataclass(frozen=True, slots=True)
class Settings:
    sbc_id: str
    node: str
    data_dir: Path
    seal_key_file: Path  # 32 bytes as 64 hexadecimal digits or as base64url
    kamailio_socket: Path  # of jsonrpcs, datagram
    listen_port: int
    listen_host: str = "127.0.0.1"
    api_url: str = ""
    node_key_file: Path | None = None
    parts_dir: Path | None = None  # serve parts from JSON files named like their key with "/" as "__", without the API
    queue_url: str = ""  # of this node's queue of changes; empty: the API is asked every ``poll_interval_s``
    queue_region: str = ""
    queue_endpoint: str = ""  # another address than that of ``queue_url``, for tests
    queue_wait_s: int = 20  # how long SQS keeps a request that finds nothing; 20 is its longest
    queue_compare_interval_s: float = 300.0  # as ``compare_interval_s``, with a queue
    auth_table: str = "ha1"  # Kamailio's htables and location table
    source_table: str = "source"
    location_table: str = "location"
    auth_ttl_s: int = 300
    unknown_ttl_s: int = 10
    source_ttl_s: int = 10
    negative_ttl_s: float = 5.0  # how long a part the API doesn't know isn't asked for again
    fetch_timeout_s: float = 2.0
    decision_timeout_s: float = 2.0
    poll_interval_s: float = 1.0
    overlap_s: float = 30.0
    compare_interval_s: float = 60.0
    upload_interval_s: float = 1.0
    upload_backoff_s: float = 30.0  # the longest pause between attempts
    rpc_timeout_s: float = 1.0
    reconcile_interval_s: float = 30.0
    reconcile_grace_s: float = 10.0  # an answered call may miss its dialog this long
    max_ring_s: int = 300
    max_duration_s: int = 4 * 3600
    location_db: Path | None = None  # Kamailio's; None: live state is reported without registered phones
    live_interval_s: float = 1.0  # how often the state of a watched tenant is looked at
    live_refresh_s: float = 15.0  # the longest silence about a watched tenant
    rtpengine_ng_port: int = 0  # 0: calls that a restart of the media engine cuts off aren't looked for
    media_check_interval_s: float = 2.0
    peers: tuple[str, ...] = ()  # "address:port" of the other nodes of this SBC; none: limits hold on this node alone
    peer_listen: str = ""  # "address:port" on the private network, UDP
    peer_interval_s: float = 1.0  # how often peers are told everything
    peer_hold_s: float = 5.0  # how long the calls of a peer that fell silent are counted
    peer_wait_s: float = 0.5  # how long a start waits for what peers count
    service_addresses: tuple[str, ...] = ()  # that phones know, of all nodes: they move between them
    media_timeout_s: int = 60  # rtpengine's --timeout: how long ago the last packet came when it reports
    emf_interval_s: float = 0.0  # between two lines of metrics for CloudWatch on standard output; 0: none
    stage: str = "embedded"  # names these metrics, beside SBC and node
    body_limit: int = 64 * 1024
    log_level: str = "INFO"

    @property
    def peer_addresses(self) -> tuple[Address, ...]:
        return tuple(read_address("peers", peer) for peer in self.peers)

    @property
    def parts_path(self) -> Path:
        return self.data_dir / "parts"

    @property
    def journal_path(self) -> Path:
        return self.data_dir / "journal.sqlite"


def read_settings(path: Path) -> Settings:
    """Raises ``SettingsError``."""
    try:
        source = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path}: {error}") from error
    if not isinstance(source, dict):
        raise SettingsError(f"{path}: expected a JSON object")
    return parse_settings(source)


def parse_settings(source: dict[str, Any]) -> Settings:
    """Raises ``SettingsError``."""
    kinds = get_type_hints(Settings)
    unknown = sorted(set(source) - {field.name for field in fields(Settings)})
    if unknown:
        raise SettingsError(f"{unknown[0]}: no such setting")
    values = {name: _convert(name, value, kinds[name]) for name, value in source.items()}
    try:
        settings = Settings(**values)
    except TypeError as error:
        raise SettingsError(str(error).replace("Settings.__init__() ", "")) from error
    _check(settings)
    return settings


def _convert(name: str, value: Any, kind: Any) -> Any:
    if kind is str and isinstance(value, str):
        return value
    if kind is int and isinstance(value, int) and not isinstance(value, bool):
        return value
    if kind is float and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if kind is Path and isinstance(value, str):
        return Path(value)
    if kind == Path | None and (value is None or isinstance(value, str)):
        return None if value is None else Path(value)
    if kind == tuple[str, ...] and isinstance(value, list) and all(isinstance(each, str) for each in value):
        return tuple(value)
    expected = "a list of texts" if kind == tuple[str, ...] else getattr(kind, "__name__", kind)
    raise SettingsError(f"{name}: expected {expected}, got {type(value).__name__}")


def _check(settings: Settings) -> None:
    try:
        loopback = ipaddress.ip_address(settings.listen_host).is_loopback
    except ValueError as error:
        raise SettingsError(f"listen_host: {error}") from error
    if not loopback:
        raise SettingsError("listen_host: the hook answers without authentication, so it listens on loopback only")
    if bool(settings.api_url) != (settings.node_key_file is not None):
        raise SettingsError("node_key_file: goes together with api_url")
    if bool(settings.queue_url) != bool(settings.queue_region):
        raise SettingsError("queue_region: goes together with queue_url")
    if not 1 <= settings.queue_wait_s <= 20:
        raise SettingsError("queue_wait_s: 1 to 20")
    if settings.queue_url and not settings.api_url:
        raise SettingsError("api_url: needed with queue_url, which only tells what has changed")
    if settings.parts_dir is None and not settings.api_url:
        raise SettingsError("api_url: needed unless parts_dir is given")
    _check_peers(settings)


def _check_peers(settings: Settings) -> None:
    if bool(settings.peers) != bool(settings.peer_listen):
        raise SettingsError("peer_listen: goes together with peers")
    if not settings.peers:
        if settings.service_addresses:
            raise SettingsError("service_addresses: they move between nodes, and there are no peers")
        return
    for service_address in settings.service_addresses:
        read_address("service_addresses", f"{service_address}:1")
    own = read_address("peer_listen", settings.peer_listen)
    address = ipaddress.ip_address(own[0])
    if address.is_global or address.is_unspecified or address.is_multicast:
        raise SettingsError("peer_listen: expected an address of the private network that this node has with its peers")
    if own in settings.peer_addresses:
        raise SettingsError("peers: this node's own address is among them")
    if settings.peer_interval_s <= 0 or settings.peer_hold_s < 2 * settings.peer_interval_s:
        raise SettingsError("peer_hold_s: shorter than two of peer_interval_s, one lost message would free places")


def read_address(name: str, text: str) -> Address:
    """Of "192.0.2.1:7000" or "[2001:db8::1]:7000". Raises ``SettingsError``."""
    host, _, port = text.rpartition(":")
    try:
        address = ipaddress.ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError as error:
        raise SettingsError(f"{name}: {text!r} is no address:port: {error}") from error
    if not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise SettingsError(f"{name}: {text!r} has no port")
    return str(address), int(port)


def read_seal_key(path: Path) -> bytes:
    """The 32 bytes of the SBC's seal key. Raises ``SettingsError``."""
    try:
        content = path.read_text().strip()
        key = (
            bytes.fromhex(content)
            if len(content) == 64
            else base64.urlsafe_b64decode(content + "=" * (-len(content) % 4))
        )
    except (OSError, UnicodeDecodeError, binascii.Error, ValueError) as error:
        raise SettingsError(f"seal_key_file: {type(error).__name__} in {path}") from error
    if len(key) != 32:
        raise SettingsError(f"seal_key_file: 32 bytes expected, {len(key)} found")
    return key


def read_node_key(path: Path) -> str:
    """Raises ``SettingsError``."""
    try:
        return path.read_text().strip()
    except OSError as error:
        raise SettingsError(f"node_key_file: {error}") from error
