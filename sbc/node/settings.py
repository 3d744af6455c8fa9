"""What a deployed node is told by its environment: ``PATCHBAY_`` and the field's name in capitals, read once at start.

Lists are separated by commas. ``sbc_settings`` and ``hook_settings`` are JSON objects of further settings, as in
``sbc/settings.py`` and ``sbc/hook/settings.py``, and win over what is made of the fields here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, get_type_hints

PREFIX = "PATCHBAY_"
MOST_DRAIN_S = 7200  # systemd and ECS end a node that takes longer, in the middle of its calls


class NodeSettingsError(ValueError):
    """A variable is missing or can't be used; the message names it and says what is expected."""


@dataclass(frozen=True, slots=True)
class ElasticAddress:
    """``private``: this machine's, that it is mapped to when it is here; ``peer``: the node whose it is."""

    allocation_id: str
    public: str
    private: str
    peer: str = ""

    @property
    def own(self) -> bool:
        return not self.peer


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeSettings:
    api_url: str = ""  # of the control plane, without /v1
    enrolment_key: str = ""  # good once; what it is exchanged for stays in the state directory
    enrolment_parameter: str = ""  # instead of the key: the name of the SSM parameter that it is put into
    region: str = ""  # of AWS, for what needs it
    state_dir: Path = Path("/var/lib/patchbay")  # keys, journal, registrations, dialogs, certificates: a volume
    run_dir: Path = Path("/run/patchbay")  # sockets and what is made anew at each start
    preload: Path = Path("/opt/patchbay/lib/preload.so")
    sip_address: str = "127.0.0.1"  # where phones and carriers reach this node: the public address itself
    # With other nodes of the same SBC: their private addresses and this one's, and what phones know of all of them.
    peers: tuple[str, ...] = ()
    peer_address: str = ""
    service_addresses: tuple[str, ...] = ()
    # Elastic IPs of EC2 as "allocation id=public address=private address of this machine that it is mapped to here";
    # those of peers with "=private address of the peer" behind
    elastic_ips: tuple[str, ...] = ()
    interface_id: str = ""  # of the network interface that they are mapped to
    peer_port: int = 5070  # Kamailio's, UDP
    peer_hook_port: int = 5071  # the hook's, UDP
    sip_port: int = 60110
    tls_port: int = 5061  # SIP over TLS; 0: none
    wss_port: int = 8443  # browser phones; 0: none
    rtp_ports: str = "28000-32767"
    hook_port: int = 9061
    rtpengine_ng_port: int = 9062
    rtpengine_cli_port: int = 9063
    origins: tuple[str, ...] = ()  # pages whose scripts may connect by WebSocket; none: any
    certificate_names: tuple[str, ...] = ()  # what phones call this SBC; none: a certificate of our own making only
    certificate_email: str = ""  # of the account at the certificate authority
    certificate_server: str = ""  # an ACME directory instead of the usual one
    drain_limit_s: int = 3600  # how long a stop waits for calls in progress; at most MOST_DRAIN_S
    # Of CloudWatch, for a node without containers: "part=log group", and the stream of each that is this node's
    log_groups: tuple[str, ...] = ()
    log_stream: str = ""
    log_endpoint: str = ""  # instead of the region's own
    sbc_settings: dict[str, Any] = field(default_factory=dict)
    hook_settings: dict[str, Any] = field(default_factory=dict)

    @property
    def elastic_addresses(self) -> tuple[ElasticAddress, ...]:
        return tuple(ElasticAddress(*each.split("=")) for each in self.elastic_ips)

    @property
    def log_groups_by_part(self) -> dict[str, str]:
        return dict(each.split("=", 1) for each in self.log_groups)

    @property
    def log_position(self) -> Path:
        """How far the journal has been sent."""
        return self.state_dir / "logs" / "position.json"

    @property
    def kamailio_dir(self) -> Path:
        return self.state_dir / "kamailio"

    @property
    def hook_dir(self) -> Path:
        return self.state_dir / "hook"

    @property
    def certificate(self) -> Path:
        """The private key and the chain in one file, so that they are replaced at once."""
        return self.state_dir / "certificates" / "node.pem"


def read_node_settings(environment: Mapping[str, str]) -> NodeSettings:
    """Raises NodeSettingsError naming the variable. Empty variables count as absent."""
    hints = get_type_hints(NodeSettings)
    values: dict[str, Any] = {}
    for each in fields(NodeSettings):
        name = PREFIX + each.name.upper()
        text = environment.get(name, "").strip()
        if text:
            values[each.name] = _read(hints[each.name], text, name=name)
    settings = NodeSettings(**values)
    rtp_range(settings)
    if any(each.count("=") not in {2, 3} for each in settings.elastic_ips):
        raise NodeSettingsError(
            "PATCHBAY_ELASTIC_IPS: expected allocation=public=private, or allocation=public=private=peer"
        )
    if (settings.elastic_ips or settings.enrolment_parameter) and not settings.region:
        raise NodeSettingsError("PATCHBAY_REGION: needed with PATCHBAY_ELASTIC_IPS and PATCHBAY_ENROLMENT_PARAMETER")
    if any(not re.fullmatch(r"[a-z]+=[\w./#-]+", each) for each in settings.log_groups):
        raise NodeSettingsError("PATCHBAY_LOG_GROUPS: expected part=log group")
    if settings.log_groups and not (settings.region and settings.log_stream):
        raise NodeSettingsError("PATCHBAY_LOG_STREAM and PATCHBAY_REGION: needed with PATCHBAY_LOG_GROUPS")
    if bool(settings.elastic_ips) != bool(settings.interface_id):
        raise NodeSettingsError("PATCHBAY_INTERFACE_ID: goes together with PATCHBAY_ELASTIC_IPS")
    if bool(settings.peers) != bool(settings.peer_address):
        raise NodeSettingsError("PATCHBAY_PEER_ADDRESS: goes together with PATCHBAY_PEERS")
    if settings.drain_limit_s > MOST_DRAIN_S:
        raise NodeSettingsError(f"PATCHBAY_DRAIN_LIMIT_S: at most {MOST_DRAIN_S}")
    if settings.certificate_names and "@" not in settings.certificate_email:
        raise NodeSettingsError("PATCHBAY_CERTIFICATE_EMAIL: needed with PATCHBAY_CERTIFICATE_NAMES")
    return settings


def rtp_range(settings: NodeSettings) -> tuple[int, int]:
    first, _, last = settings.rtp_ports.partition("-")
    if not (first.isdecimal() and last.isdecimal() and 1024 <= int(first) < int(last) <= 65535):
        raise NodeSettingsError("PATCHBAY_RTP_PORTS: expected a range such as 28000-32767")
    return int(first), int(last)


def _read(kind: Any, text: str, *, name: str) -> Any:
    if kind is int:
        if not text.isdecimal():
            raise NodeSettingsError(f"{name}: expected a number that isn't negative")
        return int(text)
    if kind == tuple[str, ...]:
        return tuple(part.strip() for part in text.split(",") if part.strip())
    if kind == dict[str, Any]:
        return _read_object(text, name=name)
    return kind(text)


def _read_object(text: str, *, name: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise NodeSettingsError(f"{name}: {error}") from error
    if not isinstance(found, dict):
        raise NodeSettingsError(f"{name}: expected a JSON object")
    return found
