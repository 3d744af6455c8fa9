"""Removes expired items from the embedded table, as DynamoDB's time to live does in AWS (Dynoxide doesn't)."""

from __future__ import annotations

from typing import Any

PAGE = 500


def expire_items(client: Any, table_name: str, *, now_s: int) -> int:
    """How many items were removed. The whole table is read, in pages; what got a later ``ttl`` meanwhile stays."""
    removed = 0
    start: dict[str, Any] = {}
    while True:
        page = client.scan(
            TableName=table_name,
            Limit=PAGE,
            FilterExpression="#ttl <= :now",
            ProjectionExpression="PK, SK",
            ExpressionAttributeNames={"#ttl": "ttl"},
            ExpressionAttributeValues={":now": {"N": str(now_s)}},
            **start,
        )
        removed += sum(_remove(client, table_name, key, now_s) for key in page["Items"])
        if "LastEvaluatedKey" not in page:
            return removed
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def _remove(client: Any, table_name: str, key: dict[str, Any], now_s: int) -> bool:
    try:
        client.delete_item(
            TableName=table_name,
            Key=key,
            ConditionExpression="#ttl <= :now",
            ExpressionAttributeNames={"#ttl": "ttl"},
            ExpressionAttributeValues={":now": {"N": str(now_s)}},
        )
    except client.exceptions.ConditionalCheckFailedException:
        return False
    return True
