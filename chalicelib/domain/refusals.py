"""The one catalogue of the reasons why a call is refused.

The reason phrase goes to the caller's equipment and tells a stranger nothing: an unknown domain, an unknown subscriber,
an unknown source address and every suspension look the same (403 Forbidden). The sentence and the advice are for
administrators, in Explain and in call records.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RefusalKind:
    """``private``: it speaks of carriers or gateways, so tenants are told ``PUBLIC_SENTENCE`` instead."""

    code: str
    sip_status: int
    reason: str
    sentence: str
    advice: str
    private: bool = False


PUBLIC_SENTENCE = "The call can't be carried at the moment."
PUBLIC_ADVICE = "Ask your service provider."

_KINDS = (
    RefusalKind(
        "unknown_domain",
        403,
        "Forbidden",
        "No tenant on this SBC has this SIP domain.",
        "Check the domain in the phone, and that the tenant uses this SBC.",
    ),
    RefusalKind(
        "unknown_subscriber",
        403,
        "Forbidden",
        "The tenant has no subscriber with this username.",
        "Check the username in the phone, or make the subscriber.",
    ),
    RefusalKind(
        "isp_suspended",
        403,
        "Forbidden",
        "The service provider is suspended.",
        "The platform's administrator can resume it.",
    ),
    RefusalKind(
        "customer_suspended",
        403,
        "Forbidden",
        "The customer is suspended.",
        "The service provider can resume the customer.",
    ),
    RefusalKind(
        "tenant_suspended",
        403,
        "Forbidden",
        "The tenant is suspended.",
        "The service provider can resume the tenant.",
    ),
    RefusalKind(
        "subscriber_suspended",
        403,
        "Forbidden",
        "The calling subscriber is suspended.",
        "Resume the subscriber in the tenant console.",
    ),
    RefusalKind(
        "called_subscriber_suspended",
        480,
        "Temporarily Unavailable",
        "The called subscriber is suspended.",
        "Resume the subscriber in the tenant console.",
    ),
    RefusalKind(
        "empty_number",
        484,
        "Address Incomplete",
        "No number was dialled.",
        "Dial a name, an alias or a number.",
    ),
    RefusalKind(
        "number_not_recognised",
        404,
        "Not Found",
        "What was dialled is no alias, username or own number, and no rule of the dialplan matches it.",
        "Check the number, or add a rule to the dialplan; the rule tester shows which rule fires.",
    ),
    RefusalKind(
        "impossible_number",
        404,
        "Not Found",
        "The dialplan made a number of it that can't exist (too short, too long, or an unknown country code).",
        "Check the number and the area code of the subscriber; the rule tester shows which rule fires.",
    ),
    RefusalKind(
        "no_dialplan",
        404,
        "Not Found",
        "The tenant has no dialplan, so numbers can't be understood.",
        "Choose a dialplan for the tenant, or a default one in the customer's service plan.",
    ),
    RefusalKind(
        "no_security_group",
        403,
        "Forbidden",
        "The subscriber has no security group, and without one no call to the telephone network is allowed.",
        "Give the subscriber a security group that allows the destination.",
    ),
    RefusalKind(
        "destination_not_allowed",
        403,
        "Forbidden",
        "The subscriber's security group allows no prefix of this number.",
        "Add the prefix to the security group, or give the subscriber another one.",
    ),
    # Letting a prepaid customer call without a reservation of credit would give calls away (many at once on one
    # credit), so these calls are refused by name instead. Calls inside the tenant and received calls aren't charged
    # against credit and pass.
    RefusalKind(
        "prepaid_not_available",
        402,
        "Payment Required",
        "The customer's service plan is prepaid, and this installation can't reserve prepaid credit for calls yet.",
        "Give the customer a postpaid service plan.",
    ),
    RefusalKind(
        "no_service_plan",
        503,
        "Service Unavailable",
        "The customer's service plan isn't known, so it can't be said whether the call may be charged.",
        "Give the customer an existing service plan.",
    ),
    RefusalKind(
        "no_carrier",
        503,
        "Service Unavailable",
        "The tenant has no carrier.",
        "Choose a carrier for the tenant, or a default one in the customer's service plan.",
        private=True,
    ),
    RefusalKind(
        "no_gateway",
        503,
        "Service Unavailable",
        "The tenant's carrier has no gateway.",
        "Add a gateway to the carrier.",
        private=True,
    ),
    RefusalKind(
        "carrier_suspended",
        503,
        "Service Unavailable",
        "The carrier is suspended.",
        "Resume the carrier, or choose another one for the tenant.",
        private=True,
    ),
    RefusalKind(
        "rewrite_leaves_nothing",
        500,
        "Server Internal Error",
        "The outbound rewriting leaves nothing of the number at any gateway of the carrier.",
        "Lower the outbound strip of the gateways.",
        private=True,
    ),
    RefusalKind(
        "unknown_source",
        403,
        "Forbidden",
        "The call came from an address that is no gateway's.",
        "Add the address to the gateway if it is the carrier's.",
        private=True,
    ),
    RefusalKind(
        "unknown_did",
        404,
        "Not Found",
        "After the inbound rewriting of the gateway, the called number is no DID of a tenant here.",
        "Check the inbound strip and prefix of the gateway, and that the DID is allocated to a tenant.",
        private=True,
    ),
    RefusalKind(
        "ambiguous_did",
        404,
        "Not Found",
        "The source address and the called number fit more than one owner, so the call can't be given to either.",
        "Correct the inbound rewriting of the gateways that share this address.",
        private=True,
    ),
    RefusalKind(
        "did_without_subscriber",
        404,
        "Not Found",
        "The DID belongs to the tenant but is allocated to no subscriber.",
        "Allocate the DID to a subscriber.",
    ),
    RefusalKind(
        "too_many_calls",
        486,
        "Busy Here",
        "As many calls as allowed are up already.",
        "Raise the maximum of concurrent calls, or wait until one ends.",
    ),
    RefusalKind(
        "forward_loop",
        482,
        "Loop Detected",
        "The forwards lead back to a subscriber that has already forwarded this call.",
        "Change one of the forwards in the circle.",
    ),
    RefusalKind(
        "too_many_forwards",
        483,
        "Too Many Hops",
        "The call was forwarded as often as allowed.",
        "Forward to the final destination directly.",
    ),
    RefusalKind(
        "forward_to_service_number",
        403,
        "Forbidden",
        "Calls aren't forwarded to emergency and service numbers.",
        "Forward to an ordinary number.",
    ),
)

CATALOGUE = {kind.code: kind for kind in _KINDS}


def get_refusal_kind(code: str) -> RefusalKind:
    """Raises ``KeyError`` for a code that isn't in the catalogue."""
    return CATALOGUE[code]
