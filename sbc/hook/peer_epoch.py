"""The number of a node's life, by which its peers tell what it says now from what it said before."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

log = logging.getLogger(__name__)

# Two lives that both rise above the same number shall not become one: what was recorded in the first could count in the
# second. In milliseconds, a quarter of an hour.
_SPREAD = 1_000_000


@dataclass(slots=True)
class OwnEpoch:
    """``keep`` writes a new value down, for the next start."""

    value: int
    keep: Callable[[int], None] = lambda _value: None

    def rise_above(self, remembered: int) -> None:
        """A peer remembers a larger one than this: the disk is new, and the clock behind what it was then. Until the
        clock had made up for it, that peer would drop what this node says."""
        before, self.value = self.value, remembered + 1 + secrets.randbelow(_SPREAD)
        log.warning("peers remember a later life of this node", extra={"epoch": before, "risen_to": self.value})
        self.keep(self.value)


def kept_epoch(file: Path, *, now_ms: int) -> OwnEpoch:
    """Larger than that of each earlier start, also when the clock was put back meanwhile."""
    try:
        last = int(file.read_text())
    except (OSError, ValueError):
        last = 0
    epoch = OwnEpoch(max(now_ms, last + 1), lambda value: _write(file, value))
    _write(file, epoch.value)
    return epoch


def _write(file: Path, epoch: int) -> None:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    written = file.with_name(file.name + ".new")
    written.write_text(str(epoch))
    written.replace(file)
