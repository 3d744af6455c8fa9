"""What a node may do in AWS: its programs (``allow_node``, ``allow_logs``) and its machine (``allow_host``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.config import StageConfig
from infra.log_groups import node_log_group
from infra.rules import accept_wildcard
from infra.sbc_network import Identity
from infra.sbc_settings import enrolment_parameter, node_domain

_LISTED = "EC2 and Route 53 know no resources for requests that only look"
_QUEUES = "a node's queue is named by the ids that the API gives to SBC and node at enrolment"
_MACHINES = "machines come and go; only those with the tags of this stage and node"


def allow_node(
    scope: Construct, role: iam.IRole, *, config: StageConfig, own: Identity, all_nodes: Sequence[Identity]
) -> None:
    """Programs of this node: its queue, its key, its addresses, its certificate."""
    stack = Stack.of(scope)
    here = f"{stack.region}:{stack.account}"
    queues = f"arn:{stack.partition}:sqs:{here}:{config.name}-node-*"
    zone = f"arn:{stack.partition}:route53:::hostedzone/{config.hosted_zone_id}"
    changes = f"arn:{stack.partition}:route53:::change/*"
    taken = [each for each in all_nodes if each is own or each.plan.name == own.plan.stands_by_for]
    parameter = f"arn:{stack.partition}:ssm:{here}:parameter{enrolment_parameter(config, own.plan.name)}"
    names = [f"_acme-challenge.{name}" for name in (config.sbc_domain, node_domain(config, own.plan.name))]
    policy = iam.Policy(
        scope,
        "NodePolicy",
        roles=[role],
        statements=[
            _allow(["sqs:DeleteMessage", "sqs:ReceiveMessage"], [queues]),
            _allow(["ssm:GetParameter"], [parameter]),
            _allow(["ec2:AssociateAddress"], [_interface(scope, own), *(_elastic_ip(scope, each) for each in taken)]),
            _allow(["ec2:DescribeAddresses", "route53:ListHostedZones"], ["*"]),
            _allow(["route53:GetChange"], [changes]),
            _allow(
                ["route53:ChangeResourceRecordSets"],
                [zone],
                {
                    "ForAllValues:StringEquals": {
                        "route53:ChangeResourceRecordSetsNormalizedRecordNames": names,
                        "route53:ChangeResourceRecordSetsRecordTypes": ["TXT"],
                    }
                },
            ),
        ],
    )
    accept_wildcard(policy, queues, _QUEUES)
    accept_wildcard(policy, "*", _LISTED)
    accept_wildcard(policy, changes, "Route 53 gives each change an id of its own")


def allow_logs(
    scope: Construct, role: iam.IRole, *, config: StageConfig, own: Identity, log_groups: Iterable[str]
) -> None:
    """Its part ``logs``: this node's stream in the group of each program, where no log driver writes."""
    stack = Stack.of(scope)
    here = f"arn:{stack.partition}:logs:{stack.region}:{stack.account}"
    streams = [
        f"{here}:log-group:{node_log_group(config.name, program)}:log-stream:{own.plan.name}" for program in log_groups
    ]
    iam.Policy(
        scope,
        "LogsPolicy",
        roles=[role],
        statements=[_allow(["logs:CreateLogStream", "logs:PutLogEvents"], streams)],
    )


def allow_host(scope: Construct, role: iam.IRole, *, config: StageConfig, own: Identity) -> None:
    """Its machine: takes the node's interface and volume."""
    stack = Stack.of(scope)
    here = f"arn:{stack.partition}:ec2:{stack.region}:{stack.account}"
    machines = f"{here}:instance/*"
    volume = f"{here}:volume/{own.volume.volume_id}"
    tags = {"patchbay:stage": config.stage, "patchbay:node": own.plan.name}  # the group gives them to its machine
    tagged = {"StringEquals": {f"aws:ResourceTag/{name}": value for name, value in tags.items()}}
    policy = iam.Policy(
        scope,
        "HostPolicy",
        roles=[role],
        statements=[
            _allow(["ec2:DescribeNetworkInterfaces", "ec2:DescribeVolumes"], ["*"]),
            _allow(["ec2:AttachNetworkInterface"], [_interface(scope, own)]),
            _allow(["ec2:AttachVolume"], [volume]),
            _allow(["ec2:AttachNetworkInterface", "ec2:AttachVolume"], [machines], tagged),
        ],
    )
    accept_wildcard(policy, "*", _LISTED)
    accept_wildcard(policy, machines, _MACHINES)


def _interface(scope: Construct, one: Identity) -> str:
    stack = Stack.of(scope)
    return f"arn:{stack.partition}:ec2:{stack.region}:{stack.account}:network-interface/{one.interface.ref}"


def _elastic_ip(scope: Construct, one: Identity) -> str:
    stack = Stack.of(scope)
    return f"arn:{stack.partition}:ec2:{stack.region}:{stack.account}:elastic-ip/{one.allocation_id}"


def _allow(
    actions: list[str], resources: list[str], conditions: Mapping[str, object] | None = None
) -> iam.PolicyStatement:
    return iam.PolicyStatement(actions=actions, resources=resources, conditions=dict(conditions or {}))
