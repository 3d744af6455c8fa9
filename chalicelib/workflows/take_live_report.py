"""A node's report of a tenant's phones and calls."""

from __future__ import annotations

import time

from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.sentences import say
from chalicelib.schemas.live import LiveReportBody
from chalicelib.storage.live import put_report
from chalicelib.storage.tenants import find_tenant_pointer


def take_live_report(sbc_id: str, node: str, report: LiveReportBody) -> None:
    """Raises ``not_found`` for a tenant of another SBC, or of none: the node then stops reporting it."""
    pointer = find_tenant_pointer(report.tenant_id)
    if pointer is None or pointer.sbc_id != sbc_id:
        raise PatchbayError("not_found", say("tenant_of_another_sbc"))
    body = report.model_dump(mode="json", exclude={"tenant_id"})
    put_report(report.tenant_id, sbc_id, node, body, now_ms=time.time_ns() // 1_000_000)
