"""Call records as the API shows them to the ISP."""

from __future__ import annotations

from local.demo.api import Json
from local.demo.state import Demo
from local.demo.waiting import wait_for

CDR_S = 10.0


def wait_for_cdr(demo: Demo, *, dialled: str, result: str, caller: str = "") -> Json:
    """The newest call of the tenant that was dialled so and ended so."""

    def find() -> Json | None:
        found = find_cdrs(demo, dialled=dialled, result=result, caller=caller)
        return found[0] if found else None

    return wait_for(find, what=f"a CDR of {dialled}, {result}", limit_s=CDR_S)


def find_cdrs(demo: Demo, *, dialled: str, result: str, caller: str = "") -> list[Json]:
    """The newest first."""
    caller_id = demo.people[caller].subscriber_id if caller else ""
    calls = demo.isp.pages("/calls", tenant_id=demo.tenant_id, result=result)
    return [
        call
        for call in calls
        if call["dialled"] == dialled and (not caller or call["caller"]["subscriber_id"] == caller_id)
    ]
