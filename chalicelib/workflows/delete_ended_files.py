"""Deletes files whose time has passed: for the scheduler, safe to run at any time."""

from __future__ import annotations

import time

from chalicelib.clients.files import Files, files
from chalicelib.storage.uploads import FileEnd, ended_files, forget_file
from chalicelib.workflows.do_each import do_each


def delete_ended_files(*, now_ms: int | None = None, store: Files | None = None) -> int:
    """How many."""
    now = now_ms if now_ms is not None else time.time_ns() // 1_000_000

    def delete(end: FileEnd) -> None:
        (store or files()).delete(end.file_key)
        forget_file(end)

    return do_each(ended_files(now), delete)
