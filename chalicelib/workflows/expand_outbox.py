"""What changes have left to be done in chunks and nobody has finished: for the scheduler, safe to run at any time."""

from __future__ import annotations

from collections.abc import Callable

from chalicelib.storage.outbox import OutboxItem, expand, outbox_items
from chalicelib.workflows.do_each import do_each


def expand_outbox(*, work: Callable[[OutboxItem], None] = expand) -> int:
    """How many items were worked on."""
    return do_each(outbox_items(), work)
