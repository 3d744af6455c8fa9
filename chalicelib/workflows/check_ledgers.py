"""Walks all customers of all ISPs once a day, a slice at a time: is each balance the sum of its entries?

Safe to run at any time, as often as wanted and by several at once; a run goes on where the last one stopped. A
difference is believed once every entry was read anew, from the first on, and no reading of several agreed.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from chalicelib.domain.ledger_check import Reading
from chalicelib.observability import emit_metrics, logger
from chalicelib.storage.customers import Customer
from chalicelib.storage.isps import Isp, page_of_isps
from chalicelib.storage.ledger_checks import (
    LedgerFinding,
    LedgerWalk,
    Mark,
    WalkMovedError,
    add_page,
    all_findings,
    begin_walk,
    delete_finding,
    find_mark,
    find_walk,
    isp_key,
    move_walk,
    page_of_customers,
    put_finding,
    put_mark,
    stated_total,
)
from chalicelib.storage.scope import IspScope, PlatformScope

SLICE_S = 20.0
EVERY_MS = 24 * 3600 * 1000
SETTLED_MS = 20 * 60 * 1000  # no function runs longer than 15 minutes: no entry comes later with an older time
MARKED_ENTRIES = 2000  # a ledger that is longer keeps a mark
MARK_KEPT_MS = 30 * EVERY_MS  # then every entry is read again
READINGS = 5  # of a customer for whom so much is booked that balance and entries can't be compared
TOGETHER = 25  # customers between two notes of how far the walk has come
DOUBT_S = 0.5  # between two readings


@dataclass(slots=True)
class _Slice:
    ended: Callable[[], bool]
    pause: Callable[[float], None]
    now_ms: int
    known: dict[str, LedgerFinding]
    checked: int = 0
    mismatches: list[str] = field(default_factory=list)


def check_ledgers(
    *,
    slice_s: float = SLICE_S,
    now_ms: int | None = None,
    ended: Callable[[], bool] | None = None,
    pause: Callable[[float], None] = time.sleep,
) -> int:
    """How many customers were checked in this slice. ``ended``: asked after each, by default true after ``slice_s``."""
    now = now_ms if now_ms is not None else time.time_ns() // 1_000_000
    until = time.monotonic() + slice_s
    scope = PlatformScope()
    walk = find_walk(scope)
    if walk is not None and walk.finished_at and now < int(walk.started_at) + EVERY_MS:
        return 0
    part = _Slice(ended or (lambda: time.monotonic() >= until), pause, now, all_findings(scope))
    try:
        if walk is None or walk.finished_at:
            walk = begin_walk(scope, walk, now_ms=now)
        _walk_on(walk, part)
    except WalkMovedError:
        logger().info("ledgers are checked elsewhere")
    finally:
        _report(part)
    return part.checked


def _report(part: _Slice) -> None:
    if part.checked:
        emit_metrics({"LedgersChecked": part.checked, "LedgerMismatch": len(part.mismatches)})


def _walk_on(walk: LedgerWalk, part: _Slice) -> None:
    while True:
        page = page_of_isps(limit=1, after=isp_key(walk))
        for isp in page.items:
            if walk.isp_id != isp.id:
                walk = move_walk(walk, isp_id=isp.id, customer_sk="")
            walk, finished = _walk_isp(walk, isp, part)
            if not finished:
                return
        if page.last_key is None:
            move_walk(walk, finished_at=part.now_ms)
            return
        walk = move_walk(walk, isp_after=json.dumps(page.last_key), isp_id="", customer_sk="")


def _walk_isp(walk: LedgerWalk, isp: Isp, part: _Slice) -> tuple[LedgerWalk, bool]:
    """The walk, and whether it is through with the ISP."""
    scope = IspScope(isp.id)
    while customers := page_of_customers(scope, after_sk=walk.customer_sk, limit=TOGETHER):
        done, ended = 0, False
        for customer in customers:
            ended = not _check(scope, isp, customer, part)
            if ended:
                break
            done += 1
            if ended := part.ended():
                break
        if done:
            walk = move_walk(walk, customer_sk=customers[done - 1].sk, checked=int(walk.checked) + done)
        if ended:
            return walk, False
    return walk, True


def _check(scope: IspScope, isp: Isp, customer: Customer, part: _Slice) -> bool:
    """False if the slice ended meanwhile; what was added up until then is kept."""
    reading = read_ledger(scope, customer.id, now_ms=part.now_ms, ended=part.ended, pause=part.pause)
    if reading is None:
        return False
    part.checked += 1
    known = part.known.get(customer.id)
    told: dict[str, str | int] = {"isp_id": scope.isp_id, "customer_id": customer.id}
    match reading.verdict:
        case "agrees" if known is not None:
            delete_finding(scope, known)
            logger().info("balance agrees with its entries again", extra=told)
        case "differs":
            part.mismatches.append(customer.id)
            put_finding(scope, customer, reading, known, isp_name=isp.name, now_ms=part.now_ms)
            logger().error("balance differs from the sum of its entries", extra=told | _figures(reading))
        case "moved":
            logger().warning("too much is booked to compare balance and entries", extra=told)
    return True


def _figures(reading: Reading) -> dict[str, str | int]:
    return {
        "balance_micros": reading.after.amount_micros,
        "entries_micros": reading.read.amount_micros,
        "balance_entries": reading.after.entries,
        "entries": reading.read.entries,
    }


def read_ledger(
    scope: IspScope, customer_id: str, *, now_ms: int, ended: Callable[[], bool], pause: Callable[[float], None]
) -> Reading | None:
    """None: the slice ended, and what was added up is kept. ``moved``: balance and entries could never be compared."""
    kept = find_mark(scope, customer_id)
    fresh = Mark(since_at=now_ms)
    mark = kept if kept.doubted or kept.since_at > now_ms - MARK_KEPT_MS else fresh
    while True:
        settled = _add_settled(scope, customer_id, mark, until_ms=now_ms - SETTLED_MS, ended=ended)
        if settled is None:
            return None
        reading = _read_rest(scope, customer_id, settled, pause)
        if reading.verdict != "differs" or settled.doubted:
            _keep_mark(scope, customer_id, kept, Mark() if reading.verdict == "differs" else settled)
            return reading
        mark = replace(fresh, doubted=True)


def _keep_mark(scope: IspScope, customer_id: str, kept: Mark, settled: Mark) -> None:
    """Of a long ledger, and only if it says more than the one that is kept."""
    known = replace(settled, doubted=False)
    if known.total.entries < MARKED_ENTRIES:
        known = Mark()
    if (known.upto, known.total, known.doubted) != (kept.upto, kept.total, kept.doubted):
        put_mark(scope, customer_id, known)


def _add_settled(
    scope: IspScope, customer_id: str, mark: Mark, *, until_ms: int, ended: Callable[[], bool]
) -> Mark | None:
    """With all entries that are so old that none comes in before them any more."""
    while True:
        mark, last = add_page(customer_id, mark, until_ms=until_ms)
        if last:
            return mark
        if ended():
            put_mark(scope, customer_id, mark)
            return None


def _read_rest(scope: IspScope, customer_id: str, settled: Mark, pause: Callable[[float], None]) -> Reading:
    """The first reading that agrees; the first that differs, unless that is doubted already; else the last."""
    left = READINGS
    while True:
        before = stated_total(scope, customer_id)
        mark, last = add_page(customer_id, settled)
        while not last:
            mark, last = add_page(customer_id, mark)
        reading = Reading(before, mark.total, stated_total(scope, customer_id))
        left -= 1
        if reading.verdict == "agrees" or not left or (reading.verdict == "differs" and not settled.doubted):
            return reading
        pause(DOUBT_S)
