"""The always-on tier: the nodes of one SBC, on ECS or on plain instances, each with an identity (interface, Elastic IP,
volume) that outlives its machine. docs/deploy.md says how it is started and replaced."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from aws_cdk import Duration, IgnoreMode
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_s3_assets as assets
from constructs import Construct

from infra.config import StageConfig
from infra.observability import NodeLogs
from infra.removal import removal_of
from infra.rules import accept, accept_wildcard
from infra.sbc_containers import make_task
from infra.sbc_machine import container_host, make_machine, make_role, plain_host
from infra.sbc_network import Identity, Network, make_identity
from infra.sbc_plan import SIP_PORT, TLS_PORT, plan_nodes
from infra.sbc_roles import allow_host, allow_logs, allow_node
from infra.sbc_settings import file_of, host_environment, log_environment, node_domain, node_environment
from infra.zone import Zone

_ROOT = Path(__file__).resolve().parent.parent
_DEBIAN = "/aws/service/debian/release/12/latest/amd64"
_NOT_OF_NODE = [  # as the Dockerfiles' COPY lines
    "/*", "!/sbc", "!/chalicelib", "/chalicelib/*", "!/chalicelib/__init__.py", "!/chalicelib/domain", "__pycache__",
]  # fmt: skip
_KEPT_IMAGES = 20
_FAILOVER = Duration.minutes(1)  # of the names: how long a phone may hold on to a node that is gone for good


class Sbc(Construct):
    """``identities``: a node's lasting parts, by its name."""

    def __init__(
        self, scope: Construct, construct_id: str, *, config: StageConfig, zone: Zone, node_logs: NodeLogs
    ) -> None:
        super().__init__(scope, construct_id)
        self._config = config
        self._node_logs = node_logs
        self.network = Network(self, "Network", config=config)
        plans = plan_nodes(config.sbc_nodes)
        places = {plan.name: Construct(self, f"Node-{plan.name}") for plan in plans}
        self.identities = {
            plan.name: make_identity(places[plan.name], config=config, network=self.network, plan=plan)
            for plan in plans
        }
        everybody = tuple(self.identities.values())
        if config.sbc_variant == "containers":
            self._make_cluster()
        before: tuple[Construct, ...] = ()
        for own in everybody:
            made = self._make_node(places[own.plan.name], own, everybody)
            # nodes change one after the other, or a deployment would stop them all at once; machines after machines and
            # services after services, since no service starts before the cluster knows the machines of all
            for one, other in zip(made, before, strict=False):
                one.node.add_dependency(other)
            before = made
        self._name(zone.zone, everybody)

    def _make_cluster(self) -> None:
        self.repositories = {
            name: ecr.Repository(
                self,
                f"Images-{name}",
                repository_name=f"{self._config.name}/{name}",
                image_scan_on_push=True,
                empty_on_delete=not self._config.keep_data,
                removal_policy=removal_of(self._config),
                lifecycle_rules=[ecr.LifecycleRule(max_image_count=_KEPT_IMAGES)],
            )
            for name in ("sbc", "rtpengine")
        }
        self.cluster = ecs.Cluster(self, "Cluster", vpc=self.network.vpc, cluster_name=f"{self._config.name}-sbc")
        accept(self.cluster, "ECS4", "the nodes publish their own figures; Container Insights costs per container")

    def _make_node(self, place: Construct, own: Identity, everybody: Sequence[Identity]) -> tuple[Construct, ...]:
        """Its machine, and its service where there is one."""
        role = make_role(place)
        allow_host(place, role, config=self._config, own=own)
        host = file_of(host_environment(self._config, own, everybody))
        environment = node_environment(self._config, own, everybody)
        if self._config.sbc_variant == "containers":
            return self._make_service(place, own, everybody, role=role, host=host, environment=environment)
        allow_node(place, role, config=self._config, own=own, all_nodes=everybody)
        groups = self._node_logs.groups
        allow_logs(place, role, config=self._config, own=own, log_groups=groups)
        environment |= log_environment(own, groups)
        code = assets.Asset(place, "Code", path=str(_ROOT), ignore_mode=IgnoreMode.GIT, exclude=_NOT_OF_NODE)
        iam.Policy(
            place,
            "CodePolicy",
            roles=[role],
            statements=[
                iam.PolicyStatement(
                    actions=["s3:GetObject"], resources=[f"{code.bucket.bucket_arn}/{code.s3_object_key}"]
                )
            ],
        )
        data = plain_host(
            host, file_of(environment), region=self._config.region, bucket=code.s3_bucket_name, key=code.s3_object_key
        )
        image = ec2.MachineImage.from_ssm_parameter(_DEBIAN, os=ec2.OperatingSystemType.LINUX)
        machine = make_machine(
            place, config=self._config, network=self.network, own=own, image=image, user_data=data, role=role
        )
        return (machine,)

    def _make_service(
        self,
        place: Construct,
        own: Identity,
        everybody: Sequence[Identity],
        *,
        role: iam.Role,
        host: str,
        environment: dict[str, str],
    ) -> tuple[Construct, Construct]:
        config = self._config
        machine = make_machine(
            place,
            config=config,
            network=self.network,
            own=own,
            image=ecs.EcsOptimizedImage.amazon_linux2023(),
            user_data=container_host(host),
            role=role,
        )
        provider = ecs.AsgCapacityProvider(
            place,
            "Capacity",
            auto_scaling_group=machine,
            enable_managed_scaling=False,
            enable_managed_termination_protection=False,
            enable_managed_draining=True,  # a machine that is replaced stops its task first, which drains the node
        )
        self.cluster.add_asg_capacity_provider(provider)
        _accept_cluster(role)
        task_role = iam.Role(place, "NodeRole", assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"))
        allow_node(place, task_role, config=config, own=own, all_nodes=everybody)
        task = make_task(
            place,
            config=config,
            environment=environment,
            repositories=self.repositories,
            log_groups=self._node_logs.groups,
            role=task_role,
        )
        service = ecs.Ec2Service(
            place,
            "Service",
            cluster=self.cluster,
            service_name=f"{config.sbc_name}-{own.plan.name}",
            task_definition=task,
            desired_count=1 if config.sbc_started else 0,
            min_healthy_percent=0,
            max_healthy_percent=100,
            capacity_provider_strategies=[
                ecs.CapacityProviderStrategy(capacity_provider=provider.capacity_provider_name, weight=1)
            ],
        )
        service.node.add_dependency(
            self.cluster
        )  # and what tells it of capacity providers, which ECS wants to see first
        return machine, service

    def _name(self, zone: route53.IHostedZone, everybody: Sequence[Identity]) -> None:
        """``sip.<domain>`` is all nodes, ``a.sip.<domain>`` one; SRV records let phones fail over (RFC 3263)."""
        addresses = [each.public for each in everybody]
        name = self._config.sbc_domain
        route53.ARecord(
            self, "All", zone=zone, record_name=name, ttl=_FAILOVER,
            target=route53.RecordTarget.from_ip_addresses(*addresses),
        )  # fmt: skip
        for each in everybody:
            route53.ARecord(
                self, f"One-{each.plan.name}", zone=zone, record_name=node_domain(self._config, each.plan.name),
                ttl=_FAILOVER, target=route53.RecordTarget.from_ip_addresses(each.public),
            )  # fmt: skip
        for service, port in (("_sip._udp", SIP_PORT), ("_sip._tcp", SIP_PORT), ("_sips._tcp", TLS_PORT)):
            route53.SrvRecord(
                self, f"Srv{service}", zone=zone, record_name=f"{service}.{name}", ttl=_FAILOVER,
                values=[
                    route53.SrvRecordValue(
                        host_name=f"{node_domain(self._config, each.plan.name)}.", port=port, priority=10, weight=10
                    )
                    for each in everybody
                ],
            )  # fmt: skip


def _accept_cluster(role: iam.Role) -> None:
    """What the CDK lets ECS' agent do."""
    policy = role.node.find_child("DefaultPolicy")
    accept_wildcard(policy, "*", "ECS' agent: requests that know no resource, the others are bound to this cluster")
    accept(policy, "IAM5[Action::ecs:Submit*]", "ECS' agent reports the state of tasks by several such requests")
