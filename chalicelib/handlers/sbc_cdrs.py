"""Call records from SBC nodes."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from chalice.app import Blueprint

from chalicelib.handlers.http import Call, endpoint
from chalicelib.schemas.cdrs import CdrResultsView, CdrsBody
from chalicelib.workflows.store_cdrs import store_cdrs

blueprint = Blueprint(__name__)


@endpoint(
    blueprint,
    "POST",
    "/sbc/cdrs",
    roles=("node",),
    body=CdrsBody,
    out=CdrResultsView,
    summary="Store and rate call records, each once however often it is sent",
)
def store(call: Call[CdrsBody]) -> dict[str, Any]:
    return {"results": [asdict(result) for result in store_cdrs(call.identity.sbc_id, call.body.cdrs)]}
