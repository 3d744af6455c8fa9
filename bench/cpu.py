"""CPU time of other processes, from /proc."""

from __future__ import annotations

import contextlib
from pathlib import Path

NS_PER_S = 1_000_000_000


def group_cpu_s(group: int) -> float:
    """Seconds that the threads of all processes of a process group have run so far, in user and kernel mode.

    From ``schedstat``, whose first number is nanoseconds on a CPU: ``stat`` counts the same time in ticks of 10 ms,
    too coarse for a dozen workers that run some milliseconds each.
    """
    return sum(_run_ns(process) for process in Path("/proc").glob("[0-9]*") if _group_of(process) == group) / NS_PER_S


def _group_of(process: Path) -> int:
    with contextlib.suppress(OSError):
        return int((process / "stat").read_text().rpartition(")")[2].split()[2])
    return 0


def _run_ns(process: Path) -> int:
    total = 0
    with contextlib.suppress(OSError):
        for thread in (process / "task").iterdir():
            with contextlib.suppress(OSError):
                total += int((thread / "schedstat").read_text().split()[0])
    return total
