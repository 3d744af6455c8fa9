"""Usage counters began with release 0.2.0: the calls of before aren't in them, and nothing in a call says so.

What a tenant's counters of a UTC day lack is the sum over its stored calls less what was counted. Every transaction
that stores a call, or rates one again, moves the tenant's counters along with it. So if the counters are read first and
the calls after them, and the counters are still the same when what is missing is added, no call came or changed in
between: the sum and the counters are of one instant. That condition is part of the transaction that adds it; whoever
loses the race reads again. The ISP's counters move along by the same amounts, since each call was counted in both or in
neither.

A step reads a day of an ISP from its light entries, whose tenants may have been deleted meanwhile. While a day isn't
over, a busy tenant may win the race again and again: it is then left for a later round.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.usage import Tally, day_of, tally_call
from chalicelib.migrations.migration import MOST_WRITES, Migration, Place, Step
from chalicelib.migrations.walk import begin_isp, end_isp
from chalicelib.schemas.cdrs import MAX_CLOCK_ERROR_MS
from chalicelib.storage.cdrs import DAY_MS, CallEntry, entries_between, first_call_between
from chalicelib.storage.customers import currency_of_customer
from chalicelib.storage.isps import Isp, get_isp
from chalicelib.storage.scope import IspScope
from chalicelib.storage.transaction import Transaction
from chalicelib.storage.usage import (
    KEPT_DAYS,
    Correction,
    UsageCount,
    correct_usage,
    counters_of_day,
    currencies_of_day,
)

MARGIN_MS = 3_600_000  # calls are found by the time in their ids, which nodes take at the same instant as ``setup_at``
TRIES = 3  # within a step, against calls that are stored meanwhile
PAUSE_MS = 15 * 60_000  # before a round for what was left, after the day that is still going on


@dataclass(slots=True)
class Sums:
    """Of a tenant's calls of one day. ``amounts`` by currency; ``tally`` is without them."""

    tally: Tally = field(default_factory=Tally)
    amounts: dict[str, int] = field(default_factory=dict)
    customer_id: str = ""

    def add(self, entry: CallEntry) -> None:
        summary = entry.summary
        self.tally += tally_call(summary, ())
        self.customer_id = summary["customer_id"]
        if summary["amount_micros"]:
            self.amounts[summary["currency"]] = self.amounts.get(summary["currency"], 0) + summary["amount_micros"]


def step(place: Place, tx: Transaction) -> Step:
    """One day of one ISP."""
    if "isp_id" not in place:
        return begin_isp(place)
    isp = get_isp(place["isp_id"])
    day = _next_day(isp, place.get("day", ""), now_ms=tx.now_ms)
    if day is None:
        return Step(end_isp(place))
    seen, changed, lost = _correct_day(isp, day, now_ms=tx.now_ms)
    after = place | {"day": (day + timedelta(days=1)).isoformat(), "changed": place["changed"] + changed}
    if lost:
        over = max(_begin(day) + DAY_MS, tx.now_ms)
        after["again_at"] = max(place.get("again_at", 0), over + PAUSE_MS)
    return Step(after, seen=seen, changed=changed)


def _next_day(isp: Isp, reached: str, *, now_ms: int) -> date | None:
    """The first day from ``reached`` on that may have calls."""
    oldest = max(day_of(int(isp.created_at)) - timedelta(days=1), day_of(now_ms) - timedelta(days=KEPT_DAYS - 1))
    first = max(date.fromisoformat(reached), oldest) if reached else oldest
    found_at = first_call_between(IspScope(isp.id), _begin(first) - MARGIN_MS, now_ms + MAX_CLOCK_ERROR_MS)
    if found_at is None:
        return None
    day = max(first, day_of(found_at) - timedelta(days=1))
    return day if day <= day_of(now_ms) + timedelta(days=1) else None


def _correct_day(isp: Isp, day: date, *, now_ms: int) -> tuple[int, int, bool]:
    """How many tenants had calls, how many were corrected, and whether one is left for later."""
    sums = _read_day(isp.id, day)
    tenants, changed = len(sums), 0
    for _ in range(TRIES):
        seen = counters_of_day(sums, day, currencies_of_day(IspScope(isp.id), day) | _currencies(isp, sums))
        if not any(_differ(found, seen.get(tenant_id, {})) for tenant_id, found in sums.items()):
            return tenants, changed, False
        sums = _read_day(isp.id, day)  # after the counters were
        corrections = list(_corrections(isp, day, sums, seen, now_ms=now_ms))
        done = sum(_commit(portion, now_ms) for portion in _portions(corrections))
        changed += done
        if done == len(corrections):
            return tenants, changed, False
    return tenants, changed, True


def _read_day(isp_id: str, day: date) -> dict[str, Sums]:
    """By tenant."""
    begin = _begin(day)
    sums: dict[str, Sums] = {}
    for entry in entries_between(IspScope(isp_id), begin - MARGIN_MS, begin + DAY_MS - 1 + MARGIN_MS):
        if day_of(entry.summary["setup_at"]) == day:
            sums.setdefault(entry.tenant_id, Sums()).add(entry)
    return sums


def _currencies(isp: Isp, sums: dict[str, Sums]) -> set[str]:
    return {str(isp.currency)} | {currency for one in sums.values() for currency in one.amounts}


def _corrections(
    isp: Isp, day: date, sums: dict[str, Sums], seen: dict[str, dict[str, UsageCount]], *, now_ms: int
) -> Iterator[Correction]:
    expires = _begin(day) + int(isp.cdr_retention_days) * DAY_MS <= now_ms
    for tenant_id, found in sums.items():
        counters = seen.get(tenant_id, {})
        if expires and counters:
            continue  # some of its calls may have been deleted since they were counted
        missing = _missing(isp, found, counters)
        if missing:
            yield Correction(isp.id, tenant_id, day, missing, counters, PatchbayError("try_again"))


def _differ(found: Sums, counters: dict[str, UsageCount]) -> bool:
    return any(_lacks(found, counters).values()) or bool(_amounts(found, counters))


def _missing(isp: Isp, found: Sums, counters: dict[str, UsageCount]) -> dict[str, Tally]:
    """By currency; nothing if more was counted than is stored: calls are deleted, never their counts."""
    lacks = _lacks(found, counters)
    if min(lacks.values()) < 0:
        return {}
    missing = {currency: Tally(amount_micros=amount) for currency, amount in _amounts(found, counters).items()}
    if any(lacks.values()):
        main = _main_currency(isp, found, counters)
        missing[main] = missing.get(main, Tally()) + Tally(**lacks)
    return missing


def _lacks(found: Sums, counters: dict[str, UsageCount]) -> dict[str, int]:
    """All but the amounts, over all currencies: in which of them a call was counted shows nowhere."""
    counted = sum((counter.tally() for counter in counters.values()), Tally())
    names = [name for name in Tally.__slots__ if name != "amount_micros"]
    return {name: getattr(found.tally, name) - getattr(counted, name) for name in names}


def _amounts(found: Sums, counters: dict[str, UsageCount]) -> dict[str, int]:
    """By currency, those that differ."""
    counted = {currency: int(counter.amount_micros) for currency, counter in counters.items()}
    both = {currency: found.amounts.get(currency, 0) - counted.get(currency, 0) for currency in found.amounts | counted}
    return {currency: amount for currency, amount in both.items() if amount}


def _main_currency(isp: Isp, found: Sums, counters: dict[str, UsageCount]) -> str:
    known = sorted(found.amounts) or sorted(counters)
    return known[0] if known else currency_of_customer(IspScope(isp.id), found.customer_id) or str(isp.currency)


def _portions(corrections: list[Correction]) -> Iterator[list[Correction]]:
    """As many tenants as fit one transaction with the ISP's counters."""
    portion: list[Correction] = []
    writes = 0
    for one in corrections:
        if portion and writes + 2 * one.operations > MOST_WRITES:
            yield portion
            portion, writes = [], 0
        portion.append(one)
        writes += 2 * one.operations  # at worst each in a currency that no other has
    if portion:
        yield portion


def _commit(portion: list[Correction], now_ms: int) -> int:
    """How many were corrected: not those whose counters have moved meanwhile."""
    while portion:
        tx = Transaction(now_ms=now_ms)
        correct_usage(tx, portion)
        try:
            tx.commit()
        except PatchbayError as error:
            left = [one for one in portion if one.conflict is not error]
            if len(left) == len(portion):
                raise
            portion = left
        else:
            return len(portion)
    return 0


def _begin(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000


MIGRATION = Migration(
    number=2,
    name="usage",
    about="Counts the calls from before release 0.2.0 in the usage statistics of ISPs and tenants",
    step=step,
)
