"""A call's lines in the log: when it is routed or refused, and when it ends. Each has the call id and the SIP Call-ID,
by which Kamailio's lines are found; with numbers and time, somebody who knows neither finds them."""

from __future__ import annotations

import logging

from chalicelib.domain.plan import CallFacts, Refusal
from sbc.hook.cdr import Ending
from sbc.hook.live_calls import Call, Invite

log = logging.getLogger(__name__)


def log_routed(call: Call) -> None:
    log.info("call routed", extra=_who(call.call_id, call.invite, call.plan.facts))


def log_refused(call_id: str, invite: Invite, refusal: Refusal) -> None:
    told = {"refusal": refusal.code, "sip_status": refusal.sip_status}
    log.info("call refused", extra=_who(call_id, invite, refusal.facts) | told)


def log_ended(call: Call, ending: Ending) -> None:
    talk_ms = 0 if call.answered_at is None else ending.ended_at - call.answered_at
    told = {
        "call_id": call.call_id,
        "sip_call_id": call.invite.sip_call_id,
        "sip_status": ending.sip_status,
        "hangup_by": ending.hangup_by,
        "talk_s": round(talk_ms / 1000, 1),
    }
    log.info("call ended", extra=told)


def _who(call_id: str, invite: Invite, facts: CallFacts | None) -> dict[str, str]:
    """Before the tenant is known, what the INVITE says."""
    attempt = invite.attempt
    told = {"call_id": call_id, "sip_call_id": invite.sip_call_id, "src_ip": attempt.src_ip}
    if facts is None:
        return told | {"calling_number": attempt.calling, "dialled": attempt.dialled, "domain": attempt.domain}
    return told | {
        "tenant_id": facts.tenant_id,
        "direction": facts.direction,
        "calling_number": facts.calling_number,
        "dialled": facts.dialled,
        "called_number": facts.called_number,
    }
