"""Explain a call."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from chalice.app import Blueprint

from chalicelib.domain.errors import PatchbayError, field_error
from chalicelib.domain.explain import Audience
from chalicelib.domain.plan import Attempt, Refusal, Target
from chalicelib.domain.sentences import say
from chalicelib.handlers.http import Call, endpoint
from chalicelib.schemas.explain_calls import ExplainCallBody, ExplainedCallView
from chalicelib.storage.carriers import CARRIER
from chalicelib.storage.records import get_record
from chalicelib.storage.subscribers import SUBSCRIBER
from chalicelib.workflows.build_part import build_part
from chalicelib.workflows.explain_call import ExplainedCall, explain_call
from chalicelib.workflows.show_calls import HIDDEN_REFUSAL, hides_refusal

blueprint = Blueprint(__name__)


@endpoint(
    blueprint,
    "POST",
    "/tenants/{tenant_id}/explain-call",
    roles=("isp_admin", "tenant_admin"),
    body=ExplainCallBody,
    out=ExplainedCallView,
    summary="What would happen to this call, decision by decision",
)
def explain_one(call: Call[ExplainCallBody]) -> dict[str, Any]:
    scope = call.tenant
    audience: Audience = "isp" if call.identity.role == "isp_admin" else "tenant"
    attempt = _from_gateway(call) if call.body.gateway is not None else _from_phone(call)
    at = datetime.fromtimestamp(call.body.at / 1000, UTC) if call.body.at is not None else datetime.now(UTC)
    found = explain_call(
        scope,
        attempt,
        at,
        audience=audience,
        language=call.language,
        load_part=lambda key: build_part(key, scope.sbc_id),
    )
    return _view(found, audience)


def _from_phone(call: Call[ExplainCallBody]) -> Attempt:
    caller = get_record(call.tenant, SUBSCRIBER, call.body.subscriber_id)
    return Attempt("phone", call.body.dialled, domain=call.tenant.domain, username=caller.username)


def _from_gateway(call: Call[ExplainCallBody]) -> Attempt:
    asked = call.body.gateway
    if asked is None or call.identity.role != "isp_admin":
        raise PatchbayError("not_allowed", say("only_isp_sees_gateways"))
    carrier = get_record(call.isp, CARRIER, asked.carrier_id)
    gateway = next((one for one in carrier.gateways if one["gateway_id"] == asked.gateway_id), None)
    if gateway is None:
        raise PatchbayError("not_found", say("no_such_gateway"))
    if not gateway["networks"]:
        raise field_error("gateway", say("gateway_unresolved"))
    return Attempt(
        "gateway",
        call.body.dialled,
        src_ip=gateway["networks"][0].partition("/")[0],
        src_port=gateway["source_port"] or 0,
        calling=call.body.calling,
    )


def _view(found: ExplainedCall, audience: Audience) -> dict[str, Any]:
    refusal = found.decision if isinstance(found.decision, Refusal) else None
    hidden = refusal is not None and hides_refusal(refusal.code, audience)
    return {
        "routed": found.result.routed,
        "code": HIDDEN_REFUSAL if hidden else found.result.code,
        "sip_status": refusal.sip_status if refusal else 0,
        "summary": found.result.summary,
        "advice": found.result.advice,
        "steps": [{"code": step.code, "text": step.text} for step in found.steps],
        "stages": [
            {"timeout_s": stage.timeout_s, "targets": [_target(target, audience) for target in stage.targets]}
            for stage in found.stages
        ],
        "requests": [list(request) for request in found.result.requests],
        "unknown": list(found.result.unknown),
    }


def _target(target: Target, audience: Audience) -> dict[str, Any]:
    public = {"kind": target.leg_kind, "called_number": target.called_number, "aor": target.aor}
    if audience == "tenant":
        return public
    return public | {
        "uri": target.uri,
        "next_hop": target.next_hop,
        "carrier_id": target.carrier_id,
        "gateway_id": target.gateway_id,
    }
