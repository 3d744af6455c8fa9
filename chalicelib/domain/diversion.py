"""Who forwarded a call, and the Diversion headers that say so (RFC 5806)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from chalicelib.domain.parts import Subscriber
from chalicelib.domain.sip_text import header, sip_uri

ConditionalForward = Literal["busy", "no_answer", "unreachable"]
ForwardKind = Literal["always"] | ConditionalForward

_REASONS: dict[ForwardKind, str] = {
    "always": "unconditional",
    "busy": "user-busy",
    "no_answer": "no-answer",
    "unreachable": "unavailable",
}


@dataclass(frozen=True, slots=True)
class Hop:
    """One forward that was followed. ``number``: the forwarder's E.164 number, or empty."""

    forwarder: Subscriber
    kind: ForwardKind
    number: str


def diversion_to_phone(hops: Sequence[Hop], domain: str) -> tuple[str, ...]:
    """The latest diversion first, as RFC 5806 section 4 wants it."""
    return tuple(_header(hop.forwarder.alias or hop.forwarder.username, domain, hop) for hop in reversed(hops))


def diversion_to_gateway(hops: Sequence[Hop], domain: str) -> tuple[str, ...]:
    """Numbers only: aliases and usernames of a tenant are nobody's business outside."""
    return tuple(_header(hop.number, domain, hop) for hop in reversed(hops) if hop.number)


def _header(user: str, domain: str, hop: Hop) -> str:
    return header("Diversion", f"<{sip_uri(user, domain)}>;reason={_REASONS[hop.kind]}")
