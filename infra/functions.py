"""A Lambda function of the one package: its role by hand, its log group, its environment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from aws_cdk import Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.config import StageConfig
from infra.policies import EVERY_FUNCTION, MAIL, MAIL_TRIAL, Statement, statements_of
from infra.removal import removal_of
from infra.rules import accept, accept_wildcard

RUNTIME = lambda_.Runtime.PYTHON_3_11  # Debian 12's, under which everything is tested and for which wheels are locked


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """What all functions have in common. ``resources``: ARNs by the names that ``infra/policies.py`` uses."""

    config: StageConfig
    code: lambda_.Code
    architecture: lambda_.Architecture
    environment: Mapping[str, str]
    resources: Mapping[str, str]


def make_function(
    scope: Construct,
    name: str,
    *,
    package: Package,
    handler: str,
    timeout_s: int,
    memory_mb: int,
    trigger: Sequence[Statement] = (),
    more_resources: Mapping[str, str] | None = None,
    **options: Any,
) -> lambda_.Function:
    """``trigger``: what calling the function needs. ``options``: more of CDK's ``Function``."""
    config = package.config
    full_name = f"{config.name}-{name}"
    group = logs.LogGroup(
        scope,
        f"{name}-logs",
        log_group_name=f"/aws/lambda/{full_name}",
        removal_policy=removal_of(config),
    )
    cast("logs.CfnLogGroup", group.node.default_child).retention_in_days = config.log_days
    role = iam.Role(scope, f"{name}-role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    known = {
        **package.resources,
        **(more_resources or {}),
        "log_group": f"{log_groups_arn(scope)}:/aws/lambda/{full_name}",
    }
    statements = (*statements_of(name), *trigger, *EVERY_FUNCTION)
    policy = iam.Policy(
        scope,
        f"{name}-policy",
        roles=[role],
        statements=[make_statement(one, known) for one in statements],
    )
    for one in statements:
        reason = MAIL_TRIAL if one is MAIL and config.mail_trial else one.wildcard
        for resource in one.resources if reason else ():
            accept_wildcard(policy, resource.format_map(known), reason)
    function = lambda_.Function(
        scope,
        name,
        function_name=full_name,
        runtime=RUNTIME,
        architecture=package.architecture,
        handler=handler,
        code=package.code,
        role=role.without_policy_updates(),  # what the CDK would add by itself is written down by hand
        log_group=group,
        environment=dict(package.environment),
        timeout=Duration.seconds(timeout_s),
        memory_size=memory_mb,
        tracing=lambda_.Tracing.ACTIVE,
        **options,
    )
    accept(function, "L1", "the runtime is Debian 12's Python, under which all is tested and compiled")
    function.node.add_dependency(policy)
    return function


def make_statement(statement: Statement, resources: Mapping[str, str]) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        actions=list(statement.actions), resources=[one.format_map(resources) for one in statement.resources]
    )


def log_groups_arn(scope: Construct) -> str:
    stack = Stack.of(scope)
    return f"arn:{stack.partition}:logs:{stack.region}:{stack.account}:log-group"
