"""The machine of a node: a group of one, so that one which fails or changes is replaced by another in its place."""

from __future__ import annotations

from pathlib import Path

from aws_cdk import Duration, Stack, Tags
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.config import StageConfig
from infra.rules import accept
from infra.sbc_network import Identity, Network

_PREPARE = Path(__file__).resolve().parent.parent / "sbc" / "image" / "prepare-host.sh"
_INSTALLS_WITHIN_S = 900  # an instance; one of ECS has its images by then
_LONGEST_PAUSE_S = 3600  # that CloudFormation knows
# Without its volume, ECS' agent isn't to start the node on the machine's own disk, as one that was never enrolled.
_UNIT = """\
[Unit]
After=network-online.target
Wants=network-online.target
Before=docker.service ecs.service
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/bash /usr/local/sbin/patchbay-prepare-host
[Install]
WantedBy=multi-user.target
RequiredBy=ecs.service
"""


def make_role(scope: Construct) -> iam.Role:
    stack = Stack.of(scope)
    role = iam.Role(scope, "HostRole", assumed_by=iam.ServicePrincipal(f"ec2.{stack.url_suffix}"))
    role.add_managed_policy(iam.ManagedPolicy.from_aws_managed_policy_name("AmazonSSMManagedInstanceCore"))
    accept(
        role,
        "IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/AmazonSSMManagedInstanceCore]",
        "an operator's shell by Session Manager, without any open port; AWS keeps it in step with its agent",
    )
    return role


def make_machine(
    scope: Construct,
    *,
    config: StageConfig,
    network: Network,
    own: Identity,
    image: ec2.IMachineImage,
    user_data: ec2.UserData,
    role: iam.IRole,
) -> autoscaling.AutoScalingGroup:
    """One, or none before the SBC is started. A change of its template replaces it: the old one ends first, since there
    is only one interface and one volume."""
    template = ec2.LaunchTemplate(
        scope,
        "Template",
        machine_image=image,
        instance_type=ec2.InstanceType(config.sbc_instance_type),
        user_data=user_data,
        role=role,
        security_group=network.host_group,
        associate_public_ip_address=True,
        require_imdsv2=True,
        http_put_response_hop_limit=1,
        block_devices=[
            ec2.BlockDevice(
                device_name="/dev/xvda",
                volume=ec2.BlockDeviceVolume.ebs(30, encrypted=True, volume_type=ec2.EbsDeviceVolumeType.GP3),
            )
        ],
    )
    group = autoscaling.AutoScalingGroup(
        scope,
        "Machine",
        vpc=network.vpc,
        vpc_subnets=ec2.SubnetSelection(subnets=[network.vpc.public_subnets[own.plan.zone]]),
        launch_template=template,
        min_capacity=0,
        max_capacity=1,
        desired_capacity=1 if config.sbc_started else 0,
        update_policy=autoscaling.UpdatePolicy.rolling_update(
            max_batch_size=1,
            min_instances_in_service=0,
            pause_time=Duration.seconds(_pause_s(config)),
        ),
        group_metrics=[autoscaling.GroupMetrics.all()],
    )
    Tags.of(group).add("Name", f"{config.name}-{config.sbc_name}-{own.plan.name}")
    Tags.of(group).add("patchbay:node", own.plan.name)
    accept(group, "AS3", "one machine, whose node says by itself how it is")
    return group


def _pause_s(config: StageConfig) -> int:
    """Between a node's new machine and the next node's: the old one's calls have ended then and the new one is up."""
    drain_s = config.sbc_drain_s if config.sbc_variant == "containers" else 0
    return min(drain_s + _INSTALLS_WITHIN_S, _LONGEST_PAUSE_S)


def container_host(host_environment: str) -> ec2.UserData:
    """Amazon Linux with ECS' agent; the CDK adds the cluster's name."""
    data = ec2.UserData.for_linux()
    data.add_commands(
        "set -e",
        *_write("/etc/patchbay/host.env", host_environment),
        *_write("/usr/local/sbin/patchbay-prepare-host", _PREPARE.read_text()),
        *_write("/etc/systemd/system/patchbay-host.service", _UNIT),
        "command -v aws >/dev/null || dnf install -y -q awscli-2",
        "command -v mkfs.ext4 >/dev/null || dnf install -y -q e2fsprogs",  # Amazon Linux itself is on XFS
        "systemctl daemon-reload",
        "systemctl enable patchbay-host.service",
        "bash /usr/local/sbin/patchbay-prepare-host",
    )
    return data


def plain_host(host_environment: str, node_environment: str, *, region: str, bucket: str, key: str) -> ec2.UserData:
    """Debian; the code comes from the bucket as an archive. Its image has no agent of Systems Manager, without which
    nobody gets in: AWS keeps it in a bucket of each region."""
    agent = f"https://s3.{region}.amazonaws.com/amazon-ssm-{region}/latest/debian_amd64/amazon-ssm-agent.deb"
    data = ec2.UserData.for_linux()
    data.add_commands(
        "set -e",
        "export DEBIAN_FRONTEND=noninteractive",
        *_write("/etc/apt/apt.conf.d/90patchbay", 'DPkg::Lock::Timeout "600";\n'),  # the image updates itself meanwhile
        "apt-get update -q",
        "apt-get install -y -q --no-install-recommends awscli curl ca-certificates python3",
        f"curl -fsS -o /tmp/agent.deb {agent} && dpkg -i /tmp/agent.deb || echo no Session Manager >&2",
        f"aws s3 cp s3://{bucket}/{key} /tmp/patchbay.zip",
        "mkdir -p /opt/patchbay && python3 -m zipfile -e /tmp/patchbay.zip /opt/patchbay",
        *_write("/etc/patchbay/host.env", host_environment),
        *_write("/etc/patchbay/node.env", node_environment),
        "bash /opt/patchbay/sbc/image/install-node.sh",
    )
    return data


def _write(path: str, content: str) -> list[str]:
    end = "PATCHBAY_END"
    return [f"mkdir -p {Path(path).parent}", f"cat >{path} <<'{end}'\n{content}{end}"]
