"""What the fake hook answers to POST /route, as the interface between Kamailio and the hook describes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.sip.sipp import Sipp
from tests.sip.stack import DOMAIN

Json = dict[str, Any]
CALL_ID = "call_01J0000000000000000000TEST"


def aor(user: str, **more: Any) -> Json:
    return _target(kind="aor", aor=f"{user}@{DOMAIN}", **more)


def gateway(sipp: Sipp | str, number: str = "+33123456789", **more: Any) -> Json:
    where = sipp if isinstance(sipp, str) else sipp.where
    return _target(kind="gateway", uri=f"sip:{number}@{where}", next_hop=f"sip:{where}", **more)


def _target(**more: Any) -> Json:
    empty = dict.fromkeys(("aor", "uri", "next_hop", "from_uri", "from_display", "headers", "codecs"), "")
    return {**empty, "media": "rtp" if more["kind"] == "gateway" else "", **more}


def ring(*targets: Json, stage: int = 0, timeout_s: int = 20, max_s: int = 3600) -> Json:
    return {
        "action": "ring", "call_id": CALL_ID, "stage": stage, "timeout_s": timeout_s, "max_s": max_s,
        "caller_media": "", "targets": list(targets),
    }  # fmt: skip


def reply(status: int, reason: str = "No") -> Json:
    return {"action": "reply", "call_id": CALL_ID, "status": status, "reason": reason}


def stages(*answers: Json) -> Callable[[Json], Json]:
    """The first answer for the call, the next ones as stages fail, whatever the reason; then the failure's status."""

    def route(body: Json) -> Json:
        following = body.get("stage", -1) + 1
        return answers[following] if following < len(answers) else reply(body["status"])

    return route
