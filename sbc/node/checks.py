"""How each part of a node is known to work."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from sbc.node.health import Check, HttpCheck, RtpengineCheck, SipCheck
from sbc.node.settings import NodeSettings

LOGS_BEHIND_S = 300.0
_LOOPBACK = "127.0.0.1"


def check_kamailio(settings: NodeSettings) -> Check:
    """By an address that is this machine's for certain; a public one may be at a peer."""
    if settings.peers:
        return check_peer(settings, settings.peer_address)
    return SipCheck(settings.sip_address, settings.sip_port)


def check_peer(settings: NodeSettings, address: str) -> Check:
    """Kamailio of the node with this private address."""
    return SipCheck(address, settings.peer_port, source=settings.peer_address)


def check_hook(settings: NodeSettings) -> Check:
    return HttpCheck(f"http://{_LOOPBACK}:{settings.hook_port}/health")


def check_rtpengine(settings: NodeSettings) -> Check:
    return RtpengineCheck(_LOOPBACK, settings.rtpengine_ng_port)


def check_certificate(settings: NodeSettings) -> Check:
    from sbc.node.certificates import is_in_force  # the image of rtpengine has no cryptography

    return lambda: is_in_force(settings, now=datetime.now(UTC))


def check_addresses(settings: NodeSettings) -> Check:
    """Whether the machine has a public address at all: its own, unless a peer has that now."""
    from sbc.node.address_map import held_here

    return lambda: not settings.elastic_ips or bool(held_here())


def check_logs(settings: NodeSettings) -> Check:
    """Whether lines have reached CloudWatch lately, where they are to: the hook alone writes one a minute."""

    def is_recent() -> bool:
        try:
            return time.time() - settings.log_position.stat().st_mtime < LOGS_BEHIND_S
        except FileNotFoundError:
            return False

    return lambda: not settings.log_groups or is_recent()
