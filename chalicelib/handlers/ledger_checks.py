"""What the daily check of all ledgers found."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint

from chalicelib.handlers.http import Call, endpoint
from chalicelib.schemas.common import Page, PageQuery
from chalicelib.schemas.ledger_checks import LedgerFindingView
from chalicelib.storage.ledger_checks import page_of_findings
from chalicelib.storage.scope import PlatformScope

blueprint = Blueprint(__name__)


@endpoint(
    blueprint,
    "GET",
    "/platform/ledger-findings",
    roles=("platform_admin",),
    query=PageQuery,
    out=Page[LedgerFindingView],
    paged=True,
    summary="Customers whose balance isn't the sum of their ledger entries",
)
def list_ledger_findings(call: Call[Any]) -> Any:
    purpose = "ledger-findings"
    page = page_of_findings(PlatformScope(), limit=call.query.limit, after=call.cursor(purpose))
    items = [LedgerFindingView.model_validate(finding) for finding in page.items]
    return Page[LedgerFindingView](items=items, next_cursor=call.next_cursor(page.last_key, purpose))
