"""Ends a call from the hook's side: an answered one by BYE both ways, one that still rings by CANCEL."""

from __future__ import annotations

import logging
from typing import Any

from sbc.hook.call_control import CallControl
from sbc.hook.call_events import lost_ending
from sbc.hook.kamailio_rpc import KamailioRpc, RpcRefusedError
from sbc.hook.live_calls import Call

log = logging.getLogger(__name__)

DIALOG_GONE = 404


async def end_answered(control: CallControl, rpc: KamailioRpc, call: Call) -> None:
    """Raises ``RpcError``, ``JournalError``. ``call.ending`` says why and until when it is billed."""
    try:
        await rpc.call("dlg.end_dlg", call.h_entry or 0, call.h_id or 0)
    except RpcRefusedError as error:
        log.warning("dialog not ended", extra=call.ids | {"error": str(error)})
        # Kamailio may lose the event when both parties answer their BYEs at the same moment
        if error.code == DIALOG_GONE and control.live.find(call.call_id) is not None:
            await control.close(call, lost_ending(call))


async def cancel_ringing(control: CallControl, rpc: KamailioRpc, call: Call) -> None:
    """Raises ``RpcError``. The targets' 487 come back as the stage's failure, after which no other is tried
    (``CallControl``). Of two calls with one Call-ID, neither can be named to Kamailio."""
    sip_call_id = call.invite.sip_call_id
    if len(control.live.find_by_sip(sip_call_id)) > 1:
        log.warning("call not cancelled: its Call-ID is used twice", extra=call.ids)
        return
    try:
        cseq = _read_cseq(await rpc.call("dlg.dlg_list", sip_call_id))
        if cseq:
            await rpc.call("tm.cancel", sip_call_id, cseq)
    except RpcRefusedError as error:  # between two stages nothing rings
        log.info("call not cancelled yet", extra=call.ids | {"error": str(error)})


def _read_cseq(details: Any) -> str:
    """Of the INVITE, in the result of ``dlg.dlg_list``; "" when there is no such dialog."""
    caller = details.get("caller") if isinstance(details, dict) else None
    return str(caller.get("cseq") or "") if isinstance(caller, dict) else ""
