"""Calls that come in through a gateway: whose DID is it?

Several ISPs may use the same carrier address. The source address only selects candidate gateways; the number decides,
after each candidate's own inbound rewriting, and exactly one owner may be left.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain import rewriting
from chalicelib.domain.call_draft import CallerShown, Draft, RefusedError, load_tenant, refuse, suspended_level
from chalicelib.domain.gateway_sources import gateways_at
from chalicelib.domain.lookup import find_own_did
from chalicelib.domain.parts import Carrier, Gateway, GatewaySource, TenantRef
from chalicelib.domain.plan import Attempt, CallFacts, CallParty, Counter, Refusal, RoutePlan, TraceStep
from chalicelib.domain.sip_text import ANONYMOUS_DISPLAY, ANONYMOUS_URI, quoted_display, sip_uri
from chalicelib.domain.snapshot import MissingPartError, Snapshot, Tenant
from chalicelib.domain.to_subscriber import plan_subscriber

_NOBODY = frozenset({"", "anonymous", "unknown", "unavailable", "restricted"})


@dataclass(frozen=True, slots=True)
class _Owner:
    ref: TenantRef
    did: str
    carrier: Carrier
    gateway: Gateway


def plan_from_gateway(attempt: Attempt, snapshot: Snapshot, now: datetime, max_duration_s: int) -> RoutePlan | Refusal:
    """Raises ``MissingPartError``."""
    sources = gateways_at(snapshot.index(), attempt.src_ip, attempt.src_port)
    if not sources:
        return refuse(RefusedError("unknown_source", src_ip=attempt.src_ip), None, [])
    owners = _owners(attempt, snapshot, sources)
    distinct = {(owner.ref, owner.did) for owner in owners}
    if len(distinct) != 1:
        code = "ambiguous_did" if distinct else "unknown_did"
        return refuse(RefusedError(code, src_ip=attempt.src_ip, dialled=attempt.dialled), None, [])
    # The same DID through two gateways of one ISP: a carrier in use goes before a suspended one.
    owner = next((owner for owner in owners if not owner.carrier.suspended), owners[0])
    tenant, isp = load_tenant(snapshot, owner.ref.isp_id, owner.ref.tenant_id)
    received = _calling_number(attempt, owner.gateway)
    calling = "" if attempt.privacy else received
    shown = _shown(attempt, tenant, calling)
    draft = Draft(attempt, tenant, isp, now, shown, _first_steps(attempt, tenant, owner))
    if attempt.privacy:
        # Tenants read call records and must not learn a withheld number there; the provider may have to.
        draft.step("number_withheld", private=True, calling_number=received)
    return _plan(draft, owner, _facts(attempt, tenant, owner, calling), max_duration_s)


def _owners(attempt: Attempt, snapshot: Snapshot, sources: tuple[GatewaySource, ...]) -> list[_Owner]:
    owners: list[_Owner] = []
    missing: list[str] = []
    for source in sources:
        try:
            owners.extend(_owners_by(attempt.dialled, snapshot, source))
        except MissingPartError as error:
            missing.extend(error.keys)
    if missing:
        raise MissingPartError(*dict.fromkeys(missing))
    return owners


def _owners_by(dialled: str, snapshot: Snapshot, source: GatewaySource) -> list[_Owner]:
    carrier = snapshot.isp(source.isp_id).carriers.get(source.carrier_id)
    gateways = carrier.gateways if carrier is not None else ()
    gateway = next((one for one in gateways if one.gateway_id == source.gateway_id), None)
    if carrier is None or gateway is None:
        return []  # the index is older or newer than the ISP's part for a moment
    did = rewriting.rewrite_inbound(gateway, dialled)
    if did is None:
        return []
    refs = snapshot.did_owners(did)
    return [_Owner(ref, did, carrier, gateway) for ref in refs if ref.isp_id == source.isp_id]


def _plan(draft: Draft, owner: _Owner, facts: CallFacts, max_duration_s: int) -> RoutePlan | Refusal:
    core = draft.tenant.core
    try:
        _check_suspensions(draft, owner)
        plan_subscriber(draft, find_own_did(draft, owner.did))
    except RefusedError as refused:
        return refuse(refused, facts, draft.trace)
    counters = (Counter(f"tenant/{core.tenant_id}", core.max_calls),)
    draft.step("live_calls_unknown", limits={counter.key: counter.limit for counter in counters})
    gateway_counter = Counter(f"gateway/{owner.gateway.gateway_id}", 0)
    return draft.plan(facts, (*counters, gateway_counter), max_duration_s)


def _check_suspensions(draft: Draft, owner: _Owner) -> None:
    level = suspended_level(draft.tenant, draft.isp)
    if level:
        raise RefusedError(level)
    if owner.carrier.suspended:
        raise RefusedError("carrier_suspended", carrier=owner.carrier.name)
    draft.step("not_suspended", levels=["isp", "customer", "tenant"])


def _calling_number(attempt: Attempt, gateway: Gateway) -> str:
    """E.164 if the gateway's inbound rewriting makes it so, else as received; empty for a withheld number."""
    if attempt.calling.lower() in _NOBODY:
        return ""
    return rewriting.rewrite_inbound(gateway, attempt.calling) or attempt.calling


def _shown(attempt: Attempt, tenant: Tenant, calling: str) -> CallerShown:
    if not calling:
        return CallerShown(ANONYMOUS_URI, ANONYMOUS_DISPLAY)
    return CallerShown(sip_uri(calling, tenant.core.domain), quoted_display(attempt.display))


def _first_steps(attempt: Attempt, tenant: Tenant, owner: _Owner) -> list[TraceStep]:
    source = {"src_ip": attempt.src_ip, "carrier": owner.carrier.name, "gateway": owner.gateway.name}
    rewritten = {"received": attempt.dialled, "did": owner.did, "gateway": owner.gateway.name}
    return [
        TraceStep("source_matched", source, private=True),
        TraceStep("inbound_rewritten", rewritten, private=True),
        TraceStep("did_owner_found", {"did": owner.did, "tenant": tenant.core.name}),
    ]


def _facts(attempt: Attempt, tenant: Tenant, owner: _Owner, calling: str) -> CallFacts:
    name = "" if attempt.privacy else attempt.display
    return CallFacts(
        direction="inbound",
        isp_id=owner.ref.isp_id,
        tenant_id=tenant.core.tenant_id,
        customer_id=tenant.core.customer.customer_id,
        caller=CallParty("", name, calling, owner.carrier.carrier_id, owner.gateway.gateway_id),
        dialled=attempt.dialled,
        calling_number=calling,
        called_number=owner.did,
        did=owner.did,
    )
