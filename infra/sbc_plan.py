"""Where the nodes of the stack's SBC live, as plain data: names, addresses, who stands by for whom."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

NETWORK = "10.60.0.0/22"
ZONES = 2  # of availability; each has one subnet, whose /24s the CDK takes from the network in order
_FIRST, _EACH = 16, 16  # hosts of a subnet: the first node's, and how many each has room for

SIP_PORT = 60110
TLS_PORT = 5061
PEER_PORTS = (5070, 5071)
RTP_PORTS = (28000, 32767)  # below the ports that Linux gives to outgoing connections; four a call


@dataclass(frozen=True, slots=True)
class NodePlan:
    """Private addresses of a node's own network interface. ``mapped``: what its Elastic IP belongs to; ``standby``: the
    place of the Elastic IP of the node that it stands by for."""

    name: str
    zone: int
    address: str
    mapped: str
    standby: str
    stands_by_for: str  # the name of another node; empty: of none

    @property
    def subnet(self) -> str:
        return str(ipaddress.IPv4Network(f"{self.address}/24", strict=False))

    @property
    def gateway(self) -> str:
        return str(next(ipaddress.IPv4Network(self.subnet).hosts()))


def plan_nodes(count: int) -> tuple[NodePlan, ...]:
    """Alternating between the zones; each stands by for the next, the last for the first."""
    names = "abcd"[:count]
    subnets = list(ipaddress.IPv4Network(NETWORK).subnets(new_prefix=24))
    found = []
    for number, name in enumerate(names):
        zone = number % ZONES
        first = subnets[zone].network_address + _FIRST + _EACH * (number // ZONES)
        following = names[(number + 1) % count]
        found.append(
            NodePlan(
                name=name,
                zone=zone,
                address=str(first),
                mapped=str(first + 1),
                standby=str(first + 2),
                stands_by_for=following if following != name else "",
            )
        )
    return tuple(found)
