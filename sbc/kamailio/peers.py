"""What Kamailio's configuration has in addition when its SBC has several nodes."""

from __future__ import annotations

from sbc.addresses import is_held
from sbc.settings import SbcSettings


def peer_names(settings: SbcSettings) -> dict[str, str]:
    """Values by name. Without peers, nothing of it is in the configuration."""
    nothing = dict.fromkeys(
        ("switches", "listeners", "notifications", "holders", "greetings", "reminders", "nodes", "pattern"), ""
    )
    return {f"peer_{name}": value for name, value in (nothing | _names(settings)).items()} | {
        "shared": ";dmqreplicate=1" if settings.peers else ""
    }


def _names(settings: SbcSettings) -> dict[str, str]:
    if not settings.peers:
        return {}
    port = settings.peer_port
    others = [address for address in settings.phone_addresses if address != settings.sip_address]
    listeners = [f"listen={kind}:{address}:{settings.sip_port}" for address in others for kind in ("udp", "tcp")]
    listeners += [f"listen=udp:{settings.peer_address}:{port}", f"listen=udp:127.0.0.1:{port}"]
    return {
        "switches": "#!define WITH_PEERS",
        "listeners": "\n".join(listeners),
        "notifications": "\n".join(
            f'modparam("dmq", "notification_address", "sip:{peer}:{port}")' for peer in settings.peers
        ),
        "holders": "\n".join(
            f'\t$sht(holder=>{address}) = "{settings.peer_address}";\n\t$sht(here=>{address}) = 1;'
            for address in settings.phone_addresses
            if is_held(address)
        ),
        "greetings": "\n".join(
            f'\tdmq_send_message("notification_peer", "sip:{peer}:{port}",'
            f' "sip:{settings.peer_address}:{port};status=active\\r\\n", "text/plain");'
            for peer in settings.peers
        ),
        "reminders": "\n".join(
            f'\t\t\tdmq_send_message("missed", "sip:{peer}:{port}", "$var(told)", "application/json");'
            for peer in settings.peers
        ),
        "nodes": ",".join((settings.peer_address, *settings.peers)),
        "pattern": "|".join(node.replace(".", "[.]") for node in (settings.peer_address, *settings.peers)),
    }
