"""The number a subscriber shows to the telephone network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from chalicelib.domain.parts import Subscriber, TenantCore

Why = Literal["emergency", "own_did", "approved", "first_did", "main_number", "none"]


@dataclass(frozen=True, slots=True)
class CallerId:
    """``number`` is E.164, or empty when there is none to show (``why`` "none"): the call then goes out as anonymous
    and the carrier decides, because a refusal here would also stop what many carriers accept."""

    number: str
    why: Why


def choose_caller_id(core: TenantCore, subscriber: Subscriber) -> CallerId:
    """A wish that is neither a DID of the tenant nor an approved number is passed over: nobody shows another's."""
    wish = subscriber.caller_id
    if wish and wish in core.dids:
        return CallerId(wish, "own_did")
    if wish and wish in core.caller_ids:
        return CallerId(wish, "approved")
    first = core.first_dids.get(subscriber.subscriber_id, "")
    if first:
        return CallerId(first, "first_did")
    return CallerId(core.main_number, "main_number") if core.main_number else CallerId("", "none")


def choose_emergency_caller_id(core: TenantCore, subscriber: Subscriber) -> CallerId:
    if core.emergency_caller_id:
        return CallerId(core.emergency_caller_id, "emergency")
    return choose_caller_id(core, subscriber)
