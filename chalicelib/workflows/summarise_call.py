"""A call in one small object, from which lists are shown and filtered."""

from __future__ import annotations

from typing import Any

from chalicelib.workflows.rate_cdr import StoredCharge

_SAME = (
    "call_id", "tenant_id", "customer_id", "sbc_id", "direction", "caller", "dialled", "calling_number",
    "called_number", "did", "service_number", "setup_at", "answered_at", "ended_at", "pdd_ms", "sip_status",
    "q850_cause", "hangup_by", "estimated", "refusal",
)  # fmt: skip


def summarise_call(record: dict[str, Any], charges: list[StoredCharge]) -> dict[str, Any]:
    """``subscriber_ids`` are all who took part; ``amount_micros`` what was charged; ``unrated``: a leg wasn't."""
    answered = next((leg for leg in reversed(record["legs"]) if leg["answered_at"] and leg["leg"] != "a"), None)
    last = answered or next((leg for leg in reversed(record["legs"]) if leg["leg"] != "a"), None)
    return {
        **{name: record[name] for name in _SAME},
        "result": _result(record),
        "subscriber_ids": sorted(_subscribers(record)),
        "called_subscriber_id": last["subscriber_id"] if last else "",
        "called_name": last.get("subscriber_name", "") if last else "",
        "carrier_id": last["carrier_id"] if last and last["carrier_id"] else record["caller"]["carrier_id"],
        "gateway_id": last["gateway_id"] if last and last["gateway_id"] else record["caller"]["gateway_id"],
        "amount_micros": sum(charge["amount_micros"] for charge in charges),
        "currency": charges[0]["currency"] if charges else "",
        "unrated": any(charge["state"] == "unrated" for charge in charges),
    }


def _result(record: dict[str, Any]) -> str:
    if record["refusal"] is not None:
        return "refused"
    return "answered" if record["answered_at"] is not None else "not_answered"


def _subscribers(record: dict[str, Any]) -> set[str]:
    named = [record["caller"]["subscriber_id"]]
    for leg in record["legs"]:
        named += [leg["subscriber_id"], leg["charged_subscriber_id"]]
    return {subscriber_id for subscriber_id in named if subscriber_id}
