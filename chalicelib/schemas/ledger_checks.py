"""What the check of ledgers found."""

from __future__ import annotations

from chalicelib.schemas.common import Instant, View


class LedgerFindingView(View):
    """``balance_micros`` and ``balance_entries``: what the balance says; ``entries_micros`` and ``entries``: what its
    entries add up to."""

    customer_id: str
    customer_name: str
    isp_id: str
    isp_name: str
    currency: str
    balance_micros: int
    entries_micros: int
    balance_entries: int
    entries: int
    found_at: Instant
    seen_at: Instant
