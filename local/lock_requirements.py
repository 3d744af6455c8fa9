"""Writes the lock files: exact versions and hashes of all that a requirements file pulls in, for this platform."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
HEAD = """\
# Exact versions and hashes for Debian 12 on amd64 with its Python 3.11. Made by `make lock` from {source};
# never edited by hand.
"""
LOCKS = {
    "requirements-dev.txt": "requirements.lock",
    "requirements-infra.txt": "requirements-infra.lock",
    "sbc/requirements.txt": "sbc/requirements.lock",
}


def render_lock(report: dict[str, Any], source: str) -> str:
    """The lock file of a `pip install --dry-run --report` document."""
    return HEAD.format(source=source) + "".join(
        f"{line}\n" for line in sorted(_line(item) for item in report["install"])
    )


def _line(item: dict[str, Any]) -> str:
    name = re.sub(r"[-_.]+", "-", item["metadata"]["name"]).lower()
    digest = item["download_info"]["archive_info"]["hashes"]["sha256"]
    return f"{name}=={item['metadata']['version']} --hash=sha256:{digest}"


def main() -> None:
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet"]
    with tempfile.TemporaryDirectory() as directory:
        report = Path(directory) / "report.json"
        for source, lock in LOCKS.items():
            subprocess.run([*command, "--report", str(report), "-r", str(ROOT / source)], check=True)
            (ROOT / lock).write_text(render_lock(json.loads(report.read_text()), source))


if __name__ == "__main__":
    main()
