"""The hook's answers to Kamailio's /route: flat, so that the configuration script only copies values."""

from __future__ import annotations

from typing import Any

from chalicelib.domain.plan import Target
from sbc.hook.live_calls import Call

CHALLENGE: dict[str, Any] = {"action": "challenge"}


def ring(call: Call, *, max_s: int) -> dict[str, Any]:
    return {
        "action": "ring",
        "call_id": call.call_id,
        "stage": call.stage,
        "timeout_s": call.plan.stages[call.stage].timeout_s,
        "max_s": max_s,
        "caller_media": call.invite.media,
        "targets": [_target(call.target_of(leg)) for leg in call.stage_legs()],
    }


def reply(call_id: str, status: int, reason: str) -> dict[str, Any]:
    return {"action": "reply", "call_id": call_id, "status": status, "reason": reason}


def _target(target: Target) -> dict[str, Any]:
    return {
        "kind": "aor" if target.aor else "gateway",
        "aor": target.aor.removeprefix("sip:"),
        "uri": target.uri,
        "next_hop": target.next_hop,
        "from_uri": target.from_uri,
        "from_display": target.from_display,
        "headers": "".join(f"{line}\r\n" for line in target.headers),
        "media": "" if target.aor else "rtp",  # of an aor: each contact's own
        "codecs": " ".join(target.codecs),
    }
