"""What a node does while nothing can be written: on a file system of a few megabytes, in namespaces of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT


def test_a_hook_whose_disk_is_full_refuses_calls_and_goes_on_once_there_is_room(tmp_path: Path) -> None:
    inside = 'mount -t tmpfs -o size=4m disk "$1" && exec "$2" -m tests.sbc.full_disk "$1"'

    done = subprocess.run(
        ["unshare", "-Urm", "bash", "-c", inside, "bash", str(tmp_path), sys.executable],
        capture_output=True, text=True, check=False, timeout=120, cwd=ROOT,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout + done.stderr
