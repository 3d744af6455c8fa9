"""The API: one REST API described from the application's own routes, one package, one function."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53_targets as targets
from constructs import Construct

from infra.application import Application
from infra.config import StageConfig
from infra.functions import make_function
from infra.policies import API
from infra.zone import Zone

TIMEOUT_S = 29  # API Gateway waits no longer
STAGE = "live"  # the one stage of the REST API; the custom domain hides it


class Api(Construct):
    """``function``, ``rest_api``, and its own domain. Whoever has no right is told so by the function, not here."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: StageConfig,
        application: Application,
        code: lambda_.Code,
        environment: Mapping[str, str],
        resources: Mapping[str, str],
        zone: Zone,
    ) -> None:
        super().__init__(scope, construct_id)
        self.function = make_function(
            self,
            API,
            config=config,
            code=code,
            handler="app.app",
            environment=environment,
            resources=resources,
            timeout_s=TIMEOUT_S,
            memory_mb=config.api_memory_mb,
            reserved_concurrent_executions=config.api_concurrency or None,
        )
        self.rest_api = self._make_rest_api(config, application)
        self.function.add_permission(
            "FromApi",
            principal=iam.ServicePrincipal("apigateway.amazonaws.com"),
            source_arn=self.rest_api.arn_for_execute_api(stage=STAGE),
        )
        self._name(config, zone)

    def _make_rest_api(self, config: StageConfig, application: Application) -> apigateway.SpecRestApi:
        access_log = logs.LogGroup(
            self,
            "Access",
            log_group_name=f"/{config.name}/api-access",
            removal_policy=RemovalPolicy.RETAIN if config.keep_data else RemovalPolicy.DESTROY,
        )
        return apigateway.SpecRestApi(
            self,
            "Rest",
            rest_api_name=config.name,
            api_definition=apigateway.ApiDefinition.from_inline(self._describe(config, application)),
            endpoint_types=[apigateway.EndpointType.REGIONAL],
            min_compression_size=None,
            cloud_watch_role=False,
            deploy_options=apigateway.StageOptions(
                stage_name=STAGE,
                tracing_enabled=True,
                metrics_enabled=True,
                throttling_rate_limit=config.api_rate,
                throttling_burst_limit=config.api_burst,
                access_log_destination=apigateway.LogGroupLogDestination(access_log),
                access_log_format=apigateway.AccessLogFormat.json_with_standard_fields(
                    caller=False,
                    http_method=True,
                    ip=True,
                    protocol=True,
                    request_time=True,
                    resource_path=True,
                    response_length=True,
                    status=True,
                    user=False,
                ),
            ),
        )

    def _describe(self, config: StageConfig, application: Application) -> dict[str, Any]:
        return describe_api(config.name, application, invocation_uri(self, self.function))

    def _name(self, config: StageConfig, zone: Zone) -> None:
        domain = apigateway.DomainName(
            self,
            "Domain",
            domain_name=config.api_domain,
            certificate=zone.api_certificate,
            endpoint_type=apigateway.EndpointType.REGIONAL,
            security_policy=apigateway.SecurityPolicy.TLS_1_2,
        )
        domain.add_base_path_mapping(self.rest_api, stage=self.rest_api.deployment_stage)
        target = route53.RecordTarget.from_alias(targets.ApiGatewayDomain(domain))
        route53.ARecord(self, "Ipv4", zone=zone.zone, record_name=config.api_domain, target=target)


def invocation_uri(scope: Construct, function: lambda_.Function) -> str:
    stack = Stack.of(scope)
    gateway = f"arn:{stack.partition}:apigateway:{stack.region}:lambda"
    return f"{gateway}:path/2015-03-31/functions/{function.function_arn}/invocations"


def describe_api(title: str, application: Application, uri: str) -> dict[str, Any]:
    """An OpenAPI document for API Gateway alone: where each method goes; ``/v1/openapi.json`` says what it means."""
    integration = {
        "type": "aws_proxy",
        "httpMethod": "POST",
        "uri": uri,
        "passthroughBehavior": "when_no_match",
        "timeoutInMillis": TIMEOUT_S * 1000,
    }
    operation = {"responses": {"default": {"description": ""}}, "x-amazon-apigateway-integration": integration}
    return {
        "openapi": "3.0.1",
        "info": {"title": title, "version": "1"},
        "paths": {
            path: {method.lower(): operation for method in methods} for path, methods in application.routes.items()
        },
        "x-amazon-apigateway-binary-media-types": application.binary_types,
    }
