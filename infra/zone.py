"""The domain: its public zone exists already; here are the certificates that its names need."""

from __future__ import annotations

from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_route53 as route53
from constructs import Construct

from infra.config import HOME_REGION, StageConfig


class Zone(Construct):
    """``zone``; ``api_certificate`` of this region, ``console_certificate`` of us-east-1, as CloudFront wants it."""

    def __init__(self, scope: Construct, construct_id: str, *, config: StageConfig) -> None:
        super().__init__(scope, construct_id)
        self.zone = route53.HostedZone.from_hosted_zone_attributes(
            self, "Zone", hosted_zone_id=config.hosted_zone_id, zone_name=config.domain
        )
        validation = acm.CertificateValidation.from_dns(self.zone)
        self.api_certificate = acm.Certificate(self, "Api", domain_name=config.api_domain, validation=validation)
        self.console_certificate: acm.ICertificate
        if config.region == HOME_REGION:
            self.console_certificate = acm.Certificate(
                self, "Consoles", domain_name=config.domain, validation=validation
            )
        else:
            self.console_certificate = acm.Certificate.from_certificate_arn(
                self, "Consoles", config.console_certificate_arn
            )
