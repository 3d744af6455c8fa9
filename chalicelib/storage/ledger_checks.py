"""What the check of ledgers remembers: how far it has come, how far a long ledger is added up, and what it found."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Any

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.ledger_check import Reading, Total
from chalicelib.storage import keys
from chalicelib.storage.customers import CUSTOMER, Customer
from chalicelib.storage.database import Key, Page, database
from chalicelib.storage.items import Item
from chalicelib.storage.ledger import find_balance
from chalicelib.storage.scope import IspScope, PlatformScope
from chalicelib.storage.transaction import Transaction

PAGE = 1000


class LedgerWalk(Item, discriminator="LedgerWalk"):
    """One for the platform. ``isp_after``: JSON, the place in the list of ISPs before ``isp_id``; ``customer_sk``: the
    last customer of it that was checked. ``version`` tells two walkers apart."""

    started_at = NumberAttribute()
    finished_at = NumberAttribute(default=0)
    isp_after = UnicodeAttribute(default="null")
    isp_id = UnicodeAttribute(default="")
    customer_sk = UnicodeAttribute(default="")
    checked = NumberAttribute(default=0)
    version = NumberAttribute(default=1)


class LedgerMark(Item, discriminator="LedgerMark"):
    """Of a long ledger: what its entries up to ``upto`` add up to, so that they needn't be read again each day."""

    isp_id = UnicodeAttribute()
    upto = UnicodeAttribute()
    entries = NumberAttribute()
    amount_micros = NumberAttribute()
    since_at = NumberAttribute()
    doubted = BooleanAttribute(default=False)


class LedgerFinding(Item, discriminator="LedgerFinding"):
    """A balance that isn't the sum of its entries, until it is again."""

    isp_id = UnicodeAttribute()
    customer_id = UnicodeAttribute()
    isp_name = UnicodeAttribute(default="")
    customer_name = UnicodeAttribute(default="")
    found_at = NumberAttribute()
    seen_at = NumberAttribute()
    currency = UnicodeAttribute(default="")
    balance_micros = NumberAttribute()
    entries_micros = NumberAttribute()
    balance_entries = NumberAttribute()
    entries = NumberAttribute()


@dataclass(frozen=True, slots=True)
class Mark:
    """``upto``: the sort key of the last entry in ``total``. ``since_at``: when it was begun with the first entry.
    ``doubted``: it was begun again, since by an earlier reading the balance differed."""

    upto: str = ""
    total: Total = field(default_factory=Total)
    since_at: int = 0
    doubted: bool = False


class WalkMovedError(Exception):
    """Somebody else is walking."""


def find_walk(scope: PlatformScope) -> LedgerWalk | None:
    return database().find(LedgerWalk, scope.pk, keys.LEDGER_WALK)


def begin_walk(scope: PlatformScope, before: LedgerWalk | None, *, now_ms: int) -> LedgerWalk:
    """A new one from the first ISP on. Raises ``WalkMovedError``."""
    walk = LedgerWalk(pk=scope.pk, sk=keys.LEDGER_WALK, started_at=now_ms)
    if before is not None:
        walk.version = int(before.version) + 1
    return _put_walk(walk, new=before is None)


def move_walk(walk: LedgerWalk, **changes: Any) -> LedgerWalk:
    """Raises ``WalkMovedError``."""
    values = {name: value for name, value in walk.attribute_values.items() if name != "kind"}
    after = LedgerWalk(**values | changes)
    after.version = int(walk.version) + 1
    return _put_walk(after, new=False)


def _put_walk(walk: LedgerWalk, *, new: bool) -> LedgerWalk:
    lost = PatchbayError("version_conflict")
    tx = Transaction()
    if new:
        tx.put_new(walk, on_conflict=lost)
    else:
        tx.put(walk, condition="version = :seen", on_conflict=lost, seen=int(walk.version) - 1)
    try:
        tx.commit()
    except PatchbayError as error:
        if error is lost:
            raise WalkMovedError from error
        raise
    return walk


def isp_key(walk: LedgerWalk) -> Key | None:
    found: Key | None = json.loads(walk.isp_after)
    return found


def page_of_customers(scope: IspScope, *, after_sk: str, limit: int) -> list[Customer]:
    """By sort key, deleted ones last: their ledgers stay. One query, or two where one kind ends."""
    kinds = (CUSTOMER.sk_prefix, keys.DELETED + CUSTOMER.sk_prefix)
    found: list[Customer] = []
    for prefix in kinds[1:] if after_sk.startswith(kinds[1]) else kinds:
        after = _key(scope.pk, after_sk) if after_sk.startswith(prefix) else None
        while len(found) < limit:
            page = database().page(Customer, scope.pk, prefix=prefix, limit=limit - len(found), after=after)
            found += page.items
            after = page.last_key
            if after is None:
                break
    return found


def find_mark(scope: IspScope, customer_id: str) -> Mark:
    """An empty one for a ledger that has none."""
    found = database().find(LedgerMark, keys.customer(customer_id), keys.LEDGER_MARK)
    if found is None or found.isp_id != scope.isp_id:
        return Mark()
    total = Total(int(found.entries), int(found.amount_micros))
    return Mark(found.upto, total, int(found.since_at), bool(found.doubted))


def put_mark(scope: IspScope, customer_id: str, mark: Mark) -> None:
    tx = Transaction()
    tx.put(
        LedgerMark(
            pk=keys.customer(customer_id),
            sk=keys.LEDGER_MARK,
            isp_id=scope.isp_id,
            upto=mark.upto,
            entries=mark.total.entries,
            amount_micros=mark.total.amount_micros,
            since_at=mark.since_at,
            doubted=mark.doubted,
        )
    )
    tx.commit()


def stated_total(scope: IspScope, customer_id: str) -> Total:
    """What the balance says; nothing before the first entry."""
    found = find_balance(scope, customer_id)
    return Total() if found is None else Total(int(found.entries), int(found.balance_micros))


def add_page(customer_id: str, mark: Mark, *, until_ms: int | None = None) -> tuple[Mark, bool]:
    """``mark`` with the next page of entries added, and whether that was the last; ``until_ms``: only those that were
    booked before. One query, of the amounts alone. The customer was found to be the scope's before."""
    low, high = keys.LEDGER, keys.LEDGER + "~" if until_ms is None else keys.ledger_sk(until_ms, "")
    if mark.upto >= high:
        return mark, True
    pk = keys.customer(customer_id)
    answer = database().client.query(
        TableName=database().table_name,
        KeyConditionExpression="PK = :pk AND SK BETWEEN :low AND :high",
        ExpressionAttributeValues={":pk": {"S": pk}, ":low": {"S": low}, ":high": {"S": high}},
        ProjectionExpression="SK, amount_micros",
        ConsistentRead=True,
        Limit=PAGE,
        **({"ExclusiveStartKey": _key(pk, mark.upto)} if mark.upto else {}),
    )
    read = answer["Items"]
    upto = read[-1]["SK"]["S"] if read else mark.upto
    total = mark.total.plus(Total(len(read), sum(_amount(entry) for entry in read)))
    return replace(mark, upto=upto, total=total), "LastEvaluatedKey" not in answer


def _amount(entry: dict[str, Any]) -> int:
    """0 of an entry that was tampered with so that it has none: its ledger then differs, instead of stopping the walk
    before all those behind it."""
    return int(entry.get("amount_micros", {}).get("N", 0))


def page_of_findings(scope: PlatformScope, *, limit: int, after: Key | None) -> Page[LedgerFinding]:
    """One query."""
    return database().page(LedgerFinding, keys.ledger_findings(scope.pk), limit=limit, after=after)


def all_findings(scope: PlatformScope) -> dict[str, LedgerFinding]:
    """By customer."""
    found = database().all(LedgerFinding, keys.ledger_findings(scope.pk))
    return {str(finding.customer_id): finding for finding in found}


def put_finding(
    scope: IspScope, customer: Customer, reading: Reading, known: LedgerFinding | None, *, isp_name: str, now_ms: int
) -> None:
    tx = Transaction(now_ms=now_ms)
    stated = reading.after
    tx.put(
        LedgerFinding(
            pk=keys.ledger_findings(PlatformScope().pk),
            sk=customer.id,
            isp_id=scope.isp_id,
            customer_id=customer.id,
            isp_name=isp_name,
            customer_name=customer.name,
            found_at=now_ms if known is None else known.found_at,
            seen_at=now_ms,
            currency=customer.currency,
            balance_micros=stated.amount_micros,
            entries_micros=reading.read.amount_micros,
            balance_entries=stated.entries,
            entries=reading.read.entries,
        )
    )
    tx.commit()


def delete_finding(scope: IspScope, finding: LedgerFinding) -> None:
    """Does nothing for another ISP's."""
    if finding.isp_id != scope.isp_id:
        return
    tx = Transaction()
    tx.delete(finding.pk, finding.sk)
    tx.commit()


def _key(pk: str, sk: str) -> Key:
    return {"PK": {"S": pk}, "SK": {"S": sk}}
