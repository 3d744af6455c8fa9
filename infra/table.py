"""The one table: the keys of ``chalicelib/storage/schema.py``, on demand, restorable to any second of the last 35 days.

Its stream tells what has changed (new images only); expired items go by their ``ttl``.
"""

from __future__ import annotations

from typing import Any

from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from chalicelib.storage.schema import table_definition
from infra.config import StageConfig
from infra.removal import removal_of

TTL = "ttl"


class Table(Construct):
    """``table``: what others are granted to and take their names from. ``stream_arn``: "" without the change feed."""

    def __init__(self, scope: Construct, construct_id: str, *, config: StageConfig) -> None:
        super().__init__(scope, construct_id)
        wanted = table_definition(config.name)
        self.table = dynamodb.Table(
            self,
            "Table",
            table_name=wanted["TableName"],
            **_keys(wanted["KeySchema"]),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            time_to_live_attribute=TTL,
            stream=dynamodb.StreamViewType.NEW_IMAGE if config.change_feed else None,
            deletion_protection=config.keep_data,
            removal_policy=removal_of(config),
        )
        self.stream_arn = self.table.table_stream_arn or ""
        for index in wanted["GlobalSecondaryIndexes"]:
            self.table.add_global_secondary_index(
                index_name=index["IndexName"],
                projection_type=dynamodb.ProjectionType[index["Projection"]["ProjectionType"]],
                **_keys(index["KeySchema"]),
            )


def _keys(schema: list[dict[str, str]]) -> dict[str, Any]:
    by_kind = {key["KeyType"]: key["AttributeName"] for key in schema}
    text = dynamodb.AttributeType.STRING
    return {
        "partition_key": dynamodb.Attribute(name=by_kind["HASH"], type=text),
        "sort_key": dynamodb.Attribute(name=by_kind["RANGE"], type=text),
    }
