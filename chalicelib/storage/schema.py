"""The table itself, for the embedded database and tests. On AWS infra/ makes it, with the same keys."""

from __future__ import annotations

from typing import Any


def table_definition(name: str) -> dict[str, Any]:
    """The CreateTable request: PK and SK, and one sparse index for lists by name."""
    return {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            {"AttributeName": attribute, "AttributeType": "S"} for attribute in ("PK", "SK", "GSI1PK", "GSI1SK")
        ],
        "KeySchema": _keys("PK", "SK"),
        "GlobalSecondaryIndexes": [
            {"IndexName": "GSI1", "KeySchema": _keys("GSI1PK", "GSI1SK"), "Projection": {"ProjectionType": "ALL"}}
        ],
    }


def create_table(client: Any, name: str) -> None:
    """Creates the table unless it is there."""
    try:
        client.create_table(**table_definition(name))
    except client.exceptions.ResourceInUseException:
        return


def _keys(partition: str, sort: str) -> list[dict[str, str]]:
    return [{"AttributeName": partition, "KeyType": "HASH"}, {"AttributeName": sort, "KeyType": "RANGE"}]
