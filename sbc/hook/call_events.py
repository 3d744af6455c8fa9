"""What an event of Kamailio's changes in a call. Pure: it changes the call it is given and nothing else."""

from __future__ import annotations

from chalicelib.domain import fields
from chalicelib.domain.fields import JsonObject
from chalicelib.domain.outcomes import outcome_of
from chalicelib.domain.plan import Outcome
from sbc.hook.cdr import Ending
from sbc.hook.live_calls import Call, Leg

_BY = frozenset({"caller", "callee", "timeout", "media", "system"})
REQUEST_TERMINATED = 487


def ringing(call: Call, body: JsonObject, *, now: int) -> None:
    call.stage_rang = True
    if call.ringing_at is None:
        call.ringing_at = _moment(body, "at", now=now, not_before=call.setup_at)
    _note_dialog(call, body)


def note_ringing(call: Call, body: JsonObject, *, now: int) -> None:
    """Later events say when the stage first rang; 0 when it didn't."""
    if fields.integer(body, "ringing_at", 0) > 0:
        call.stage_rang = True
        if call.ringing_at is None:
            call.ringing_at = _moment(body, "ringing_at", now=now, not_before=call.setup_at)


def answered(call: Call, body: JsonObject, *, now: int) -> bool:
    """False when nothing is new. The other sides that rang have lost."""
    if call.answered_at is not None:
        return False
    note_ringing(call, body, now=now)
    at = _moment(body, "at", now=now, not_before=call.setup_at)
    winner = _rung(call, fields.integer(body, "stage", call.stage), fields.integer(body, "target", 0))
    call.answered_at = at
    for leg in call.legs:
        if leg is winner:
            leg.answered_at, leg.ended_at, leg.sip_status = at, None, 200
        elif leg.ended_at is None:
            leg.ended_at, leg.sip_status = at, REQUEST_TERMINATED
    _note_dialog(call, body)
    return True


def stage_failed(call: Call, status: int, *, local: bool, now: int) -> Outcome:
    """``local`` with another status than the timer's 408: nobody could be reached, as with no contact at all."""
    legs = call.stage_legs()
    leg_kind = call.target_of(legs[0]).leg_kind
    if local and status not in {0, 408}:
        local, status = False, 480 if leg_kind == "sip" else 503
    for leg in legs:
        leg.ended_at, leg.sip_status = now, status or 408
    return outcome_of(status, local=local, leg_kind=leg_kind, rang=call.stage_rang)


def ending(call: Call, body: JsonObject, *, cancelled: bool, now: int) -> Ending:
    """The first to end a call decides how: the hook itself, when it has ordered the end."""
    started = call.answered_at or call.setup_at
    note_ringing(call, body, now=now)
    at = _moment(body, "at", now=now, not_before=started)
    by = "caller" if cancelled else fields.text(body, "by", "system")
    if call.ending is not None:
        by, limit = call.ending
        at = max(started, min(at, limit))
    if call.answered_at is not None:
        status = 200
    else:
        status = fields.integer(body, "status", 0)
        status = status if status >= 400 else REQUEST_TERMINATED
    return Ending(at, by if by in _BY else "system", status)


def lost_ending(call: Call) -> Ending:
    """Of a call whose dialog is gone while its end was never reported: estimated, unless the hook ordered it."""
    status = 200 if call.answered_at is not None else REQUEST_TERMINATED
    if call.ending is None:
        return Ending(call.last_sure_at(), "system", status, estimated=True)
    by, limit = call.ending
    return Ending(max(call.answered_at or call.setup_at, limit), by, status)


def _rung(call: Call, stage: int, target: int) -> Leg | None:
    legs = [leg for leg in call.legs if leg.stage == stage] or call.stage_legs()
    return legs[target] if 0 <= target < len(legs) else legs[0] if legs else None


def _moment(body: JsonObject, name: str, *, now: int, not_before: int) -> int:
    """Kamailio's time of the event, never in the future nor before what led to it."""
    at = fields.integer(body, name, 0) or now
    return max(not_before, min(at, now))


def _note_dialog(call: Call, body: JsonObject) -> None:
    entry, number = fields.integer(body, "h_entry", 0), fields.integer(body, "h_id", 0)
    if entry or number:
        call.h_entry, call.h_id = entry, number
