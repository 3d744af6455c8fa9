"""The INVITE that one gateway would get."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain import rewriting
from chalicelib.domain.caller_id import CallerId
from chalicelib.domain.diversion import Hop, diversion_to_gateway
from chalicelib.domain.parts import Carrier, Gateway, Subscriber
from chalicelib.domain.plan import Counter, Target
from chalicelib.domain.sip_text import ANONYMOUS_DISPLAY, ANONYMOUS_URI, header, quoted_display, sip_uri


@dataclass(frozen=True, slots=True)
class PstnCall:
    """What all gateways of a carrier have in common for one call."""

    payer: Subscriber
    number: str  # E.164, or a service number as it is sent
    dialled: str
    service: bool
    caller_id: CallerId
    hops: tuple[Hop, ...]
    private: bool  # CLIR: the called side must not learn the number


def gateway_target(carrier: Carrier, gateway: Gateway, call: PstnCall) -> Target | None:
    """None when the rewriting leaves nothing of the number."""
    user = call.number if call.service else rewriting.rewrite_outbound(gateway, e164=call.number, dialled=call.dialled)
    if not user:
        return None
    from_domain = gateway.source_domain or gateway.host
    return Target(
        leg_kind="pstn",
        uri=sip_uri(user, gateway.host, gateway.port),
        next_hop=f"{sip_uri('', gateway.host, gateway.port)};transport={gateway.transport}",
        from_uri=ANONYMOUS_URI if call.private else _from_uri(gateway, call.caller_id, from_domain),
        from_display=ANONYMOUS_DISPLAY if call.private else quoted_display(gateway.display or call.payer.name),
        headers=_headers(gateway, call, from_domain),
        carrier_id=carrier.carrier_id,
        gateway_id=gateway.gateway_id,
        called_number=call.number,
        codecs=gateway.codecs,
        charged_subscriber_id=call.payer.subscriber_id,
        counters=(Counter(f"gateway/{gateway.gateway_id}", 0),),
    )


def _from_uri(gateway: Gateway, caller_id: CallerId, from_domain: str) -> str:
    return sip_uri(gateway.source_user or caller_id.number or "anonymous", from_domain)


def _headers(gateway: Gateway, call: PstnCall, from_domain: str) -> tuple[str, ...]:
    """P-Asserted-Identity names the real caller ID also where From carries a fixed source user or is anonymous
    (RFC 3325 9.1): it is for the carrier, which takes it out towards the called side."""
    asserted: tuple[str, ...] = ()
    if gateway.add_pai and call.caller_id.number:
        asserted = (header("P-Asserted-Identity", f"<{sip_uri(call.caller_id.number, from_domain)}>"),)
    privacy = (header("Privacy", "id"),) if call.private else ()
    return (*asserted, *privacy, *diversion_to_gateway(call.hops, from_domain))
