"""Calls: one item each in its tenant's month, with legs, trace and charges inside; a light entry for the ISP's list.

Both are keyed by the call id, which begins with the call's time: a call is found without an index, and a month is in
order of time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.ids import id_time_ms, new_id
from chalicelib.domain.sentences import say
from chalicelib.storage import keys
from chalicelib.storage.database import Key, Page, database
from chalicelib.storage.items import Item
from chalicelib.storage.scope import IspScope, TenantScope
from chalicelib.storage.transaction import NEW, Transaction

DAY_MS = 86_400_000
MAX_QUERIES = 12  # for one page: a filter that matches little gives short pages, not slow ones


class Cdr(Item, discriminator="Cdr"):
    """``record``: the CDR as sent (docs/interfaces.md). ``charges``: one object per answered leg
    (workflows/rate_cdr.py). ``revision`` counts re-ratings."""

    isp_id = UnicodeAttribute()
    tenant_id = UnicodeAttribute()
    customer_id = UnicodeAttribute()
    record = JSONAttribute()
    charges = JSONAttribute(default=list)
    revision = NumberAttribute(default=0)
    stored_at = NumberAttribute()

    @property
    def call_id(self) -> str:
        return str(self.sk)


class CallEntry(Item, discriminator="CallEntry"):
    """``summary``: the record without trace and technical detail, as the ISP's list shows it."""

    tenant_id = UnicodeAttribute()
    summary = JSONAttribute()


class UnratedCall(Item, discriminator="UnratedCall"):
    tenant_id = UnicodeAttribute()
    customer_id = UnicodeAttribute()
    legs = JSONAttribute(default=list)  # the unrated charges


@dataclass(frozen=True, slots=True)
class Span:
    """Calls that began at ``from_at <= instant <= until_at``, before the call ``before`` where a page left off."""

    from_at: int
    until_at: int
    before: str = ""


EntryT = TypeVar("EntryT", Cdr, CallEntry)


@dataclass(frozen=True, slots=True)
class Calls(Generic[EntryT]):
    """``reached``: the call id to go on before; empty at the end."""

    items: list[EntryT]
    reached: str


def put_cdr(tx: Transaction, cdr: Cdr, summary: dict[str, object]) -> None:
    """A call, once. Raises ``already_exists`` at the commit if it was stored before."""
    tx.put(cdr, condition=NEW, on_conflict=PatchbayError("already_exists"))
    put_entry(tx, cdr, summary)


def put_revision(tx: Transaction, cdr: Cdr, summary: dict[str, object]) -> None:
    """A re-rated call, its ``revision`` one more than the stored one's."""
    tx.put(
        cdr,
        condition="revision = :seen",
        on_conflict=PatchbayError("try_again", say("call_being_rated")),
        seen=int(cdr.revision) - 1,
    )
    put_entry(tx, cdr, summary)


def put_entry(tx: Transaction, cdr: Cdr, summary: dict[str, object]) -> None:
    tx.put(
        CallEntry(
            pk=keys.isp_cdrs(cdr.isp_id, cdr.call_id),
            sk=cdr.call_id,
            tenant_id=cdr.tenant_id,
            summary=summary,
            ttl=cdr.ttl,
        )
    )


def put_unrated(tx: Transaction, cdr: Cdr, legs: list[dict[str, object]]) -> None:
    tx.put(
        UnratedCall(
            pk=keys.unrated(cdr.isp_id),
            sk=cdr.call_id,
            tenant_id=cdr.tenant_id,
            customer_id=cdr.customer_id,
            legs=legs,
            ttl=cdr.ttl,
        )
    )


def delete_unrated(tx: Transaction, cdr: Cdr) -> None:
    tx.delete(keys.unrated(cdr.isp_id), cdr.call_id)


def stored_calls(calls: Iterable[tuple[str, str]]) -> set[str]:
    """Which of these (tenant id, call id) are stored. One read."""
    wanted = [(keys.cdrs(tenant_id, call_id), call_id) for tenant_id, call_id in calls]
    return {cdr.call_id for cdr in database().get_many(Cdr, wanted)}


def find_cdr(scope: TenantScope, call_id: str) -> Cdr | None:
    """Also None for what is no call id."""
    if not _is_call_id(call_id):
        return None
    found = database().find(Cdr, keys.cdrs(scope.tenant_id, call_id), call_id)
    return found if found is not None and found.isp_id == scope.isp_id else None


def find_cdr_of_isp(scope: IspScope, call_id: str) -> Cdr | None:
    """Two reads: the ISP's entry says whose call it is."""
    if not _is_call_id(call_id):
        return None
    entry = database().find(CallEntry, keys.isp_cdrs(scope.isp_id, call_id), call_id)
    return None if entry is None else database().find(Cdr, keys.cdrs(entry.tenant_id, call_id), call_id)


def page_of_unrated(scope: IspScope, *, limit: int, after: Key | None) -> Page[UnratedCall]:
    return database().page(UnratedCall, keys.unrated(scope.isp_id), limit=limit, after=after, newest_first=True)


def calls_of_tenant(scope: TenantScope, span: Span, matches: Callable[[Cdr], bool], *, limit: int) -> Calls[Cdr]:
    """The newest first; one query per month."""

    def partitions(month: str) -> list[str]:
        return [keys.cdrs_of_month(scope.tenant_id, month)]

    return _walk(Cdr, partitions, span, matches, limit)


def calls_of_isp(scope: IspScope, span: Span, matches: Callable[[CallEntry], bool], *, limit: int) -> Calls[CallEntry]:
    """The newest first; ``CDR_SHARDS`` queries per month."""

    def partitions(month: str) -> list[str]:
        return [keys.isp_cdrs_of_month(scope.isp_id, month, shard) for shard in range(keys.CDR_SHARDS)]

    return _walk(CallEntry, partitions, span, matches, limit)


def entries_between(scope: IspScope, first_ms: int, last_ms: int) -> Iterator[CallEntry]:
    """All calls of the ISP whose id's time lies between two instants, both included, in no useful order."""
    for month in _months(first_ms, last_ms):
        for shard in range(keys.CDR_SHARDS):
            yield from _entries(keys.isp_cdrs_of_month(scope.isp_id, month, shard), first_ms, last_ms, together=1000)


def first_call_between(scope: IspScope, first_ms: int, last_ms: int) -> int | None:
    """The time in the ISP's first call id of this span; ``CDR_SHARDS`` queries for each month without calls."""
    for month in _months(first_ms, last_ms):
        shards = (keys.isp_cdrs_of_month(scope.isp_id, month, shard) for shard in range(keys.CDR_SHARDS))
        firsts = [next(_entries(pk, first_ms, last_ms, together=10), None) for pk in shards]
        found = [id_time_ms(str(entry.sk)) for entry in firsts if entry is not None]
        if found:
            return min(found)
    return None


def _entries(pk: str, first_ms: int, last_ms: int, *, together: int) -> Iterator[CallEntry]:
    """The oldest first, ``together`` in a query."""
    between, after = (_first_id(first_ms), _last_id(last_ms)), None
    while True:
        page = database().page(CallEntry, pk, between=between, limit=together, after=after)
        yield from page.items
        after = page.last_key
        if after is None:
            return


def _months(first_ms: int, last_ms: int) -> Iterator[str]:
    """From the earlier to the later."""
    at = _month_start(first_ms)
    while at <= last_ms:
        yield keys.month_of(at)
        at = _month_start(at + 32 * DAY_MS)


def _walk(
    kind: type[EntryT],
    partitions: Callable[[str], list[str]],
    span: Span,
    matches: Callable[[EntryT], bool],
    limit: int,
) -> Calls[EntryT]:
    """Months from the latest to the earliest, until the page is full, the span ends or ``MAX_QUERIES`` were made."""
    lowest = _first_id(span.from_at)
    latest = _last_id(span.until_at)
    before = min(span.before or latest, latest)
    found: list[EntryT] = []
    queries = 0
    while before > lowest:
        month = partitions(keys.month_of(id_time_ms(before)))
        if queries and queries + len(month) > MAX_QUERIES:
            return Calls(found, before)
        queries += len(month)
        read, before = _newest(kind, month, lowest, before, limit)
        for entry in read:
            if matches(entry):
                found.append(entry)
                if len(found) == limit:
                    return Calls(found, str(entry.sk))
    return Calls(found, "")


def _newest(
    kind: type[EntryT], partitions: Sequence[str], lowest: str, before: str, limit: int
) -> tuple[list[EntryT], str]:
    """Entries of one month below ``before``, merged newest first, and the id to go on before.

    A partition with more to come is known down to its last entry only; what others have below that must wait.
    """
    read: list[EntryT] = []
    frontier = ""
    for pk in partitions:
        page = database().page(kind, pk, between=(lowest, before), limit=limit + 1, newest_first=True)
        read += page.items
        if page.last_key is not None and page.items:
            frontier = max(frontier, str(page.items[-1].sk))
    known = [entry for entry in read if str(entry.sk) < before and str(entry.sk) >= frontier]
    known.sort(key=lambda entry: str(entry.sk), reverse=True)
    return known, frontier or _last_id(_month_start(id_time_ms(before)) - 1)


def _month_start(at_ms: int) -> int:
    from datetime import UTC, datetime

    month = datetime.fromtimestamp(at_ms / 1000, UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return int(month.timestamp()) * 1000


def _first_id(at_ms: int) -> str:
    """Not above any id of a call that began at this instant or later."""
    return new_id("call", now_ms=at_ms, random_bytes=bytes(10))


def _last_id(at_ms: int) -> str:
    """Not below any id of a call that began at this instant or earlier; random enough never to be one."""
    return new_id("call", now_ms=at_ms, random_bytes=b"\xff" * 10)


def _is_call_id(text: str) -> bool:
    try:
        return keys.month_of(id_time_ms(text)) != "" and text.startswith("call_")
    except (ValueError, OverflowError):
        return False
