"""Which stage of a call's plan comes next, and who may be rung in it: admission of the called side."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain.outcomes import final_status, next_stage
from chalicelib.domain.plan import Counter, Outcome, TraceStep
from sbc.hook.admission import Admission
from sbc.hook.live_calls import Call, Leg

_HANGUP_BY: dict[Outcome, str] = {
    "busy": "callee",
    "rejected": "callee",
    "no_answer": "timeout",
    "unreachable": "system",
    "failure": "system",
}


@dataclass(frozen=True, slots=True)
class Over:
    """No stage is left: what the caller is told, and who ended the call."""

    status: int
    reason: str
    hangup_by: str


def start_stage(call: Call, stage: int, *, admission: Admission, now: int) -> Over | None:
    """Ring the targets of the stage that are admitted, or go on to a later stage; ``Over`` when none rings."""
    wanted: int | None = stage
    outcome: Outcome = "busy"
    while wanted is not None:
        full = _ring(call, wanted, admission=admission, now=now)
        if full is None:
            return None
        outcome = "failure" if full.key.startswith("gateway/") else "busy"
        wanted = next_stage(call.plan, wanted, outcome)
    return over(outcome, 0)


def after_outcome(call: Call, outcome: Outcome, status: int, *, admission: Admission, now: int) -> Over | None:
    following = next_stage(call.plan, call.stage, outcome)
    if following is None:
        return over(outcome, status)
    return start_stage(call, following, admission=admission, now=now)


def over(outcome: Outcome, last_status: int) -> Over:
    status, reason = final_status(outcome, last_status)
    return Over(status, reason, "caller" if last_status == 487 else _HANGUP_BY[outcome])


def _ring(call: Call, stage: int, *, admission: Admission, now: int) -> Counter | None:
    """Add legs for the admitted targets; the counter that is full when nobody is admitted."""
    full: Counter | None = None
    rung = 0
    for position, target in enumerate(call.plan.stages[stage].targets):
        refused = admission.take(call.call_id, target.counters)
        if refused is None:
            call.legs.append(Leg(stage, position, setup_at=now))
            rung += 1
        else:
            full = refused
            call.notes.append(_limit_note(refused))
    if rung:
        call.stage, call.stage_rang = stage, False
        return None
    return full or Counter("stage without targets", 0)


def _limit_note(counter: Counter) -> TraceStep:
    return TraceStep(
        "too_many_calls",
        {"counter": counter.key, "limit": counter.limit},
        private=counter.key.startswith("gateway/"),
    )
