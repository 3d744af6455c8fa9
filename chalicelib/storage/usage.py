"""Usage counters by UTC day and currency, moved in the transaction that stores or changes a call: so each call counts
once, however often its record arrives.

An ISP's are spread over shards: customers are written at the same time, and would wait for one item.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.domain.usage import Tally
from chalicelib.storage import keys
from chalicelib.storage.database import database
from chalicelib.storage.items import Item
from chalicelib.storage.scope import IspScope, TenantScope
from chalicelib.storage.transaction import Transaction

KEPT_DAYS = 1100  # three years, so that a year can be held against the one before

_ADD = ", ".join(f"{name} :{name}" for name in Tally.__slots__)


class UsageCount(Item, discriminator="UsageCount"):
    day = UnicodeAttribute()
    currency = UnicodeAttribute()
    attempts = NumberAttribute(default=0)
    answered = NumberAttribute(default=0)
    refused = NumberAttribute(default=0)
    talk_s = NumberAttribute(default=0)
    pdd_calls = NumberAttribute(default=0)
    pdd_ms = NumberAttribute(default=0)
    amount_micros = NumberAttribute(default=0)

    def tally(self) -> Tally:
        return Tally(**{name: int(getattr(self, name)) for name in Tally.__slots__})


@dataclass(frozen=True, slots=True)
class Counted:
    """What a call adds."""

    isp_id: str
    tenant_id: str
    call_id: str
    day: date
    currency: str
    tally: Tally


def count_usage(tx: Transaction, counted: Iterable[Counted]) -> None:
    """One update per tenant, day and currency, and one per ISP, day and currency: ``usage_updates`` of them."""
    sums: dict[tuple[str, date, int, str], Tally] = {}
    shard = None
    for one in counted:
        shard = keys.usage_shard(one.call_id) if shard is None else shard  # one for all: the fewer updates
        for pk, part in ((keys.isp_usage(one.isp_id), shard), (keys.tenant_usage(one.tenant_id), 0)):
            key = (pk, one.day, part, one.currency)
            sums[key] = sums.get(key, Tally()) + one.tally
    for (pk, day, part, currency), tally in sums.items():
        tx.update(
            pk,
            keys.usage_sk(day, part, currency),
            f"ADD {_ADD} SET #day = :day, currency = :currency, #kind = :kind, #ttl = :ttl",
            names={"#day": "day", "#kind": "kind", "#ttl": "ttl"},
            day=day.isoformat(),
            currency=currency,
            kind="UsageCount",
            ttl=_ttl(day),
            **asdict(tally),
        )


def usage_updates(tenants_and_days: Iterable[tuple[str, date]]) -> int:
    """How many updates ``count_usage`` makes for calls of one ISP in one currency."""
    distinct = set(tenants_and_days)
    return len(distinct) + len({day for _, day in distinct})


def usage_of_isp(scope: IspScope, first: date, last: date) -> list[tuple[date, str, Tally]]:
    return _read(keys.isp_usage(scope.isp_id), first, last)


def usage_of_tenant(scope: TenantScope, first: date, last: date) -> list[tuple[date, str, Tally]]:
    return _read(keys.tenant_usage(scope.tenant_id), first, last)


def _read(pk: str, first: date, last: date) -> list[tuple[date, str, Tally]]:
    """One query: of an ISP at most 8 small items a day and currency."""
    found = database().all(UsageCount, pk, between=(f"{first:%Y%m%d}", f"{last:%Y%m%d}~"))
    return [(date.fromisoformat(one.day), one.currency, one.tally()) for one in found]


def _ttl(day: date) -> int:
    end = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=KEPT_DAYS)
    return int(end.timestamp())
