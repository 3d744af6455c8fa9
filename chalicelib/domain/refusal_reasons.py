"""Reasons of refusals as metrics name them: a handful, since each costs a series; the exact code stands in the logs, in
the call's record and in Explain."""

from __future__ import annotations

from typing import Literal, get_args

Reason = Literal[
    "unknown_caller",
    "unknown_number",
    "not_allowed",
    "suspended",
    "no_credit",
    "not_set_up",
    "too_many_calls",
    "forwarding",
    "no_snapshot",
    "other",
]

REASONS: tuple[Reason, ...] = get_args(Reason)

_CODES: dict[Reason, tuple[str, ...]] = {
    "unknown_caller": ("unknown_domain", "unknown_subscriber", "unknown_source"),
    "unknown_number": (
        "empty_number",
        "number_not_recognised",
        "impossible_number",
        "unknown_did",
        "ambiguous_did",
        "did_without_subscriber",
    ),
    "not_allowed": ("no_security_group", "destination_not_allowed", "forward_to_service_number"),
    "suspended": (
        "isp_suspended",
        "customer_suspended",
        "tenant_suspended",
        "subscriber_suspended",
        "called_subscriber_suspended",
        "carrier_suspended",
    ),
    "no_credit": ("prepaid_not_available",),
    "not_set_up": ("no_dialplan", "no_service_plan", "no_carrier", "no_gateway", "rewrite_leaves_nothing"),
    "too_many_calls": ("too_many_calls",),
    "forwarding": ("forward_loop", "too_many_forwards"),
    "no_snapshot": ("snapshot_not_available", "part_gone"),  # the hook's own: it has nothing to decide from
}

_REASON_OF: dict[str, Reason] = {code: reason for reason, codes in _CODES.items() for code in codes}


def reason_of(code: str) -> Reason:
    """``other`` for a code that isn't known here, such as one of a newer node."""
    return _REASON_OF.get(code, "other")


def tally_reasons(refused: dict[str, int]) -> dict[Reason, int]:
    """How many refusals there were by reason, from how many there were by code."""
    found: dict[Reason, int] = {}
    for code, count in refused.items():
        reason = reason_of(code)
        found[reason] = found.get(reason, 0) + count
    return found
