"""The one table: client, reads and pages. Writes go through ``transaction``."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar

from chalicelib.domain.errors import PatchbayError
from chalicelib.settings import settings
from chalicelib.storage import metering
from chalicelib.storage.items import Item

ItemT = TypeVar("ItemT", bound=Item)

Key = dict[str, Any]
GSI1 = "GSI1"
BATCH = 25  # DynamoDB's limit of one BatchWriteItem
BATCH_PAUSES_S = (0.05, 0.1, 0.2, 0.4, 0.8)  # when the table is too busy to take a whole batch

#: PynamoDB's own (30 s, four times) outlasts the API's function. Over a connection that died while that was frozen no
#: answer ever comes; all tries together, with pauses of at most 1, 2 and 4 s between them, end before it is killed.
PATIENCE = {"connect_timeout_seconds": 2, "read_timeout_seconds": 5, "max_retry_attempts": 3}
#: Kinds of failure that pass, by the service's own code or the class of botocore's exception.
PASSING = frozenset(
    {
        "InternalServerError", "ProvisionedThroughputExceededException", "RequestLimitExceeded", "ServiceUnavailable",
        "ThrottlingException", "TransactionInProgressException",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Page(Generic[ItemT]):
    items: list[ItemT]
    last_key: Key | None


def _is_current(raw: Key) -> bool:
    """DynamoDB removes expired items up to two days late; nobody sees them meanwhile."""
    return "ttl" not in raw or int(raw["ttl"]["N"]) > time.time()


def is_passing(error: BaseException) -> bool:
    """Whether the database was too busy or didn't answer: nothing is wrong with what was asked."""
    from botocore import exceptions as botocore

    if isinstance(error, botocore.ClientError):
        return error.response.get("Error", {}).get("Code") in PASSING
    return isinstance(error, (botocore.ConnectionError, botocore.HTTPClientError))


class Database:
    """A DynamoDB table behind a botocore client. Every read is strongly consistent unless it is of an index."""

    def __init__(self, client: Any, table_name: str) -> None:
        self.client = client
        self.table_name = table_name

    def find(self, kind: type[ItemT], pk: str, sk: str) -> ItemT | None:
        answer = self.client.get_item(
            TableName=self.table_name, Key={"PK": {"S": pk}, "SK": {"S": sk}}, ConsistentRead=True
        )
        found = answer.get("Item")
        return kind.from_raw_data(found) if found is not None and _is_current(found) else None

    def get(self, kind: type[ItemT], pk: str, sk: str) -> ItemT:
        found = self.find(kind, pk, sk)
        if found is None:
            raise PatchbayError("not_found")
        return found

    def page(
        self,
        kind: type[ItemT],
        pk: str,
        *,
        prefix: str = "",
        between: tuple[str, str] | None = None,
        limit: int = 50,
        after: Key | None = None,
        index: str | None = None,
        newest_first: bool = False,
    ) -> Page[ItemT]:
        """One query: the items of a partition whose sort key begins with ``prefix`` or lies ``between`` two."""
        hash_name, range_name = ("GSI1PK", "GSI1SK") if index else ("PK", "SK")
        condition, values = f"{hash_name} = :pk", {":pk": {"S": pk}}
        if between is not None:
            condition += f" AND {range_name} BETWEEN :low AND :high"
            values |= {":low": {"S": between[0]}, ":high": {"S": between[1]}}
        elif prefix:
            condition += f" AND begins_with({range_name}, :prefix)"
            values |= {":prefix": {"S": prefix}}
        request: dict[str, Any] = {
            "TableName": self.table_name,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": values,
            "Limit": limit,
            "ScanIndexForward": not newest_first,
        }
        request |= {"IndexName": index} if index else {"ConsistentRead": True}
        if after is not None:
            request["ExclusiveStartKey"] = after
        answer = self.client.query(**request)
        items = [kind.from_raw_data(item) for item in answer["Items"] if _is_current(item)]
        return Page(items, answer.get("LastEvaluatedKey"))

    def all(
        self, kind: type[ItemT], pk: str, *, prefix: str = "", between: tuple[str, str] | None = None
    ) -> list[ItemT]:
        """Every item of a bounded set (an ISP's carriers, a shard): as many queries as it takes."""
        found: list[ItemT] = []
        after: Key | None = None
        while True:
            page = self.page(kind, pk, prefix=prefix, between=between, limit=1000, after=after)
            found += page.items
            after = page.last_key
            if after is None:
                return found

    def get_many(
        self, kind: type[ItemT], keys: Sequence[tuple[str, str]], *, pause: Callable[[float], None] = time.sleep
    ) -> list[ItemT]:
        """Up to 100 items by key in one read; missing ones are left out, the order is not kept. Raises ``try_again``
        if the table stays too busy."""
        if not keys:
            return []
        wanted = [{"PK": {"S": pk}, "SK": {"S": sk}} for pk, sk in keys]
        found: list[ItemT] = []
        pauses = iter(BATCH_PAUSES_S)
        while wanted:
            request = {self.table_name: {"Keys": wanted[:100], "ConsistentRead": True}}
            answer = self.client.batch_get_item(RequestItems=request)
            items = answer["Responses"].get(self.table_name, [])
            found += [kind.from_raw_data(item) for item in items if _is_current(item)]
            left = answer.get("UnprocessedKeys", {}).get(self.table_name, {}).get("Keys", [])
            if len(left) == len(wanted[:100]):  # nothing of it was read
                pause_s = next(pauses, None)
                if pause_s is None:
                    raise PatchbayError("try_again")
                pause(pause_s)
            wanted = left + wanted[100:]
        return found

    def put_many(self, items: Sequence[Item]) -> None:
        """Writes that need no transaction: bulk that nobody looks at yet."""
        self._write_many([{"PutRequest": {"Item": item.serialize()}} for item in items])

    def delete_many(self, keys: Sequence[tuple[str, str]]) -> None:
        self._write_many([{"DeleteRequest": {"Key": {"PK": {"S": pk}, "SK": {"S": sk}}}} for pk, sk in keys])

    def _write_many(self, requests: list[dict[str, Any]]) -> None:
        left = requests
        for pause_s in (*[0.0] * (len(requests) // BATCH + 1), *BATCH_PAUSES_S):
            if not left:
                return
            time.sleep(pause_s)
            answer = self.client.batch_write_item(RequestItems={self.table_name: left[:BATCH]})
            left = answer.get("UnprocessedItems", {}).get(self.table_name, []) + left[BATCH:]
        if left:
            raise PatchbayError("try_again")


@cache
def database() -> Database:
    """The table of this process' settings. The connection is made at the first call, not at import."""
    from pynamodb.connection import Connection

    config = settings()
    # an embedded one shares its machine with all the rest and may take its time
    patience: dict[str, Any] = {} if config.dynamodb_endpoint else PATIENCE
    client = Connection(region=config.region, host=config.dynamodb_endpoint, **patience).client
    metering.attach(client)
    return Database(client, config.table_name)
