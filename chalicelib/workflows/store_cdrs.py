"""Call records from an SBC node: each stored once and rated once, however often and from however many it arrives.

Records of one customer are written together, since each transaction moves the same balance. The order within a batch
doesn't matter: the sum is the same.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from pydantic import ValidationError

from chalicelib.domain.clean_json import JsonTooDeepError, clean_json
from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.usage import day_of, tally_call
from chalicelib.schemas import cdrs as schema
from chalicelib.settings import settings
from chalicelib.storage import keys, ledger
from chalicelib.storage.call_names import find_tenants
from chalicelib.storage.cdrs import Cdr, put_cdr, put_unrated, stored_calls
from chalicelib.storage.isps import find_isp
from chalicelib.storage.scope import IspScope
from chalicelib.storage.tenants import Tenant, belonged_to
from chalicelib.storage.transaction import MAX_OPERATIONS, Transaction
from chalicelib.storage.usage import Counted, count_usage, usage_updates
from chalicelib.workflows.customer_terms import Terms, load_terms
from chalicelib.workflows.rate_cdr import StoredCharge, ledger_entries, rate_cdr
from chalicelib.workflows.report_cdrs import report_cdrs
from chalicelib.workflows.summarise_call import summarise_call

CALLS_TOGETHER = 25
MAX_BYTES = 200_000  # of one record; DynamoDB takes items of 400 KB, charges and keys included
BYTES_TOGETHER = 2_000_000  # of the records of one transaction, of which DynamoDB takes 4 MB
KEPT_AT_LEAST_S = 30 * 86400  # after arrival, however old the call is: as long as it is kept it can't be rated twice

LoadTerms = Callable[[IspScope, str], Terms]


@dataclass(frozen=True, slots=True)
class Result:
    call_id: str
    status: Literal["stored", "duplicate", "rejected"]
    code: str = ""
    message: str = ""


class _RejectedError(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(slots=True)
class _Batch:
    """The records that are left after the checks, by customer."""

    sbc_id: str
    now_ms: int
    load: LoadTerms
    results: dict[int, Result] = field(default_factory=dict)
    retention_s: dict[str, int] = field(default_factory=dict)
    groups: dict[tuple[str, str], list[tuple[int, dict[str, Any]]]] = field(default_factory=dict)
    stored: list[Cdr] = field(default_factory=list)


def store_cdrs(
    sbc_id: str, cdrs: Sequence[Any], *, now_ms: int | None = None, load: LoadTerms = load_terms
) -> list[Result]:
    """The fate of each record, in order. Raises ``try_again`` under contention: what is stored then stays stored, and
    counts as duplicate when it is sent again."""
    batch = _Batch(sbc_id, now_ms if now_ms is not None else time.time_ns() // 1_000_000, load)
    try:
        _store_all(batch, cdrs)
    finally:  # after half of them, too: what is stored doesn't come again as new
        fates = Counter(result.status for result in batch.results.values())
        report_cdrs(sbc_id, batch.stored, duplicate=fates["duplicate"], rejected=fates["rejected"])
    return [batch.results[place] for place in range(len(cdrs))]


def _store_all(batch: _Batch, cdrs: Sequence[Any]) -> None:
    records = _read_all(batch, cdrs)
    tenants = find_tenants((record["isp_id"], record["tenant_id"]) for record in records.values())
    _group(batch, records, tenants)
    for (isp_id, customer_id), members in batch.groups.items():
        terms = batch.load(IspScope(isp_id), customer_id)
        rated = [_rated(batch, place, record, terms) for place, record in members]
        for together in _portions([call for call in rated if _is_bookable(batch, call)]):
            _store(batch, terms, together)


@dataclass(frozen=True, slots=True)
class _Call:
    place: int
    cdr: Cdr
    size: int  # bytes of the record with its charges

    @property
    def unrated(self) -> list[StoredCharge]:
        return [charge for charge in self.cdr.charges if charge["state"] == "unrated"]

    @property
    def day(self) -> date:
        return day_of(self.cdr.record["setup_at"])

    @property
    def operations(self) -> int:
        booked = sum(1 for charge in self.cdr.charges if charge["key"])
        return 2 + booked + (1 if self.unrated else 0)


def _read_all(batch: _Batch, cdrs: Sequence[Any]) -> dict[int, dict[str, Any]]:
    """Valid records by place; the same call twice counts once."""
    records: dict[int, dict[str, Any]] = {}
    seen: set[str] = set()
    for place, sent in enumerate(cdrs):
        try:
            record = _read(sent, batch)
        except _RejectedError as rejected:
            batch.results[place] = _rejected(sent, rejected)
            continue
        if record["call_id"] in seen:
            batch.results[place] = Result(record["call_id"], "duplicate")
            continue
        seen.add(record["call_id"])
        records[place] = record
    return records


def _read(sent: Any, batch: _Batch) -> dict[str, Any]:
    try:
        record = schema.Cdr.model_validate(clean_json(sent)).model_dump(mode="json")
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise _RejectedError("invalid_cdr", f"{where}: {first['msg']}".lstrip(": ")) from error
    except JsonTooDeepError as error:
        raise _RejectedError("invalid_cdr", str(error)) from error
    if len(json.dumps(record)) > MAX_BYTES:
        raise _RejectedError("invalid_cdr", f"more than {MAX_BYTES} bytes")
    if record["setup_at"] > batch.now_ms + schema.MAX_CLOCK_ERROR_MS:
        raise _RejectedError("invalid_cdr", "setup_at: in the future")
    if record["sbc_id"] != batch.sbc_id:
        raise _RejectedError("foreign_sbc", "The record is of another SBC than this node's")
    return record


def _rejected(sent: Any, rejected: _RejectedError) -> Result:
    call_id = sent.get("call_id") if isinstance(sent, dict) else None
    shown = clean_json(call_id[:64]) if isinstance(call_id, str) else ""
    return Result(shown, "rejected", rejected.code, str(rejected))


def _group(batch: _Batch, records: dict[int, dict[str, Any]], tenants: dict[tuple[str, str], Tenant]) -> None:
    for place, record in records.items():
        tenant = tenants.get((record["isp_id"], record["tenant_id"]))
        try:
            _check_owner(record, tenant, batch.sbc_id)
        except _RejectedError as rejected:
            batch.results[place] = _rejected(record, rejected)
            continue
        batch.groups.setdefault((record["isp_id"], record["customer_id"]), []).append((place, record))


def _check_owner(record: dict[str, Any], tenant: Tenant | None, sbc_id: str) -> None:
    """A node speaks for the tenants of its SBC alone, or one that was broken into could bill anybody. A tenant may have
    moved, or have changed its customer, since the call began."""
    if tenant is None or (tenant.sbc_id != sbc_id and not belonged_to(tenant.id, sbc_id)):
        raise _RejectedError("foreign_tenant", "This SBC serves no such tenant")
    customer_id = record["customer_id"]
    if tenant.customer_id != customer_id and not belonged_to(tenant.id, customer_id):
        raise _RejectedError("foreign_customer", "The tenant belongs to another customer")


def _rated(batch: _Batch, place: int, record: dict[str, Any], terms: Terms) -> _Call:
    cdr = _cdr(batch, record, terms)
    return _Call(place, cdr, len(json.dumps([cdr.record, cdr.charges])))


def _cdr(batch: _Batch, record: dict[str, Any], terms: Terms) -> Cdr:
    until_s = record["setup_at"] // 1000 + _retention_s(batch, record["isp_id"])
    return Cdr(
        pk=keys.cdrs(record["tenant_id"], record["call_id"]),
        sk=record["call_id"],
        isp_id=record["isp_id"],
        tenant_id=record["tenant_id"],
        customer_id=record["customer_id"],
        record=record,
        charges=rate_cdr(record, terms),
        stored_at=batch.now_ms,
        ttl=max(until_s, batch.now_ms // 1000 + KEPT_AT_LEAST_S),
    )


def _retention_s(batch: _Batch, isp_id: str) -> int:
    if isp_id not in batch.retention_s:
        isp = find_isp(isp_id)
        days = int(isp.cdr_retention_days) if isp is not None else settings().cdr_retention_days
        batch.retention_s[isp_id] = days * 86400
    return batch.retention_s[isp_id]


def _portions(calls: list[_Call]) -> Iterator[list[_Call]]:
    """As many calls as fit one transaction with the balance and the counters."""
    portion: list[_Call] = []
    for call in calls:
        if portion and not _fit([*portion, call]):
            yield portion
            portion = []
        portion.append(call)
    if portion:
        yield portion


def _is_bookable(batch: _Batch, call: _Call) -> bool:
    """A call with so many charges that no transaction takes it would be sent again for ever, and all others with it."""
    if not _fit([call]):
        refusal = _RejectedError("invalid_cdr", "legs: more were answered than can be charged at once")
        batch.results[call.place] = _rejected(call.cdr.record, refusal)
        return False
    return True


def _fit(calls: list[_Call]) -> bool:
    counters = usage_updates((call.cdr.tenant_id, call.day) for call in calls)
    return (
        len(calls) <= CALLS_TOGETHER
        and sum(call.operations for call in calls) + counters < MAX_OPERATIONS
        and sum(call.size for call in calls) <= BYTES_TOGETHER
    )


def _store(batch: _Batch, terms: Terms, calls: list[_Call]) -> None:
    """Each refusal of the whole names a call that is stored already, and leaves fewer to try."""
    while calls:
        try:
            _commit(batch, terms, calls)
        except PatchbayError as error:
            if error.code == "currency_mismatch":  # the customer's first booking came in between
                raise PatchbayError("try_again") from error
            if error.code != "already_exists":
                raise
            known = stored_calls((call.cdr.tenant_id, call.cdr.call_id) for call in calls)
            if not known:
                raise PatchbayError("try_again") from error
            for call in calls:
                if call.cdr.call_id in known:
                    batch.results[call.place] = Result(call.cdr.call_id, "duplicate")
            calls = [call for call in calls if call.cdr.call_id not in known]
        else:
            for call in calls:
                batch.results[call.place] = Result(call.cdr.call_id, "stored")
            batch.stored += [call.cdr for call in calls]
            return


def _commit(batch: _Batch, terms: Terms, calls: list[_Call]) -> None:
    tx = Transaction(now_ms=batch.now_ms)
    total = entries = 0
    for call in calls:
        put_cdr(tx, call.cdr, summarise_call(call.cdr.record, call.cdr.charges))
        if call.unrated:
            put_unrated(tx, call.cdr, call.unrated)
        booked = ledger_entries(call.cdr.call_id, call.cdr.charges, at=batch.now_ms)
        total += ledger.book(tx, call.cdr.customer_id, booked, occurred_at=call.cdr.record["setup_at"])
        entries += len(booked)
    count_usage(tx, (_counted(call, terms.currency) for call in calls))
    if entries:
        scope = IspScope(calls[0].cdr.isp_id)
        ledger.move_balance(tx, scope, calls[0].cdr.customer_id, total, terms.currency, entries=entries)
    tx.commit()


def _counted(call: _Call, currency: str) -> Counted:
    cdr = call.cdr
    return Counted(cdr.isp_id, cdr.tenant_id, cdr.call_id, call.day, currency, tally_call(cdr.record, cdr.charges))
