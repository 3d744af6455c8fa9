"""The call record (docs/interfaces.md, "CDR"), built when a call is over. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from chalicelib.domain.plan import CallFacts, CallParty, Refusal, TraceStep
from sbc.hook.live_calls import Call, Invite, Leg

NORMAL_CLEARING = 16

# RFC 3398 8.2.6.1; 480 as in its table (no user responding), and what it leaves open as the nearest cause of Q.850.
_CAUSES = {
    400: 41, 401: 21, 402: 21, 403: 21, 404: 1, 405: 63, 406: 79, 407: 21, 408: 102, 410: 22, 413: 127, 414: 127,
    415: 79, 416: 127, 420: 127, 421: 127, 423: 127, 480: 18, 481: 41, 482: 25, 483: 25, 484: 28, 485: 1, 486: 17,
    487: 16, 488: 65, 500: 41, 501: 79, 502: 38, 503: 41, 504: 102, 505: 127, 513: 127, 600: 17, 603: 21, 604: 1,
    606: 65,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class NodeIdentity:
    sbc_id: str
    node: str


@dataclass(frozen=True, slots=True)
class Ending:
    """How a call ended. ``sip_status``: the final status the caller got (487 when cancelled)."""

    ended_at: int
    hangup_by: str
    sip_status: int
    estimated: bool = False


def q850_cause(sip_status: int) -> int:
    if sip_status < 300:
        return NORMAL_CLEARING
    return _CAUSES.get(sip_status, 31)  # 31: normal, unspecified


def build_cdr(call: Call, ending: Ending, *, identity: NodeIdentity) -> dict[str, Any]:
    record = _head(call.call_id, call.invite, call.plan.facts, setup_at=call.setup_at, identity=identity)
    first_sign = call.ringing_at or call.answered_at
    return record | {
        "answered_at": call.answered_at,
        "ended_at": ending.ended_at,
        "pdd_ms": None if first_sign is None else max(0, first_sign - call.setup_at),
        "sip_status": ending.sip_status,
        "q850_cause": q850_cause(ending.sip_status),
        "hangup_by": ending.hangup_by,
        "estimated": ending.estimated,
        "refusal": None,
        "legs": _legs(call, ending),
        "trace": _trace((*call.plan.trace, *call.notes)),
    }


def build_refusal_cdr(
    refusal: Refusal, facts: CallFacts, *, call_id: str, invite: Invite, setup_at: int, identity: NodeIdentity
) -> dict[str, Any]:
    return _head(call_id, invite, facts, setup_at=setup_at, identity=identity) | {
        "answered_at": None,
        "ended_at": setup_at,
        "pdd_ms": None,
        "sip_status": refusal.sip_status,
        "q850_cause": q850_cause(refusal.sip_status),
        "hangup_by": "system",
        "estimated": False,
        "refusal": {"code": refusal.code, "sip_status": refusal.sip_status, "reason": refusal.reason},
        "legs": [],
        "trace": _trace(refusal.trace),
    }


def _head(call_id: str, invite: Invite, facts: CallFacts, *, setup_at: int, identity: NodeIdentity) -> dict[str, Any]:
    return {
        "call_id": call_id,
        "sbc_id": identity.sbc_id,
        "node": identity.node,
        "isp_id": facts.isp_id,
        "tenant_id": facts.tenant_id,
        "customer_id": facts.customer_id,
        "direction": facts.direction,
        "caller": {name: getattr(facts.caller, name) for name in CallParty.__slots__},
        "dialled": facts.dialled,
        "calling_number": facts.calling_number,
        "called_number": facts.called_number,
        "did": facts.did,
        "service_number": facts.service_number,
        "setup_at": setup_at,
        "sip_call_id": invite.sip_call_id,
        "user_agent": invite.user_agent,
        "src_ip": invite.attempt.src_ip,
    }


def _trace(steps: Iterable[TraceStep]) -> list[dict[str, Any]]:
    return [{"code": step.code, "facts": dict(step.facts), "private": step.private} for step in steps]


def _legs(call: Call, ending: Ending) -> list[dict[str, Any]]:
    rung = [_rung_leg(call, leg, ending, name=f"b{number}") for number, leg in enumerate(call.legs, start=1)]
    return [_did_leg(call, ending), *rung] if call.plan.facts.direction == "inbound" else rung


def _did_leg(call: Call, ending: Ending) -> dict[str, Any]:
    """The carrier's side of a call that came in by a DID."""
    facts = call.plan.facts
    return {
        "leg": "a",
        "kind": "did",
        "subscriber_id": "",
        "subscriber_name": "",
        "charged_subscriber_id": "",
        "carrier_id": facts.caller.carrier_id,
        "gateway_id": facts.caller.gateway_id,
        "called_number": facts.did,
        "setup_at": call.setup_at,
        "answered_at": call.answered_at,
        "ended_at": ending.ended_at,
        "sip_status": ending.sip_status,
    }


def _rung_leg(call: Call, leg: Leg, ending: Ending, *, name: str) -> dict[str, Any]:
    target = call.target_of(leg)
    return {
        "leg": name,
        "kind": target.leg_kind,
        "subscriber_id": target.subscriber_id,
        "subscriber_name": target.subscriber_name,
        "charged_subscriber_id": target.charged_subscriber_id,
        "carrier_id": target.carrier_id,
        "gateway_id": target.gateway_id,
        "called_number": target.called_number,
        "setup_at": leg.setup_at,
        "answered_at": leg.answered_at,
        "ended_at": ending.ended_at if leg.ended_at is None else leg.ended_at,
        "sip_status": leg.sip_status or ending.sip_status,
    }
