"""The network of the SBC's nodes, its firewall, and what never changes of a node: interface, Elastic IP, volume."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import CfnTag, Size
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from infra.config import StageConfig
from infra.removal import removal_of
from infra.rules import accept
from infra.sbc_plan import NETWORK, PEER_PORTS, RTP_PORTS, SIP_PORT, TLS_PORT, ZONES, NodePlan

VOLUME_GB = 8
_EVERYWHERE = (
    "phones and carriers are anywhere: Kamailio limits, bans and authenticates (sbc/kamailio/routes/guard.cfg)"
)


class Network(Construct):
    """Public subnets only: a NAT gateway would cost as much as a node, and nodes are public anyway."""

    def __init__(self, scope: Construct, construct_id: str, *, config: StageConfig) -> None:
        super().__init__(scope, construct_id)
        self.vpc = ec2.Vpc(
            self,
            "Vpc",
            ip_addresses=ec2.IpAddresses.cidr(NETWORK),
            max_azs=ZONES,
            nat_gateways=0,
            restrict_default_security_group=False,
            subnet_configuration=[
                ec2.SubnetConfiguration(
                    name="node", subnet_type=ec2.SubnetType.PUBLIC, cidr_mask=24, map_public_ip_on_launch=True
                )
            ],
        )
        accept(self.vpc, "VPC7", "flow logs of RTP cost more than the nodes; who calls is in Kamailio's log")
        self.host_group = ec2.SecurityGroup(
            self, "Host", vpc=self.vpc, description="Nodes to the world: API, AWS, packages; nobody comes in"
        )
        self.node_group = ec2.SecurityGroup(
            self, "Node", vpc=self.vpc, description="Phones and carriers to a node, nodes to each other"
        )
        self._open(config)

    def _open(self, config: StageConfig) -> None:
        anybody = ec2.Peer.any_ipv4()
        rtp = ec2.Port.udp_range(*RTP_PORTS)
        ports = [ec2.Port.udp(SIP_PORT), rtp]
        ports += [ec2.Port.tcp(port) for port in (SIP_PORT, TLS_PORT, config.sbc_websocket_port)]
        for port in ports:
            self.node_group.add_ingress_rule(anybody, port)
        for number in PEER_PORTS:
            self.node_group.add_ingress_rule(self.node_group, ec2.Port.udp(number), "Nodes of this SBC")
        accept(self.node_group, "EC23", _EVERYWHERE)


@dataclass(frozen=True, slots=True)
class Identity:
    """What a machine takes on to be the node."""

    plan: NodePlan
    interface: ec2.CfnNetworkInterface
    elastic_ip: ec2.CfnEIP
    volume: ec2.Volume

    @property
    def public(self) -> str:
        return self.elastic_ip.ref

    @property
    def allocation_id(self) -> str:
        return self.elastic_ip.attr_allocation_id


def make_identity(scope: Construct, *, config: StageConfig, network: Network, plan: NodePlan) -> Identity:
    """Outlives every machine. The Elastic IP's place is where it begins; nodes move it (sbc/node/takeover.py)."""
    subnet = network.vpc.public_subnets[plan.zone]
    name = f"{config.name}-{config.sbc_name}-{plan.name}"
    tags = [CfnTag(key="Name", value=name)]
    interface = ec2.CfnNetworkInterface(
        scope,
        "Interface",
        subnet_id=subnet.subnet_id,
        group_set=[network.node_group.security_group_id],
        private_ip_addresses=[
            ec2.CfnNetworkInterface.PrivateIpAddressSpecificationProperty(primary=first, private_ip_address=address)
            for first, address in ((True, plan.address), (False, plan.mapped), (False, plan.standby))
        ],
        description=f"Node {plan.name} of {config.sbc_name}",
        tags=tags,
    )
    elastic_ip = ec2.CfnEIP(scope, "Address", domain="vpc", tags=tags)
    place = ec2.CfnEIPAssociation(
        scope,
        "Place",
        allocation_id=elastic_ip.attr_allocation_id,
        network_interface_id=interface.ref,
        private_ip_address=plan.mapped,
    )
    place.node.add_dependency(subnet.internet_connectivity_established)  # EC2 refuses it before
    keep = removal_of(config)
    lost = config.sbc_lost_volumes.count(plan.name)
    volume = ec2.Volume(
        scope,
        f"State{lost + 1}" if lost else "State",
        availability_zone=subnet.availability_zone,
        size=Size.gibibytes(VOLUME_GB),
        volume_type=ec2.EbsDeviceVolumeType.GP3,
        encrypted=True,
        removal_policy=keep,
    )
    return Identity(plan, interface, elastic_ip, volume)
