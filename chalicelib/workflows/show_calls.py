"""Calls for people. What a tenant must not see is left out here and nowhere else: carriers, gateways, costs, numbers
as carriers send them, and how many gateways were tried."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from chalicelib.domain.explain import Audience, explain, refusal_text
from chalicelib.domain.fields import FieldError
from chalicelib.domain.language import Language
from chalicelib.domain.money import decimal_text
from chalicelib.domain.plan_json import trace_from_json
from chalicelib.domain.rating import started_seconds
from chalicelib.domain.refusals import CATALOGUE

Json = dict[str, Any]
Names = dict[str, str]

HIDDEN_REFUSAL = "not_possible"  # in place of a code that speaks of carriers


def show_call(summary: Json, names: Names, *, audience: Audience, language: Language) -> Json:
    """The fields of ``schemas.calls.CallView``."""
    caller = summary["caller"]
    return {
        **{name: summary[name] for name in ("call_id", "direction", "result", "did", "hangup_by", "q850_cause")},
        **{name: summary[name] for name in ("setup_at", "answered_at", "ended_at", "sip_status", "estimated")},
        "caller": {
            "subscriber_id": caller["subscriber_id"],
            "name": caller["name"] or names.get(caller["subscriber_id"], ""),
            "number": summary["calling_number"] or caller["number"],
        },
        "called": {
            "subscriber_id": summary["called_subscriber_id"],
            "name": summary.get("called_name") or names.get(summary["called_subscriber_id"], ""),
            "number": summary["called_number"],
        },
        "dialled": dialled(summary, audience),
        "talk_s": _talk_s(summary),
        "refusal": _refusal(summary["refusal"], audience, language),
    }


def lacks_names(summary: Json) -> bool:
    """A record of a node that didn't send names yet: a tenant's list then reads them."""
    caller = summary["caller"]
    return bool(
        (caller["subscriber_id"] and not caller["name"])
        or (summary["called_subscriber_id"] and not summary.get("called_name"))
    )


def show_isp_fields(summary: Json, names: Names) -> Json:
    """The fields of ``schemas.calls.IspCallFields``."""
    ids = {name: summary[f"{name}_id"] for name in ("tenant", "customer", "carrier", "gateway")}
    return {
        **{f"{name}_id": found for name, found in ids.items()},
        **{f"{name}_name": names.get(found, "") for name, found in ids.items()},
        **{name: summary[name] for name in ("amount_micros", "currency", "unrated")},
        "amount": decimal_text(summary["amount_micros"]),
    }


def show_legs(legs: list[Json], names: Names, *, audience: Audience) -> list[Json]:
    """The fields of ``schemas.calls.LegView``, for the ISP those of ``IspLegView``."""
    if audience == "tenant":
        return [_leg(leg, names) for leg in _without_failed_over(legs)]
    return [
        {
            **_leg(leg, names),
            "carrier_id": leg["carrier_id"],
            "carrier_name": names.get(leg["carrier_id"], ""),
            "gateway_id": leg["gateway_id"],
            "gateway_name": names.get(leg["gateway_id"], ""),
        }
        for leg in legs
    ]


def show_steps(trace: list[Json], *, audience: Audience, language: Language) -> list[Json]:
    """The fields of ``schemas.calls.StepView``. A trace that this release can't read is left out, not the call."""
    try:
        steps = explain(trace_from_json(trace), audience=audience, language=language)
        return [{"code": step.code, "text": step.text} for step in steps]
    except (FieldError, KeyError, TypeError, ValueError, AttributeError, IndexError):
        return []


def dialled(summary: Json, audience: Audience) -> str:
    """What a gateway sends carries its prefix; a tenant sees its own number instead."""
    hidden = audience == "tenant" and summary["direction"] == "inbound"
    return str(summary["did"] if hidden else summary["dialled"])


def numbers_of(summary: Json, audience: Audience) -> Iterable[str]:
    """What a search for a number looks at: what the audience sees."""
    yield from (summary["calling_number"], summary["called_number"], summary["did"], summary["caller"]["number"])
    yield dialled(summary, audience)


def _talk_s(summary: Json) -> int:
    if summary["answered_at"] is None:
        return 0
    return started_seconds(max(0, summary["ended_at"] - summary["answered_at"]))


def hides_refusal(code: str, audience: Audience) -> bool:
    kind = CATALOGUE.get(code)
    return audience == "tenant" and (kind is None or kind.private)


def _refusal(refusal: Json | None, audience: Audience, language: Language) -> Json | None:
    if refusal is None:
        return None
    code = HIDDEN_REFUSAL if hides_refusal(refusal["code"], audience) else refusal["code"]
    sentence, advice = refusal_text(refusal["code"], audience, language)
    return {"code": code, "sentence": sentence, "advice": advice}


def _leg(leg: Json, names: Names) -> Json:
    return {
        **{name: leg[name] for name in ("leg", "kind", "subscriber_id", "called_number")},
        **{name: leg[name] for name in ("setup_at", "answered_at", "ended_at", "sip_status")},
        "subscriber_name": leg.get("subscriber_name") or names.get(leg["subscriber_id"], ""),
    }


def _without_failed_over(legs: list[Json]) -> list[Json]:
    """For a tenant a call to a number is one leg, through however many gateways it was tried."""
    kept: list[Json] = []
    for leg in legs:
        if kept and leg["kind"] == "pstn" == kept[-1]["kind"] and leg["called_number"] == kept[-1]["called_number"]:
            kept.pop()
        kept.append(leg)
    return kept
