"""``python -m local.launch NAME RUN_DIRECTORY PROGRAM ARGUMENT..``: becomes the program, as one that can't be orphaned.

It ends what the program's last run left behind, notes the new process group, and ties the process to its parent's life.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from local.process_groups import MARK, end_leftovers, end_with_parent, note_group


def main() -> None:
    parent = os.getppid()
    name, run = sys.argv[1], Path(sys.argv[2])
    end_with_parent(parent)
    end_leftovers(run, name)
    if os.getpgid(0) != os.getpid():
        os.setpgid(0, 0)
    note_group(run, name)
    environ = {**os.environ, MARK: f"{run}:{name}"}
    os.execvpe(sys.argv[3], sys.argv[3:], environ)


def wrap(name: str, run: Path, argv: Sequence[str]) -> list[str]:
    """The command that launches ``argv`` so. -I -S would be faster but couldn't find this module."""
    return [sys.executable, "-m", "local.launch", name, str(run), *argv]


if __name__ == "__main__":
    main()
