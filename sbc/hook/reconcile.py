"""Compares the open calls with Kamailio's dialogs: after a crash of either, or an event that never came."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sbc.hook.call_control import CallControl
from sbc.hook.call_events import REQUEST_TERMINATED
from sbc.hook.cdr import Ending
from sbc.hook.journal import JournalError
from sbc.hook.kamailio_rpc import KamailioRpc, RpcError, RpcRefusedError
from sbc.hook.live_calls import Call

log = logging.getLogger(__name__)

ENDED_STATE = 5  # of Kamailio's dialog states: 1, 2 early, 3 confirmed without ACK, 4 confirmed


@dataclass(frozen=True, slots=True)
class Dialog:
    h_entry: int
    h_id: int
    call_id: str  # the hook's, from the dialog's variables; "" for a dialog of somebody else's
    state: int


def read_dialogs(listed: Any) -> list[Dialog]:
    """From the result of ``dlg.list``."""
    found = [_dialog(item) for item in listed or () if isinstance(item, dict)]
    return [dialog for dialog in found if dialog.state != ENDED_STATE]


def _dialog(item: dict[str, Any]) -> Dialog:
    variables = item.get("variables") or ()
    pairs: Iterable[Any] = [variables] if isinstance(variables, dict) else variables
    call_ids = [pair["call_id"] for pair in pairs if isinstance(pair, dict) and "call_id" in pair]
    return Dialog(int(item["h_entry"]), int(item["h_id"]), str(call_ids[0]) if call_ids else "", int(item["state"]))


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Calls that lost their dialog, calls whose dialog is there, dialogs whose call is closed."""

    lost: tuple[Call, ...]
    seen: tuple[Call, ...]
    orphans: tuple[Dialog, ...]


def compare(
    calls: Iterable[Call], dialogs: Iterable[Dialog], *, before: set[str], now: int, grace_ms: int, max_ring_ms: int
) -> Reconciliation:
    """``before``: the calls that were open when the dialogs were asked for; a newer one may not be listed yet, and
    one that was open then but is closed by now may be. Pure."""
    dialogs = tuple(dialogs)
    by_call = {dialog.call_id for dialog in dialogs}
    lost, seen, known = [], [], set(before)
    for call in calls:
        known.add(call.call_id)
        if call.call_id in by_call:
            seen.append(call)
        elif call.call_id in before and _overdue(call, now=now, grace_ms=grace_ms, max_ring_ms=max_ring_ms):
            lost.append(call)
    orphans = tuple(dialog for dialog in dialogs if dialog.call_id and dialog.call_id not in known)
    return Reconciliation(tuple(lost), tuple(seen), orphans)


def _overdue(call: Call, *, now: int, grace_ms: int, max_ring_ms: int) -> bool:
    if call.answered_at is not None:
        return now - call.answered_at > grace_ms
    return now - call.setup_at > max_ring_ms


@dataclass(frozen=True, slots=True)
class Reconciler:
    control: CallControl
    rpc: KamailioRpc
    clock: Callable[[], int]  # milliseconds
    grace_s: float
    max_ring_s: int

    async def run(self, interval_s: float) -> None:
        while True:
            try:
                await self.reconcile()
            except (RpcError, RpcRefusedError, JournalError) as error:
                log.warning("not reconciled", extra={"error": str(error)})
            await asyncio.sleep(interval_s)

    async def reconcile(self) -> Reconciliation:
        """Raises ``RpcError``: without Kamailio's list nothing is closed, since its dialogs survive a crash."""
        before = {call.call_id for call in self.control.live}
        dialogs = read_dialogs(await self.rpc.call("dlg.list"))
        now = self.clock()
        result = compare(
            self.control.live,
            dialogs,
            before=before,
            now=now,
            grace_ms=int(self.grace_s * 1000),
            max_ring_ms=self.max_ring_s * 1000,
        )
        await self._note_seen(result.seen, now)
        for call in result.lost:
            await self._close_lost(call)
        for dialog in result.orphans:
            await self._end(dialog)
        return result

    async def _note_seen(self, calls: Iterable[Call], now: int) -> None:
        for call in calls:
            call.seen_at = now
        rows = [(now, call.call_id) for call in calls]
        if rows:
            await self.control.journal.write_many("UPDATE calls SET seen_at = ? WHERE call_id = ?", rows)

    async def _close_lost(self, call: Call) -> None:
        if self.control.live.find(call.call_id) is None:
            return  # its end came while others were closed
        self.control.metrics.count("estimated_ends")
        log.warning("call without dialog closed", extra={"call_id": call.call_id})
        status = 200 if call.answered_at is not None else REQUEST_TERMINATED
        await self.control.close(call, Ending(call.last_sure_at(), "system", status, estimated=True))

    async def _end(self, dialog: Dialog) -> None:
        self.control.metrics.count("orphan_dialogs")
        log.warning("dialog of a closed call ended", extra={"call_id": dialog.call_id})
        try:
            await self.rpc.call("dlg.end_dlg", dialog.h_entry, dialog.h_id)
        except RpcRefusedError as error:
            log.warning("dialog not ended", extra={"call_id": dialog.call_id, "error": str(error)})
