"""The API: one REST API described from the application's own routes, one package, one function."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any, cast

from aws_cdk import Stack
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53_targets as targets
from constructs import Construct

from infra.application import Application
from infra.config import StageConfig
from infra.functions import Package, make_function
from infra.policies import API
from infra.removal import removal_of
from infra.rules import accept
from infra.zone import Zone

TIMEOUT_S = 29  # API Gateway waits no longer
STAGE = "live"  # the one stage of the REST API; the custom domain hides it

# What never reaches the application, in the form of all other problems (RFC 9457), as ``local/front`` says it.
_REFUSALS = {
    "MISSING_AUTHENTICATION_TOKEN": (404, "route_not_found", "There is nothing at this address."),
    "REQUEST_TOO_LARGE": (413, "body_too_large", "A request has at most 10485760 bytes."),
    "THROTTLED": (429, "try_again", "Too many requests at once; try again in a moment."),
    "INTEGRATION_TIMEOUT": (504, "try_again", "It took too long; try again."),
    "INTEGRATION_FAILURE": (502, "try_again", "The application didn't answer; try again."),
    "DEFAULT_4XX": (0, "bad_request", "The request can't be understood."),
    "DEFAULT_5XX": (0, "internal_error", "Something failed on our side; try again."),
}


class Api(Construct):
    """``function``, ``rest_api``, and its own domain. Whoever has no right is told so by the function, not here."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: StageConfig,
        application: Application,
        package: Package,
        zone: Zone,
    ) -> None:
        super().__init__(scope, construct_id)
        self.function = make_function(
            self,
            API,
            package=package,
            handler="app.app",
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
        self._accept_rules()

    def _make_rest_api(self, config: StageConfig, application: Application) -> apigateway.SpecRestApi:
        access_log = self._make_log("Access", config, name=f"/{config.name}/api-access")
        api = apigateway.SpecRestApi(
            self,
            "Rest",
            rest_api_name=config.name,
            api_definition=apigateway.ApiDefinition.from_inline(self._describe(config, application)),
            endpoint_types=[apigateway.EndpointType.REGIONAL],
            cloud_watch_role=True,  # of the account: without it API Gateway can't log at all
            deploy_options=apigateway.StageOptions(
                stage_name=STAGE,
                tracing_enabled=True,
                metrics_enabled=False,  # of each method; those of the whole API are there anyway, and cost nothing
                logging_level=apigateway.MethodLoggingLevel.ERROR,
                data_trace_enabled=False,  # requests hold passwords
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
        # API Gateway would make the group of its own errors itself, to be kept for ever
        name = f"API-Gateway-Execution-Logs_{api.rest_api_id}/{STAGE}"
        api.deployment_stage.node.add_dependency(self._make_log("Errors", config, name=name))
        return api

    def _make_log(self, construct_id: str, config: StageConfig, *, name: str) -> logs.LogGroup:
        removal = removal_of(config)
        group = logs.LogGroup(self, construct_id, log_group_name=name, removal_policy=removal)
        cast("logs.CfnLogGroup", group.node.default_child).retention_in_days = config.log_days
        return group

    def _accept_rules(self) -> None:
        accept(self.rest_api, "APIG2", "the application checks every request against its own schemas, and says why")
        accept(self.rest_api.deployment_stage, "APIG3", "a web ACL costs money when idle; attempts are counted anyway")
        accept(
            self.rest_api,
            "IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]",
            "API Gateway's own policy for its own logging",
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


def _problem(status: int, code: str, detail: str) -> dict[str, Any]:
    """A gateway response; ``status`` 0: whatever status it has, which then only its line says: templates of these
    answers know ``$context.error`` and no status."""
    number = f'"status":{status},' if status else ""
    title = HTTPStatus(status).phrase if status else "$context.error.responseType"
    body = f'{{"type":"about:blank","title":"{title}",{number}"code":"{code}","detail":"{detail}"}}'
    return {
        **({"statusCode": status} if status else {}),
        "responseParameters": {"gatewayresponse.header.Content-Type": "'application/problem+json'"},
        "responseTemplates": {"application/json": body},
    }


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
    # a response by its number, and path parameters by their names: an import refuses "default" and ranges
    operation = {"responses": {"200": {"description": ""}}, "x-amazon-apigateway-integration": integration}
    return {
        "openapi": "3.0.1",
        "info": {"title": title, "version": "1"},
        "paths": {
            path: {method.lower(): operation | _parameters(path) for method in methods}
            for path, methods in application.routes.items()
        },
        "x-amazon-apigateway-binary-media-types": application.binary_types,
        "x-amazon-apigateway-gateway-responses": {kind: _problem(*told) for kind, told in _REFUSALS.items()},
    }


def _parameters(path: str) -> dict[str, Any]:
    names = re.findall(r"{(\w+)}", path)
    told = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]
    return {"parameters": told} if told else {}
