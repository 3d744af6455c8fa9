"""One runner per data directory: a lock that its holder's death releases, with the holder's process id in it."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path
from typing import TextIO

_PAUSE_S = 0.05


def lock_path(run: Path) -> Path:
    return run / "lock"


def take_lock(run: Path) -> TextIO | None:
    """The open file that holds the lock, or None when another holds it. It isn't inherited by programs."""
    file = lock_path(run).open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file


def find_runner(run: Path) -> int | None:
    """The process id of the runner that lives, if there is one."""
    try:
        with lock_path(run).open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except BlockingIOError:
        content = lock_path(run).read_text().strip()
        return int(content) if content.isdecimal() else None
    return None


def wait_until_released(run: Path, *, limit_s: float) -> bool:
    deadline = time.monotonic() + limit_s
    while find_runner(run) is not None:
        if time.monotonic() > deadline:
            return False
        time.sleep(_PAUSE_S)
    return True
