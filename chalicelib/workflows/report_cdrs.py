"""What a batch of call records tells operators: metrics, and a log line by which each call is found."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence

from chalicelib.domain.refusal_reasons import tally_reasons
from chalicelib.observability import emit_metrics, logger
from chalicelib.storage.cdrs import Cdr


def report_cdrs(
    sbc_id: str, stored: Sequence[Cdr], *, duplicate: int, rejected: int, now_ms: int | None = None
) -> None:
    """``stored``: those that are new."""
    now = now_ms if now_ms is not None else time.time_ns() // 1_000_000
    answered = [cdr.record for cdr in stored if cdr.record["answered_at"] is not None]
    emit_metrics(
        {
            "CdrsStored": len(stored),
            "CdrsDuplicate": duplicate,
            "CdrsRejected": rejected,
            "CallsAnswered": len(answered),
            "TalkSeconds": sum(record["ended_at"] - record["answered_at"] for record in answered) / 1000,
            "PostDialDelay": [cdr.record["pdd_ms"] for cdr in stored if cdr.record["pdd_ms"] is not None],
            "RatingLag": [round((now - cdr.record["ended_at"]) / 1000, 1) for cdr in stored],
            "UnratedLegs": sum(charge["state"] == "unrated" for cdr in stored for charge in cdr.charges),
        }
    )
    refused = Counter(cdr.record["refusal"]["code"] for cdr in stored if cdr.record["refusal"] is not None)
    for reason, count in tally_reasons(refused).items():
        emit_metrics({"CallsRefused": count}, reason=reason)
    if stored:
        told = {
            "sbc_id": sbc_id,
            "call_ids": [cdr.call_id for cdr in stored],
            "sip_call_ids": [cdr.record["sip_call_id"] for cdr in stored],
        }
        logger().info("call records stored", extra=told)
