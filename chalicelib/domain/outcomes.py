"""How a stage ended, which stage follows, and what the caller is told when none does."""

from __future__ import annotations

from chalicelib.domain.plan import LegKind, Outcome, RoutePlan

_BUSY = frozenset({486, 600})
_PASSED_ON = frozenset(range(400, 500)) | frozenset(range(600, 700))
# A challenge is for the SBC, not for the phone: passed on, the phone would answer it with its own password.
_NOT_PASSED_ON = frozenset({401, 407})


def outcome_of(status: int, *, local: bool, leg_kind: LegKind, rang: bool = False) -> Outcome:
    """The outcome of a stage.

    ``status``: the final reply, 0 if none. ``local``: no final reply came, the timer fired. ``rang``: a 180 or 183 had
    come. A gateway that let it ring has done its work: the next one would only ring the same person again, so only
    silence and server errors lead to it, never a busy or declining person (jambonz sbc-outbound#198).
    """
    if local or status == 408:
        return "no_answer" if leg_kind == "sip" or (local and rang) else "failure"
    if status in _BUSY:
        return "busy"
    if status == 480:
        return "unreachable"
    if leg_kind == "pstn" and 500 <= status < 600:
        return "failure"
    return "rejected"


def next_stage(plan: RoutePlan, stage: int, outcome: Outcome) -> int | None:
    """The index of the stage that follows, or None when the call ends."""
    return plan.stages[stage].next.get(outcome)


def final_status(outcome: Outcome, last_status: int) -> tuple[int, str]:
    """SIP status and reason phrase for the caller when no stage is left. ``last_status``: 0 if there was no reply."""
    match outcome:
        case "busy":
            return 486, "Busy Here"
        case "no_answer" | "unreachable":
            return 480, "Temporarily Unavailable"
        case "failure":
            return 503, "Service Unavailable"
        case "rejected":
            return _rejected(last_status)


def _rejected(status: int) -> tuple[int, str]:
    if status in _NOT_PASSED_ON:
        return 503, "Service Unavailable"
    if status in _PASSED_ON:
        return status, _REASONS.get(status, "Call Rejected")
    return 480, "Temporarily Unavailable"


_REASONS = {
    403: "Forbidden",
    404: "Not Found",
    410: "Gone",
    415: "Unsupported Media Type",
    482: "Loop Detected",
    484: "Address Incomplete",
    487: "Request Terminated",
    488: "Not Acceptable Here",
    603: "Decline",
    604: "Does Not Exist Anywhere",
}
