"""Files that a crash, or a power cut, leaves as they were or as they are to be."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path


def replace_secret(path: Path, content: bytes, *, sync: Callable[[int], None] = os.fsync) -> None:
    """Never readable by others, not even for a moment. Once this returns, the file is there after a power cut too, by
    its name: hence the directory's own sync (fsync(2))."""
    draft = path.with_name(f".{path.name}.new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        sync(file.fileno())
    draft.replace(path)
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        sync(directory)
    finally:
        os.close(directory)
