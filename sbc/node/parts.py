"""The settings of a node's parts, made of its own."""

from __future__ import annotations

from typing import Any

from sbc.node.settings import NodeSettings, rtp_range
from sbc.settings import SbcSettings, read_settings

# All of them with TLS leave a quarter free: with less than a fifth, Kamailio takes no new ones. Used as it is needed.
CONNECTIONS, SHARED_MEMORY_MB = 5000, 512
METRICS_S = 60.0  # between two lines for CloudWatch, whose finest period for them is a minute


def make_sbc_settings(settings: NodeSettings) -> SbcSettings:
    """Of Kamailio and rtpengine. ``sip_address`` must be known by now; raises ``sbc.settings.SettingsError``."""
    rtp_port_min, rtp_port_max = rtp_range(settings)
    content: dict[str, Any] = {
        "run_dir": str(settings.run_dir / "kamailio"),
        "state_dir": str(settings.kamailio_dir),
        "preload": str(settings.preload),
        "sip_address": settings.sip_address,
        "sip_port": settings.sip_port,
        "hook_port": settings.hook_port,
        "rtpengine_ng_port": settings.rtpengine_ng_port,
        "rtpengine_cli_port": settings.rtpengine_cli_port,
        "rtp_port_min": rtp_port_min,
        "rtp_port_max": rtp_port_max,
        "connections": CONNECTIONS,
        "shared_memory_mb": SHARED_MEMORY_MB,
        "websocket": {
            "tls_port": settings.wss_port,
            "certificate": str(settings.certificate),
            "private_key": str(settings.certificate),
            "origins": list(settings.origins),
        },
        "tls": {"port": settings.tls_port},
    }
    if settings.peers:
        content |= {
            "peers": list(settings.peers),
            "peer_address": settings.peer_address,
            "peer_port": settings.peer_port,
            "service_addresses": list(settings.service_addresses),
        }
    return read_settings(_merge(content, settings.sbc_settings))


def make_hook_settings(settings: NodeSettings, *, enrolled: dict[str, Any]) -> dict[str, Any]:
    """The content of the hook's settings file; ``enrolled``: what enrolment says of it."""
    sbc = make_sbc_settings(settings)
    content = {
        **enrolled,
        "data_dir": str(settings.hook_dir),
        "kamailio_socket": str(sbc.rpc_socket),
        "listen_port": settings.hook_port,
        "rtpengine_ng_port": settings.rtpengine_ng_port,
        "location_db": str(sbc.location_db),
        "media_timeout_s": sbc.timers.dead_media_s,
        "emf_interval_s": METRICS_S,
    }
    if settings.peers:
        content |= {
            "peers": [f"{peer}:{settings.peer_hook_port}" for peer in settings.peers],
            "peer_listen": f"{settings.peer_address}:{settings.peer_hook_port}",
            "service_addresses": list(settings.service_addresses),
        }
    return _merge(content, settings.hook_settings)


def _merge(content: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Groups are changed in part, as ``{"limits": {"ban_s": 60}}``."""
    merged = dict(content)
    for name, value in changes.items():
        inner = merged.get(name)
        merged[name] = _merge(inner, value) if isinstance(inner, dict) and isinstance(value, dict) else value
    return merged
