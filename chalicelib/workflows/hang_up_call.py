"""Ends a live call: an order to the nodes of its SBC, one of which has it."""

from __future__ import annotations

from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.sentences import say
from chalicelib.storage.live import find_live, order_hang_up
from chalicelib.storage.scope import TenantScope
from chalicelib.storage.transaction import Actor


def hang_up_call(scope: TenantScope, call_id: str, *, actor: Actor) -> None:
    """Raises ``not_found`` for a call that no node has reported as this tenant's in the last minutes. One that ended
    meanwhile is the node's to pass over."""
    calls = (call for report in find_live(scope).reports for call in report.body["calls"])
    call = next((call for call in calls if call["call_id"] == call_id), None)
    if call is None:
        raise PatchbayError("not_found", say("no_such_live_call"))
    order_hang_up(scope, call, actor=actor)
