"""The wall clock of the hook's programs; whoever needs the time is passed it."""

from __future__ import annotations

import time


def clock_ms() -> int:
    """Milliseconds since 1970 UTC."""
    return time.time_ns() // 1_000_000
