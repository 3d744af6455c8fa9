"""Call records from SBC nodes."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from chalice.app import Blueprint

from chalicelib.handlers.http import Call, endpoint
from chalicelib.schemas.cdrs import CdrResultsView, CdrsBody
from chalicelib.workflows.store_cdrs import store_cdrs

blueprint = Blueprint(__name__)

MAX_BODY = 5_000_000  # Lambda takes 6 MB


@endpoint(
    blueprint,
    "POST",
    "/sbc/cdrs",
    roles=("node",),
    body=CdrsBody,
    out=CdrResultsView,
    max_body=MAX_BODY,
    summary="Store and rate call records, each once however often it is sent",
)
def store(call: Call[CdrsBody]) -> dict[str, Any]:
    results = store_cdrs(call.identity.sbc_id, call.body.cdrs)
    return {"results": [asdict(result) for result in results]}
