"""What changes have left to be done in chunks and nobody has finished: for the scheduler, safe to run at any time."""

from __future__ import annotations

from chalicelib.storage.outbox import expand, outbox_items


def expand_outbox() -> int:
    """How many items were worked on."""
    items = outbox_items()
    for item in items:
        expand(item)
    return len(items)
