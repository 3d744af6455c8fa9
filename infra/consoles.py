"""The consoles: a private bucket behind CloudFront, which passes ``/v1`` on to the API: both share one origin."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aws_cdk import Annotations, CfnOutput, Duration
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53_targets as targets
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.config import StageConfig
from infra.delivery import Delivery, read_delivery
from infra.files import Files
from infra.removal import removal_of
from infra.rules import accept
from infra.secrets import Secrets
from infra.zone import Zone

EDGE_HEADER = "X-Patchbay-Edge"  # chalicelib/handlers/source.py
FUNCTION = Path(__file__).with_name("viewer_request.js")
_YEAR = Duration.days(365)


class Consoles(Construct):
    """``distribution``, and the ``bucket`` that ``python -m infra.publish_consoles`` fills."""

    def __init__(
        self, scope: Construct, construct_id: str, *, config: StageConfig, files: Files, secrets: Secrets, zone: Zone
    ) -> None:
        super().__init__(scope, construct_id)
        self.bucket = s3.Bucket(
            self,
            "Bucket",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            removal_policy=removal_of(config),
        )
        accept(self.bucket, "S1", "it holds the same public files for everybody, read by CloudFront alone")
        self._delivery = read_delivery(
            websocket_origins=config.websocket_origins,
            files_origin=f"https://{files.bucket.bucket_regional_domain_name}",
        )
        self.distribution = self._make_distribution(config, secrets, zone)
        Annotations.of(self.distribution).acknowledge_warning(
            "@aws-cdk/aws-cloudfront-origins:listBucketSecurityRisk",
            "the bucket's root is never asked for: see the function",
        )
        accept(self.distribution, "CFR1", "ISPs and their subscribers live in any country")
        accept(self.distribution, "CFR2", "a web ACL costs money when idle; attempts are counted anyway")
        accept(self.distribution, "CFR3", "what matters, the API's requests, is logged by API Gateway")
        for record in (route53.ARecord, route53.AaaaRecord):
            target = route53.RecordTarget.from_alias(targets.CloudFrontTarget(self.distribution))
            record(self, record.__name__, zone=zone.zone, record_name=config.domain, target=target)
        outputs = {
            "ConsolesAddress": config.public_url,
            "ConsolesBucketName": self.bucket.bucket_name,
            "ConsolesDistributionId": self.distribution.distribution_id,
        }
        for name, value in outputs.items():  # infra/publish_consoles.py reads them
            CfnOutput(self, name, value=value).override_logical_id(name)

    def _make_distribution(self, config: StageConfig, secrets: Secrets, zone: Zone) -> cloudfront.Distribution:
        behaviour = self._make_behaviours(config)
        api = origins.HttpOrigin(
            config.api_domain,
            custom_headers={EDGE_HEADER: secrets.edge_key.secret_value.unsafe_unwrap()},  # resolved when deployed
            origin_ssl_protocols=[cloudfront.OriginSslPolicy.TLS_V1_2],
            protocol_policy=cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
            read_timeout=Duration.seconds(35),  # longer than API Gateway takes
        )
        return cloudfront.Distribution(
            self,
            "Distribution",
            comment=f"Patchbay, {config.stage}",
            domain_names=[config.domain],
            certificate=zone.console_certificate,
            minimum_protocol_version=cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            default_behavior=behaviour[""],
            additional_behaviors={
                "/v1/*": cloudfront.BehaviorOptions(
                    origin=api,
                    allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
                    cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
                    origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
                    viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
                ),
                **{f"/{entry}*": options for entry, options in behaviour.items() if entry},
            },
        )

    def _make_behaviours(self, config: StageConfig) -> dict[str, cloudfront.BehaviorOptions]:
        """By entry; the one of "" is for everything that has no headers of its own."""
        origin = origins.S3BucketOrigin.with_origin_access_control(
            self.bucket,
            # names at CloudFront are of all regions: the same stage may have to stand up in another one
            origin_access_control=cloudfront.S3OriginAccessControl(
                self, "Access", origin_access_control_name=f"{config.name}-{config.region}"
            ),
            # listing makes a missing file a 404 instead of a refusal; the function keeps the bucket's root from viewers
            origin_access_levels=[cloudfront.AccessLevel.READ, cloudfront.AccessLevel.LIST],
        )
        function = cloudfront.Function(
            self,
            "ViewerRequest",
            code=cloudfront.FunctionCode.from_inline(render_function(self._delivery)),
            runtime=cloudfront.FunctionRuntime.JS_2_0,
            comment="Which object a path of the consoles stands for",
        )
        association = cloudfront.FunctionAssociation(
            function=function, event_type=cloudfront.FunctionEventType.VIEWER_REQUEST
        )
        return {
            entry: cloudfront.BehaviorOptions(
                origin=origin,
                compress=True,
                cache_policy=cloudfront.CachePolicy.CACHING_OPTIMIZED,
                viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
                function_associations=[association],
                response_headers_policy=self._make_headers(config, entry),
            )
            for entry in ("", *self._delivery.entry_headers)
        }

    def _make_headers(self, config: StageConfig, entry: str) -> cloudfront.ResponseHeadersPolicy:
        name = entry or "files"
        return cloudfront.ResponseHeadersPolicy(
            self,
            f"Headers-{name}",
            response_headers_policy_name=f"{config.name}-{config.region}-{name}",
            **security_headers(self._delivery.headers_of(entry)),
        )


def render_function(delivery: Delivery) -> str:
    kept = json.dumps([delivery.immutable, delivery.fixed])
    return FUNCTION.read_text().replace("__ENTRIES__", json.dumps(list(delivery.entries))).replace("__KEPT__", kept)


def security_headers(headers: Mapping[str, str]) -> dict[str, Any]:
    """The arguments of a ``ResponseHeadersPolicy``: CloudFront takes some headers only by fields of their own."""
    left = dict(headers)
    policy = left.pop("Content-Security-Policy")
    referrer = cloudfront.HeadersReferrerPolicy[left.pop("Referrer-Policy").replace("-", "_").upper()]
    if left.pop("X-Content-Type-Options") != "nosniff":
        raise ValueError("CloudFront knows X-Content-Type-Options: nosniff alone")
    return {
        "security_headers_behavior": cloudfront.ResponseSecurityHeadersBehavior(
            content_security_policy=cloudfront.ResponseHeadersContentSecurityPolicy(
                content_security_policy=policy, override=True
            ),
            content_type_options=cloudfront.ResponseHeadersContentTypeOptions(override=True),
            referrer_policy=cloudfront.ResponseHeadersReferrerPolicy(referrer_policy=referrer, override=True),
            strict_transport_security=cloudfront.ResponseHeadersStrictTransportSecurity(
                access_control_max_age=_YEAR, include_subdomains=False, override=True
            ),
        ),
        "custom_headers_behavior": cloudfront.ResponseCustomHeadersBehavior(
            custom_headers=[
                cloudfront.ResponseCustomHeader(header=name, value=value, override=True) for name, value in left.items()
            ]
        ),
    }
