"""Compares the open calls with Kamailio's dialogs: after a crash of either, or an event that never came."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter as Tally
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sbc.hook.call_control import CallControl
from sbc.hook.call_events import lost_ending
from sbc.hook.journal import JournalError, see_call
from sbc.hook.kamailio_rpc import KamailioRpc, RpcError, RpcRefusedError
from sbc.hook.live_calls import Call

log = logging.getLogger(__name__)

CONFIRMED_STATES = frozenset({3, 4})  # of Kamailio's dialogs; 1 and 2 are early, 5 is over


@dataclass(frozen=True, slots=True)
class Dialog:
    h_entry: int
    h_id: int
    sip_call_id: str


def read_briefing(listed: Any) -> tuple[Dialog, ...]:
    """The result of ``dlg.briefing c``: everything that fits one datagram for some 3,000 dialogs (``dlg.list`` for
    240). Raises ``RpcError``."""
    try:
        return tuple(Dialog(int(item["h_entry"]), int(item["h_id"]), str(item["call-id"])) for item in listed or ())
    except (KeyError, TypeError, ValueError) as error:
        raise RpcError(f"dlg.briefing: unexpected answer: {error!r}") from error


def read_uptime_s(told: Any) -> int:
    """Of the result of ``core.uptime``. Raises ``RpcError``."""
    try:
        return int(told["uptime"])
    except (KeyError, TypeError, ValueError) as error:
        raise RpcError(f"core.uptime: unexpected answer: {error!r}") from error


def read_confirmed_call_id(details: Any) -> str:
    """The hook's call id in the result of ``dlg.dlg_list``; "" when the dialog is gone, isn't confirmed or isn't of the
    hook's making."""
    if not isinstance(details, dict) or details.get("state") not in CONFIRMED_STATES:
        return ""
    variables = [pair["call"] for pair in details.get("variables") or () if "call" in pair]
    return str(variables[0]).partition(",")[0] if variables else ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Calls without dialog, calls whose dialog is there, dialogs that no open call explains."""

    lost: tuple[Call, ...]
    seen: tuple[Call, ...]
    unexplained: tuple[Dialog, ...]


def compare(
    calls: Iterable[Call],
    dialogs: Iterable[Dialog],
    *,
    before: Mapping[str, str],
    now: int,
    grace_ms: int,
    max_ring_ms: int,
    started_at: int = 0,
) -> Comparison:
    """``started_at``: when Kamailio did; a call that rang before that is gone. ``before``: SIP Call-ID by call
    id of the calls that were open when the dialogs were asked for. A newer call may not be listed yet, and one that was
    open then but is closed by now may be. Pure."""
    calls, dialogs = tuple(calls), tuple(dialogs)
    places = {(dialog.h_entry, dialog.h_id) for dialog in dialogs}
    listed = {dialog.sip_call_id for dialog in dialogs}
    sharing = Tally(call.invite.sip_call_id for call in calls)
    lost, seen = [], []
    for call in calls:
        alone = sharing[call.invite.sip_call_id] == 1
        if (call.h_entry, call.h_id) in places or (alone and call.invite.sip_call_id in listed):
            seen.append(call)
        elif call.call_id in before and (
            _overdue(call, now=now, grace_ms=grace_ms, max_ring_ms=max_ring_ms)
            or (call.answered_at is None and call.setup_at < started_at)
        ):
            lost.append(call)
    explained = set(before.values()) | set(sharing)
    unexplained = tuple(dialog for dialog in dialogs if dialog.sip_call_id not in explained)
    return Comparison(tuple(lost), tuple(seen), unexplained)


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

    async def reconcile(self) -> None:
        """Raises ``RpcError``: without Kamailio's list nothing is closed, since its dialogs survive a crash."""
        before = {call.call_id: call.invite.sip_call_id for call in self.control.live}
        uptime_s = read_uptime_s(await self.rpc.call("core.uptime"))
        dialogs = read_briefing(await self.rpc.call("dlg.briefing", "c"))
        now = self.clock()
        found = compare(
            self.control.live,
            dialogs,
            before=before,
            now=now,
            grace_ms=int(self.grace_s * 1000),
            max_ring_ms=self.max_ring_s * 1000,
            started_at=now - (uptime_s + 1) * 1000,  # its seconds are whole
        )
        await self._note_seen(found.seen, now)
        for call in found.lost:
            await self._close_lost(call)
        for dialog in found.unexplained:
            await self._end_if_ours(dialog)

    async def _note_seen(self, calls: Iterable[Call], now: int) -> None:
        for call in calls:
            call.seen_at = now
        seen = [see_call(call.number, now) for call in calls]
        if seen:
            await self.control.journal.write(*seen)

    async def _close_lost(self, call: Call) -> None:
        if self.control.live.find(call.call_id) is None:
            return  # its end came while others were closed
        self.control.metrics.count("estimated_ends")
        log.warning("call without dialog closed", extra=call.ids)
        await self.control.close(call, lost_ending(call))

    async def _end_if_ours(self, dialog: Dialog) -> None:
        """A call whose end the journal has, but which came back with Kamailio's database after a crash."""
        call_id = read_confirmed_call_id(await self.rpc.call("dlg.dlg_list", dialog.sip_call_id))
        if not call_id or self.control.live.find(call_id) is not None:
            return
        self.control.metrics.count("orphan_dialogs")
        ids = {"call_id": call_id, "sip_call_id": dialog.sip_call_id}
        log.warning("dialog of a closed call ended", extra=ids)
        try:
            await self.rpc.call("dlg.end_dlg", dialog.h_entry, dialog.h_id)
        except RpcRefusedError as error:
            log.warning("dialog not ended", extra=ids | {"error": str(error)})
