"""Writes: everything that belongs together, in one all-or-nothing transaction with the reason for each refusal.

A change of something that routes also bumps the version of its snapshot part and leaves a feed item for each SBC
concerned, in the same transaction: a node can never miss it, nor see it before it is true.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.domain import ids
from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.sentences import say
from chalicelib.observability import logger
from chalicelib.storage import keys
from chalicelib.storage.database import Database, database
from chalicelib.storage.items import Item

MAX_OPERATIONS = 100  # DynamoDB's limit of one transaction
FEED_TTL_S = 3600
AUDIT_TTL_S = 400 * 86400
RETRIES = 5
RETRIED = {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}

NEW = "attribute_not_exists(PK)"
EXISTS = "attribute_exists(PK)"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who changes something, for the audit trail."""

    user_id: str
    name: str = ""
    acting_for: str = ""  # set when an ISP's user works inside a tenant by "View"


SYSTEM = Actor("system", "Patchbay")


@dataclass(frozen=True, slots=True)
class _Operation:
    request: dict[str, Any]
    on_conflict: PatchbayError


class Transaction:
    """Collects operations, then ``commit``s them. ``now_ms`` is the instant that all its items carry."""

    def __init__(self, *, now_ms: int | None = None, db: Database | None = None) -> None:
        self.now_ms = now_ms if now_ms is not None else time.time_ns() // 1_000_000
        self.db = db or database()
        self._operations: list[_Operation] = []
        self._bumped: set[tuple[str, str]] = set()
        self._checked: set[tuple[str, str]] = set()
        self._afterwards: list[Callable[[], None]] = []

    def __len__(self) -> int:
        return len(self._operations)

    def new_id(self, prefix: str) -> str:
        return ids.new_id(prefix, now_ms=self.now_ms, random_bytes=os.urandom(10))

    def put(self, item: Item, *, condition: str = "", on_conflict: PatchbayError | None = None, **values: Any) -> None:
        """Put an item; ``condition`` may use ``:name`` for keyword values (text or integers)."""
        self._add("Put", {"Item": item.serialize()}, condition, on_conflict, values)

    def put_new(self, item: Item, *, on_conflict: PatchbayError | None = None) -> None:
        self.put(item, condition=NEW, on_conflict=on_conflict or PatchbayError("already_exists"))

    def put_version(self, item: Item, *, expected: int) -> None:
        """Replace an item that must still have the version that was edited."""
        self.put(
            item,
            condition="version = :expected",
            on_conflict=PatchbayError("version_conflict"),
            expected=expected,
        )

    def delete(
        self, pk: str, sk: str, *, condition: str = "", on_conflict: PatchbayError | None = None, **values: Any
    ) -> None:
        self._add("Delete", _key(pk, sk), condition, on_conflict, values)

    def check(self, pk: str, sk: str, *, condition: str = EXISTS, on_conflict: PatchbayError, **values: Any) -> None:
        """Something else must be true at this instant, such as that what a field refers to exists."""
        self._add("ConditionCheck", _key(pk, sk), condition, on_conflict, values)

    def check_once(self, pk: str, sk: str, *, condition: str, on_conflict: PatchbayError, **values: Any) -> None:
        """``check`` for what several parts of one change depend on alike: a transaction takes one per item."""
        if (pk, sk) not in self._checked:
            self._checked.add((pk, sk))
            self.check(pk, sk, condition=condition, on_conflict=on_conflict, **values)

    def update(
        self,
        pk: str,
        sk: str,
        expression: str,
        *,
        condition: str = "",
        on_conflict: PatchbayError | None = None,
        names: dict[str, str] | None = None,
        **values: Any,
    ) -> None:
        """An update expression, such as ``ADD balance :amount``. ``names``: expression attribute names."""
        request: dict[str, Any] = {**_key(pk, sk), "UpdateExpression": expression}
        if names:
            request["ExpressionAttributeNames"] = names
        self._add("Update", request, condition, on_conflict, values)

    def bump(self, part_key: str, sbc_ids: Iterable[str]) -> None:
        """Part ``part_key`` has changed for these SBCs. Bumping it twice in one transaction counts once."""
        for sbc_id in sbc_ids:
            if (part_key, sbc_id) in self._bumped:
                continue
            self._bumped.add((part_key, sbc_id))
            self.update(keys.sbc_versions(sbc_id), part_key, "ADD version :one", one=1)
            self.order(part_key, sbc_id)

    def order(self, key: str, sbc_id: str) -> None:
        """A feed item alone: the nodes of the SBC are to do something that changes no part (``domain/live.py``)."""
        change = {
            "PK": keys.sbc_changes(sbc_id),
            "SK": self.new_id("chg"),
            "part_key": key,
            "ttl": self.now_ms // 1000 + FEED_TTL_S,
        }
        self._add("Put", {"Item": _raw(change)}, "", None, {})

    def audit(self, isp_id: str, actor: Actor, action: str, *, before: Any = None, after: Any = None) -> None:
        """Who did what to what; ``before``/``after`` are views without secrets."""
        entry = {
            "PK": keys.audit(isp_id) if isp_id else keys.platform_audit(),
            "SK": self.new_id("aud"),
            "kind": "Audit",
            "at": self.now_ms,
            "user_id": actor.user_id,
            "user_name": actor.name,
            "acting_for": actor.acting_for,
            "action": action,
            "before": json.dumps(before, default=str),
            "after": json.dumps(after, default=str),
            "ttl": self.now_ms // 1000 + AUDIT_TTL_S,
        }
        self._add("Put", {"Item": _raw(entry)}, "", None, {})

    def find_refused(self, error: PatchbayError) -> int | None:
        """The place of the operation whose condition failed, as ``commit`` raised it; None: it was no condition."""
        return next((place for place, found in enumerate(self._operations) if found.on_conflict is error), None)

    def afterwards(self, work: Callable[[], None]) -> None:
        """Done once the transaction has been committed; not part of it, so it must be able to be done again. If it
        fails that is logged, no more: what was asked for is done, and may not be told to be sent again."""
        self._afterwards.append(work)

    def commit(self, *, pause: Callable[[float], None] = time.sleep) -> None:
        """All or nothing. Raises the ``on_conflict`` of the first operation whose condition failed; contention is
        retried with growing pauses."""
        if len(self._operations) > MAX_OPERATIONS:
            raise PatchbayError("limit_reached", say("too_many_writes", n=len(self._operations)))
        for attempt in range(RETRIES):
            try:
                self.db.client.transact_write_items(
                    TransactItems=[operation.request for operation in self._operations],
                    ClientRequestToken=os.urandom(16).hex(),
                )
            except self.db.client.exceptions.TransactionCanceledException as error:
                self._raise_refusal(error)
                pause(0.02 * 2**attempt * (0.5 + random.random()))  # noqa: S311 - jitter
            else:
                break
        else:
            raise PatchbayError("try_again")
        for work in self._afterwards:
            try:
                work()
            except Exception:  # noqa: BLE001 - whatever it is
                logger().exception("the rest of a change waits for the next sweep")

    def _add(
        self, verb: str, request: dict[str, Any], condition: str, on_conflict: PatchbayError | None, values: Any
    ) -> None:
        request = {"TableName": self.db.table_name, **request}
        if condition:
            request["ConditionExpression"] = condition
        if values:
            request["ExpressionAttributeValues"] = _raw({f":{name}": value for name, value in values.items()})
        self._operations.append(_Operation({verb: request}, on_conflict or PatchbayError("version_conflict")))

    def _raise_refusal(self, error: ClientError) -> None:
        """Raise what the failed condition means; return when the cause is contention, which is worth a retry."""
        reasons = error.response.get("CancellationReasons", [])
        for operation, reason in zip(self._operations, reasons, strict=False):
            if reason.get("Code") == "ConditionalCheckFailed":
                raise operation.on_conflict from error
        if not any(reason.get("Code") in RETRIED for reason in reasons):
            raise error


def _key(pk: str, sk: str) -> dict[str, Any]:
    return {"Key": {"PK": {"S": pk}, "SK": {"S": sk}}}


def _raw(values: dict[str, Any]) -> dict[str, Any]:
    return {name: {"N": str(value)} if isinstance(value, int) else {"S": value} for name, value in values.items()}
