"""Notes which process group a program runs in, and ends what is left of one.

A killed supervisor or a killed main process (Kamailio's, say) can leave children that hold its ports. Each program's
group is noted in a file when it starts; whoever starts it next ends the group that the file names, if it is still ours.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import time
from pathlib import Path

MARK = "PATCHBAY_GROUP"  # in the environment of every process of a group: tells ours from a recycled number
_PR_SET_PDEATHSIG = 1
_KILLED_S = 5


def group_file(run: Path, name: str) -> Path:
    return run / f"{name}.group"


def note_group(run: Path, name: str) -> None:
    group_file(run, name).write_text(f"{os.getpgid(0)}\n")


def find_members(run: Path, name: str) -> list[int]:
    """Living processes of the noted group that carry its mark."""
    try:
        group = int(group_file(run, name).read_text())
    except (FileNotFoundError, ValueError):
        return []
    mark = f"{MARK}={run}:{name}".encode()
    return [pid for pid in _all_pids() if _group_of(pid) == group and mark in _environment_of(pid)]


def end_leftovers(run: Path, name: str) -> list[int]:
    """Kills what is left of a program's last run and waits until it is gone; the killed process ids."""
    killed = find_members(run, name)
    for pid in killed:
        with contextlib.suppress(ProcessLookupError):  # it ended by itself meanwhile
            os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + _KILLED_S
    while killed and find_members(run, name) and time.monotonic() < deadline:
        time.sleep(0.01)
    return killed


def end_with_parent(parent: int) -> None:
    """Has the kernel end this process when its parent (``parent``, read before) dies; survives exec (prctl(2))."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != parent:  # it died before the call
        raise SystemExit(1)


def _all_pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()]


def _group_of(pid: int) -> int | None:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return None


def _environment_of(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return []  # gone, or not ours
