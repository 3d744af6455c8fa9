"""Calls of an authenticated subscriber."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from chalicelib.domain.call_draft import CallerShown, Draft, RefusedError, load_tenant, refuse, suspended_level
from chalicelib.domain.lookup import Found, FoundNumber, FoundService, FoundSubscriber, look_up, shown_name
from chalicelib.domain.parts import IspPart, Subscriber
from chalicelib.domain.plan import Attempt, CallFacts, CallParty, Counter, Refusal, RoutePlan, TraceStep
from chalicelib.domain.sip_text import ANONYMOUS_DISPLAY, ANONYMOUS_URI, quoted_display, sip_uri
from chalicelib.domain.snapshot import Snapshot, Tenant
from chalicelib.domain.to_pstn import plan_number, plan_service
from chalicelib.domain.to_subscriber import plan_subscriber


def plan_from_phone(attempt: Attempt, snapshot: Snapshot, now: datetime, max_duration_s: int) -> RoutePlan | Refusal:
    """Raises ``MissingPartError``."""
    domain = attempt.domain.lower()
    ref = snapshot.index().domains.get(domain)
    if ref is None:
        return refuse(RefusedError("unknown_domain", domain=domain), None, [])
    tenant, isp = load_tenant(snapshot, ref.isp_id, ref.tenant_id)
    trace = [TraceStep("tenant_found", {"domain": domain, "tenant": tenant.core.name})]
    caller = tenant.find_by_name(attempt.username)
    if caller is None or caller.username.lower() != attempt.username.lower():
        # An alias can be dialled but nobody authenticates with it.
        unknown = RefusedError("unknown_subscriber", username=attempt.username)
        return refuse(unknown, _facts(attempt, tenant, isp, CallParty()), trace)
    trace.append(TraceStep("caller_found", {"name": shown_name(caller), "username": caller.username}))
    draft = Draft(attempt, tenant, isp, now, _shown(attempt, tenant, caller), trace)
    return _plan(draft, caller, max_duration_s)


def _plan(draft: Draft, caller: Subscriber, max_duration_s: int) -> RoutePlan | Refusal:
    number = caller.alias or caller.username
    party = CallParty(caller.subscriber_id, shown_name(caller), number)
    facts = _facts(draft.attempt, draft.tenant, draft.isp, party, calling_number=number)
    try:
        found = _find(draft, caller)
        facts = _found_facts(facts, found)
        facts = _add_stages(draft, caller, found, facts)
    except RefusedError as refused:
        return refuse(refused, facts, draft.trace)
    counters = _counters(draft, caller, limited=not facts.service_number)
    draft.step("live_calls_unknown", limits={counter.key: counter.limit for counter in counters})
    return draft.plan(facts, counters, max_duration_s)


def _find(draft: Draft, caller: Subscriber) -> Found:
    """Service numbers are looked for before a suspension takes effect: they stay reachable."""
    level = suspended_level(draft.tenant, draft.isp) or ("subscriber_suspended" if caller.suspended else "")
    if not level:
        draft.step("not_suspended", levels=["isp", "customer", "tenant", "subscriber"])
        return look_up(draft, caller, draft.attempt.dialled)
    try:
        found = look_up(draft, caller, draft.attempt.dialled)
    except RefusedError as refused:
        raise RefusedError(level) from refused
    if not isinstance(found, FoundService):
        raise RefusedError(level)
    draft.step("suspension_set_aside", level=level)
    return found


def _found_facts(facts: CallFacts, found: Found) -> CallFacts:
    """What is known before any check can refuse the call, so that a refused one is recorded with its number."""
    match found:
        case FoundSubscriber(subscriber=called, did=did):
            return replace(facts, called_number=did or called.alias or called.username, did=did)
        case FoundNumber(number=number):
            return replace(facts, direction="outbound", called_number=number)
        case FoundService(number=number):
            return replace(facts, direction="outbound", called_number=number, service_number=True)


def _add_stages(draft: Draft, caller: Subscriber, found: Found, facts: CallFacts) -> CallFacts:
    match found:
        case FoundSubscriber():
            plan_subscriber(draft, found)
            return facts
        case FoundNumber():
            caller_id = plan_number(draft, payer=caller, found=found, hops=())
        case FoundService(number=number):
            caller_id = plan_service(draft, payer=caller, number=number)
    return replace(facts, calling_number=caller_id.number)


def _facts(attempt: Attempt, tenant: Tenant, isp: IspPart, party: CallParty, *, calling_number: str = "") -> CallFacts:
    return CallFacts(
        direction="internal",
        isp_id=isp.isp_id,
        tenant_id=tenant.core.tenant_id,
        customer_id=tenant.core.customer.customer_id,
        caller=party,
        dialled=attempt.dialled,
        calling_number=calling_number,
    )


def _shown(attempt: Attempt, tenant: Tenant, caller: Subscriber) -> CallerShown:
    if attempt.privacy:
        return CallerShown(ANONYMOUS_URI, ANONYMOUS_DISPLAY)
    uri = sip_uri(caller.alias or caller.username, tenant.core.domain)
    return CallerShown(uri, quoted_display(caller.name))


def _counters(draft: Draft, caller: Subscriber, *, limited: bool) -> tuple[Counter, ...]:
    core = draft.tenant.core
    return (
        Counter(f"subscriber/{caller.subscriber_id}", caller.max_calls if limited else 0),
        Counter(f"tenant/{core.tenant_id}", core.max_calls if limited else 0),
    )
