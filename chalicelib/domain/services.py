"""The services of a service deck, and which one a leg uses."""

from __future__ import annotations

from typing import Literal, assert_never

Service = Literal["PSTN", "MOBILE", "DID", "TOLLFREE", "SIP"]
RatedLegKind = Literal["pstn", "did", "sip"]

SERVICES: frozenset[str] = frozenset({"PSTN", "MOBILE", "DID", "TOLLFREE", "SIP"})


def service_of_leg(leg_kind: RatedLegKind, number_kind: str) -> Service:
    """``number_kind``: ``NumberType.kind`` or ``type_name`` of ``numbering.number_type``; a SIP leg needs none.

    Only a number that is surely mobile is MOBILE (FIXED_LINE_OR_MOBILE isn't). Toll free, premium and unknown numbers
    that are called are PSTN; what they cost apart from that, prefixes of the rate deck say.
    """
    kind = number_kind.lower()
    match leg_kind:
        case "sip":
            return "SIP"
        case "did":
            return "TOLLFREE" if kind in {"toll_free", "tollfree"} else "DID"
        case "pstn":
            return "MOBILE" if kind == "mobile" else "PSTN"
    assert_never(leg_kind)
