"""A node as a task of ECS: five containers of two images on the host's network, which start and stop in order."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import Duration
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.config import StageConfig
from infra.rules import accept, accept_wildcard

_USER = "10600:10600"  # as the images' files and the volume have it: sbc/image/common.sh
_PYTHON = {"sbc": "python", "rtpengine": "/usr/bin/python3"}
_MEMORY_MB = {"rtpengine": 128, "hook": 256, "kamailio": 384, "certificates": 48, "addresses": 48}
_ESSENTIAL = ("rtpengine", "hook", "kamailio")


def make_task(
    scope: Construct,
    *,
    config: StageConfig,
    environment: Mapping[str, str],
    repositories: Mapping[str, ecr.IRepository],
    log_groups: Mapping[str, logs.ILogGroup],
    role: iam.IRole,
) -> ecs.Ec2TaskDefinition:
    volumes = [
        ecs.Volume(name="state", host=ecs.Host(source_path="/var/lib/patchbay")),
        ecs.Volume(name="run", host=ecs.Host(source_path="/run/patchbay")),
    ]
    task = ecs.Ec2TaskDefinition(scope, "Task", network_mode=ecs.NetworkMode.HOST, task_role=role, volumes=volumes)
    made = {
        part: _add(task, part, config=config, environment=environment, repositories=repositories, log_groups=log_groups)
        for part in _MEMORY_MB
    }
    # ECS stops in the opposite order: Kamailio first, which waits for calls that need the others
    for part in ("rtpengine", "hook"):
        made["kamailio"].add_container_dependencies(
            ecs.ContainerDependency(container=made[part], condition=ecs.ContainerDependencyCondition.HEALTHY)
        )
    execution = task.obtain_execution_role().node.find_child("DefaultPolicy")
    accept_wildcard(execution, "*", "ecr:GetAuthorizationToken knows no resource")
    accept(task, "ECS2", "addresses and names, which are no secrets: keys are in the node's volume")
    return task


def _add(
    task: ecs.Ec2TaskDefinition,
    part: str,
    *,
    config: StageConfig,
    environment: Mapping[str, str],
    repositories: Mapping[str, ecr.IRepository],
    log_groups: Mapping[str, logs.ILogGroup],
) -> ecs.ContainerDefinition:
    image = "rtpengine" if part == "rtpengine" else "sbc"
    container = task.add_container(
        part,
        image=ecs.ContainerImage.from_ecr_repository(repositories[image], config.sbc_release),
        environment={**environment, "PATCHBAY_PART": part},
        user="0:0" if part == "addresses" else _USER,
        essential=part in _ESSENTIAL,
        readonly_root_filesystem=True,
        memory_reservation_mib=_MEMORY_MB[part],
        linux_parameters=_rights(task, part),
        health_check=ecs.HealthCheck(
            command=["CMD", _PYTHON[image], "-m", "sbc.node", "health"],
            interval=Duration.seconds(10),
            timeout=Duration.seconds(5),
            retries=3,
            start_period=Duration.seconds(300),
        ),
        stop_timeout=Duration.seconds(config.sbc_drain_s + 60 if part == "kamailio" else 30),
        enable_restart_policy=True,
        restart_attempt_period=Duration.seconds(60),
        logging=ecs.LogDrivers.aws_logs(
            stream_prefix=part, log_group=log_groups[part], mode=ecs.AwsLogDriverMode.NON_BLOCKING
        ),
        ulimits=[ecs.Ulimit(name=ecs.UlimitName.NOFILE, soft_limit=65536, hard_limit=65536)],
    )
    for name, path in (("state", "/var/lib/patchbay"), ("run", "/run/patchbay")):
        container.add_mount_points(ecs.MountPoint(source_volume=name, container_path=path, read_only=False))
    return container


def _rights(task: ecs.Ec2TaskDefinition, part: str) -> ecs.LinuxParameters:
    """None, but for the one that has to change the host's addresses."""
    found = ecs.LinuxParameters(task, f"{part}-rights", init_process_enabled=True)
    found.drop_capabilities(ecs.Capability.ALL)
    if part == "addresses":
        found.add_capabilities(ecs.Capability.NET_ADMIN)
    return found
