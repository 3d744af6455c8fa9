"""Calls to the telephone network: rights, payment, caller ID, and the carrier's gateways in order."""

from __future__ import annotations

from chalicelib.domain import security_group
from chalicelib.domain.call_draft import Draft, RefusedError
from chalicelib.domain.caller_id import CallerId, choose_caller_id, choose_emergency_caller_id
from chalicelib.domain.diversion import Hop
from chalicelib.domain.gateway_request import PstnCall, gateway_target
from chalicelib.domain.lookup import FoundNumber
from chalicelib.domain.parts import Carrier, Gateway, Subscriber
from chalicelib.domain.plan import Target

# How long a gateway may let it ring. A gateway that doesn't react at all is given up much sooner, by the SBC's
# transaction timer.
GATEWAY_RING_S = 90


def plan_number(draft: Draft, *, payer: Subscriber, found: FoundNumber, hops: tuple[Hop, ...]) -> CallerId:
    """One stage per gateway, in the rights and at the cost of ``payer``. Raises ``RefusedError``, having added none."""
    _check_rights(draft, payer, found.number)
    _check_payment(draft)
    carrier = _get_carrier(draft)
    if carrier.suspended:
        raise RefusedError("carrier_suspended", carrier=carrier.name)
    caller_id = choose_caller_id(draft.tenant.core, payer)
    call = PstnCall(
        payer=payer,
        number=found.number,
        dialled=found.dialled,
        service=False,
        caller_id=caller_id,
        hops=hops,
        private=draft.attempt.privacy,
    )
    _add_gateways(draft, carrier, call)
    return caller_id


def plan_service(draft: Draft, *, payer: Subscriber, number: str) -> CallerId:
    """Emergency and service numbers: as they are, past rights, payment and suspension (the carrier's too), and never
    anonymous, so that whoever has to help can call back. Raises ``RefusedError``."""
    carrier = _get_carrier(draft)
    caller_id = choose_emergency_caller_id(draft.tenant.core, payer)
    draft.step("service_rules_apply", number=number)
    call = PstnCall(
        payer=payer, number=number, dialled=number, service=True, caller_id=caller_id, hops=(), private=False
    )
    _add_gateways(draft, carrier, call)
    return caller_id


def _check_rights(draft: Draft, payer: Subscriber, number: str) -> None:
    group = draft.tenant.core.security_groups.get(payer.security_group_id)
    if group is None:
        raise RefusedError("no_security_group", number=number)
    prefix = security_group.allowed_by(group, number)
    if prefix is None:
        raise RefusedError("destination_not_allowed", number=number, security_group=group.name)
    draft.step("prefix_allowed", number=number, security_group=group.name, prefix=prefix)


def _check_payment(draft: Draft) -> None:
    payment = draft.isp.payments.get(draft.tenant.core.customer.service_plan_id)
    if payment is None:
        raise RefusedError("no_service_plan")
    if payment == "prepaid":
        raise RefusedError("prepaid_not_available")
    draft.step("payment_checked", payment=payment)


def _get_carrier(draft: Draft) -> Carrier:
    carrier = draft.isp.carriers.get(draft.tenant.core.carrier_id)
    if carrier is None:
        raise RefusedError("no_carrier")
    if not carrier.gateways:
        raise RefusedError("no_gateway", carrier=carrier.name)
    draft.step("carrier_chosen", private=True, carrier=carrier.name, gateways=len(carrier.gateways))
    return carrier


def _add_gateways(draft: Draft, carrier: Carrier, call: PstnCall) -> None:
    draft.step("caller_id_chosen", number=call.caller_id.number, why=call.caller_id.why, private_call=call.private)
    start = len(draft.stages)
    for gateway in carrier.gateways:
        target = gateway_target(carrier, gateway, call)
        if target is None:
            draft.step("gateway_skipped", private=True, gateway=gateway.name, number=call.number)
            continue
        added = draft.add_stage(target, GATEWAY_RING_S)
        if added > start:
            draft.nexts[added - 1]["failure"] = added
        _trace_gateway(draft, gateway, target, order=added - start + 1)
    if len(draft.stages) == start:
        raise RefusedError("rewrite_leaves_nothing", number=call.number)


def _trace_gateway(draft: Draft, gateway: Gateway, target: Target, order: int) -> None:
    draft.step(
        "gateway_planned",
        private=True,
        order=order,
        gateway=gateway.name,
        uri=target.uri,
        next_hop=target.next_hop,
        from_display=target.from_display,
        from_uri=target.from_uri,
        headers=list(target.headers),
        codecs=list(target.codecs),
    )
