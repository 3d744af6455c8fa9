"""Usage counters by UTC day and currency, moved in the transaction that stores or changes a call: so each call counts
once, however often its record arrives.

An ISP's are spread over shards: customers are written at the same time, and would wait for one item.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.usage import Tally
from chalicelib.storage import keys
from chalicelib.storage.database import database
from chalicelib.storage.items import Item
from chalicelib.storage.scope import IspScope, TenantScope
from chalicelib.storage.transaction import Transaction

KEPT_DAYS = 1100  # three years, so that a year can be held against the one before

_ADD = ", ".join(f"{name} :{name}" for name in Tally.__slots__)


class UsageCount(Item, discriminator="UsageCount"):
    """``moves`` counts the transactions that moved it, since release 0.3.0: one that looks the same was not moved."""

    day = UnicodeAttribute()
    currency = UnicodeAttribute()
    attempts = NumberAttribute(default=0)
    answered = NumberAttribute(default=0)
    refused = NumberAttribute(default=0)
    talk_s = NumberAttribute(default=0)
    pdd_calls = NumberAttribute(default=0)
    pdd_ms = NumberAttribute(default=0)
    amount_micros = NumberAttribute(default=0)
    moves = NumberAttribute(default=0)

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
        _add(tx, pk, part, _Added(day, currency, tally))


@dataclass(frozen=True, slots=True)
class _Added:
    day: date
    currency: str
    tally: Tally


def _add(
    tx: Transaction,
    pk: str,
    shard: int,
    added: _Added,
    *,
    condition: str = "",
    on_conflict: PatchbayError | None = None,
    **values: int,
) -> None:
    tx.update(
        pk,
        keys.usage_sk(added.day, shard, added.currency),
        f"ADD {_ADD}, moves :one SET #day = :day, currency = :currency, #kind = :kind, #ttl = :ttl",
        condition=condition,
        on_conflict=on_conflict,
        names={"#day": "day", "#kind": "kind", "#ttl": "ttl"},
        day=added.day.isoformat(),
        currency=added.currency,
        kind="UsageCount",
        ttl=_ttl(added.day),
        one=1,
        **asdict(added.tally),
        **values,
    )


def usage_updates(tenants_and_days: Iterable[tuple[str, date]]) -> int:
    """How many updates ``count_usage`` makes for calls of one ISP in one currency."""
    distinct = set(tenants_and_days)
    return len(distinct) + len({day for _, day in distinct})


@dataclass(frozen=True, slots=True)
class Correction:
    """What a tenant's counters of a day lack, by currency. ``seen``: all of its counters of that day, by currency, as
    they were before its calls were read; ``conflict``: raised if one of them has been moved since."""

    isp_id: str
    tenant_id: str
    day: date
    missing: Mapping[str, Tally]
    seen: Mapping[str, UsageCount]
    conflict: PatchbayError

    @property
    def operations(self) -> int:
        return len(self.missing.keys() | self.seen.keys())


def correct_usage(tx: Transaction, corrections: Iterable[Correction]) -> None:
    """Adds what is missing to the tenants' counters and to their ISP's: ``operations`` each, and one for each ISP, day
    and currency."""
    sums: dict[tuple[str, date, str], Tally] = {}
    shard = keys.usage_shard(tx.new_id("mig"))
    for one in corrections:
        for currency in sorted(one.missing.keys() | one.seen.keys()):
            _correct(tx, one, currency)
        for currency, tally in one.missing.items():
            place = (keys.isp_usage(one.isp_id), one.day, currency)
            sums[place] = sums.get(place, Tally()) + tally
    for (pk, day, currency), tally in sums.items():
        _add(tx, pk, shard, _Added(day, currency, tally))


def _correct(tx: Transaction, one: Correction, currency: str) -> None:
    pk, seen = keys.tenant_usage(one.tenant_id), one.seen.get(currency)
    condition, values = "attribute_not_exists(PK)", dict[str, int]()
    if seen is not None:
        expected = asdict(seen.tally()) | {"moves": int(seen.moves)}
        values = {f"seen_{name}": value for name, value in expected.items()}
        condition = " AND ".join(_still(name, value) for name, value in expected.items())
    if currency in one.missing:
        added = _Added(one.day, currency, one.missing[currency])
        _add(tx, pk, 0, added, condition=condition, on_conflict=one.conflict, **values)
    else:
        sk = keys.usage_sk(one.day, 0, currency)
        tx.check(pk, sk, condition=condition, on_conflict=one.conflict, **values)


def _still(name: str, value: int) -> str:
    """``moves`` isn't there before a transaction of this release has moved the counters."""
    return f"({name} = :seen_{name} OR attribute_not_exists({name}))" if value == 0 else f"{name} = :seen_{name}"


def currencies_of_day(scope: IspScope, day: date) -> set[str]:
    """Those in which anything of this ISP was counted. One query."""
    found = database().all(UsageCount, keys.isp_usage(scope.isp_id), prefix=f"{day:%Y%m%d}#")
    return {str(one.currency) for one in found}


def counters_of_day(
    tenant_ids: Iterable[str], day: date, currencies: Iterable[str]
) -> dict[str, dict[str, UsageCount]]:
    """By tenant and currency, for tenants of one ISP; one read for every 100."""
    wanted = [
        (keys.tenant_usage(tenant_id), keys.usage_sk(day, 0, currency))
        for tenant_id in sorted(tenant_ids)
        for currency in sorted(currencies)
    ]
    by_pk = {keys.tenant_usage(tenant_id): tenant_id for tenant_id in tenant_ids}
    counters: dict[str, dict[str, UsageCount]] = {}
    for found in database().get_many(UsageCount, wanted):
        counters.setdefault(by_pk[str(found.pk)], {})[str(found.currency)] = found
    return counters


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
