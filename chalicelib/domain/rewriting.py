"""Number rewriting between the platform and a carrier's gateway: strip counts characters ("+" is one), then prefix."""

from __future__ import annotations

from chalicelib.domain.numbering import is_e164
from chalicelib.domain.parts import Gateway


def rewrite_outbound(gateway: Gateway, *, e164: str, dialled: str) -> str | None:
    """The user part to send to the gateway; None when the strip leaves nothing."""
    number = e164 if gateway.apply_to == "e164" else dialled
    return _rewrite(number, strip=gateway.outbound_strip, prefix=gateway.outbound_prefix)


def rewrite_inbound(gateway: Gateway, received: str) -> str | None:
    """The E.164 number that a call from the gateway is for; None when the rewriting doesn't make one."""
    number = _rewrite(received, strip=gateway.inbound_strip, prefix=gateway.inbound_prefix)
    return number if number is not None and is_e164(number) else None


def _rewrite(number: str, *, strip: int, prefix: str) -> str | None:
    rest = number[max(strip, 0) :]
    return prefix + rest if rest else None
