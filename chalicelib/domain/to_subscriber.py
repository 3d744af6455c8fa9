"""Calls to a subscriber: its phones, and its forwards to other subscribers and to numbers."""

from __future__ import annotations

from chalicelib.domain import hours
from chalicelib.domain.call_draft import Draft, RefusedError
from chalicelib.domain.caller_id import choose_caller_id
from chalicelib.domain.diversion import ConditionalForward, ForwardKind, Hop, diversion_to_phone
from chalicelib.domain.lookup import FoundNumber, FoundService, FoundSubscriber, look_up, shown_name
from chalicelib.domain.parts import Subscriber
from chalicelib.domain.plan import Counter, Target
from chalicelib.domain.sip_text import sip_uri
from chalicelib.domain.to_pstn import plan_number

MAX_HOPS = 5
# Three conditional forwards per subscriber, five hops deep, could make hundreds of stages; nobody waits for them.
MAX_FORWARDS_TRIED = 20

_LOOPS = frozenset({"forward_loop", "too_many_forwards"})


def plan_subscriber(draft: Draft, found: FoundSubscriber, hops: tuple[Hop, ...] = ()) -> int:
    """Adds the subscriber's stages; returns the first one's index. Raises ``RefusedError``, having added none."""
    subscriber = found.subscriber
    if any(hop.forwarder.subscriber_id == subscriber.subscriber_id for hop in hops):
        raise RefusedError("forward_loop", name=shown_name(subscriber))
    if subscriber.suspended:
        raise RefusedError("called_subscriber_suspended", name=shown_name(subscriber))
    _trace_hours(draft, subscriber)
    if subscriber.forward_always:
        entry = _try_forward(draft, found, "always", subscriber.forward_always, hops)
        if entry is not None:
            return entry
    entry = _ring(draft, subscriber, hops)
    for outcome, wanted in _conditional_forwards(subscriber):
        following = _try_forward(draft, found, outcome, wanted, hops)
        if following is not None:
            draft.nexts[entry][outcome] = following
    if not subscriber.forward_unreachable and "no_answer" in draft.nexts[entry]:
        draft.nexts[entry]["unreachable"] = draft.nexts[entry]["no_answer"]
    return entry


def _conditional_forwards(subscriber: Subscriber) -> list[tuple[ConditionalForward, str]]:
    wanted: tuple[tuple[ConditionalForward, str], ...] = (
        ("busy", subscriber.forward_busy),
        ("no_answer", subscriber.forward_no_answer),
        ("unreachable", subscriber.forward_unreachable),
    )
    return [(outcome, target) for outcome, target in wanted if target]


def _ring(draft: Draft, subscriber: Subscriber, hops: tuple[Hop, ...]) -> int:
    domain = draft.tenant.core.domain
    aor = sip_uri(subscriber.username, domain)
    target = Target(
        leg_kind="sip",
        aor=aor,
        from_uri=draft.shown.uri,
        from_display=draft.shown.display,
        headers=diversion_to_phone(hops, domain),
        subscriber_id=subscriber.subscriber_id,
        subscriber_name=shown_name(subscriber),
        called_number=subscriber.alias or subscriber.username,
        counters=(Counter(f"subscriber/{subscriber.subscriber_id}", subscriber.max_calls),),
    )
    draft.step(
        "phones_rung",
        name=shown_name(subscriber),
        aor=aor,
        timeout_s=subscriber.dial_timeout_s,
        max_calls=subscriber.max_calls,
    )
    return draft.add_stage(target, subscriber.dial_timeout_s)


def _try_forward(
    draft: Draft, found: FoundSubscriber, kind: ForwardKind, wanted: str, hops: tuple[Hop, ...]
) -> int | None:
    """The first stage of the forward, or None when it is refused: then the call goes on as if it weren't set. Only
    loops of unconditional forwards are passed up, since behind them nobody would ever ring."""
    forwarder = found.subscriber
    draft.step("forward_considered", name=shown_name(forwarder), on=kind, to=wanted)
    try:
        return _follow(draft, found, kind, wanted, hops)
    except RefusedError as refused:
        if kind == "always" and refused.code in _LOOPS:
            raise
        draft.step("forward_left_out", name=shown_name(forwarder), on=kind, to=wanted, code=refused.code)
        return None


def _follow(draft: Draft, found: FoundSubscriber, kind: ForwardKind, wanted: str, hops: tuple[Hop, ...]) -> int:
    draft.forwards_tried += 1
    if len(hops) >= MAX_HOPS or draft.forwards_tried > MAX_FORWARDS_TRIED:
        raise RefusedError("too_many_forwards", limit=MAX_HOPS)
    forwarder = found.subscriber
    number = found.did or choose_caller_id(draft.tenant.core, forwarder).number
    path = (*hops, Hop(forwarder, kind, number))
    start = len(draft.stages)
    match look_up(draft, forwarder, wanted):
        case FoundSubscriber() as target:
            return plan_subscriber(draft, target, path)
        case FoundNumber() as target:
            plan_number(draft, payer=forwarder, found=target, hops=path)
            return start
        case FoundService(number=service_number):
            raise RefusedError("forward_to_service_number", number=service_number)


def _trace_hours(draft: Draft, subscriber: Subscriber) -> None:
    """Told, not acted on: hours decide in a visual plan, and a phone rings at any hour without one."""
    date_range = draft.tenant.core.date_ranges.get(subscriber.date_range_id)
    if date_range is not None:
        is_open = hours.is_open(date_range, draft.now)
        draft.step("hours_known", name=shown_name(subscriber), date_range=date_range.name, open=is_open)
