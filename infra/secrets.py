"""Secrets: the application makes its own on first use (``chalicelib/clients/secrets.py``); this one the stack makes,
because CloudFront has to know it too."""

from __future__ import annotations

from aws_cdk import RemovalPolicy
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.config import StageConfig
from infra.rules import accept


class Secrets(Construct):
    """``edge_key``: what CloudFront tells the API, so that it believes what CloudFront says of a viewer's address."""

    def __init__(self, scope: Construct, construct_id: str, *, config: StageConfig) -> None:
        super().__init__(scope, construct_id)
        self.edge_key = secretsmanager.Secret(
            self,
            "EdgeKey",
            secret_name=f"patchbay/{config.stage}/edge-key",
            description="Sent by CloudFront with every request to the API",
            generate_secret_string=secretsmanager.SecretStringGenerator(
                password_length=48, exclude_punctuation=True, include_space=False
            ),
            removal_policy=RemovalPolicy.DESTROY,
        )
        accept(
            self.edge_key,
            "SMG4",
            "CloudFront learns a new value only from a deployment; all it is worth is another's source address",
        )
