"""The bucket of imports and exports: private, reached by signed links alone, emptied by itself after two days."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.config import StageConfig
from infra.removal import removal_of
from infra.rules import accept

KEPT = Duration.days(2)  # a second guard: the application deletes files when their time has passed


class Files(Construct):
    def __init__(self, scope: Construct, construct_id: str, *, config: StageConfig) -> None:
        super().__init__(scope, construct_id)
        self.bucket = s3.Bucket(
            self,
            "Bucket",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            cors=[
                s3.CorsRule(
                    allowed_methods=[s3.HttpMethods.GET, s3.HttpMethods.PUT],
                    allowed_origins=[config.public_url],
                    allowed_headers=["Content-Type"],
                    max_age=3600,
                )
            ],
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="nothing-stays", expiration=KEPT, abort_incomplete_multipart_upload_after=Duration.days(1)
                )
            ],
            removal_policy=removal_of(config),
        )
        accept(self.bucket, "S1", "files live for a day; who asked for a link to one is in the audit trail")
