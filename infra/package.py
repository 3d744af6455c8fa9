"""The application as Lambda runs it: an unpacked directory with the product and what requirements.txt pulls in."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def build_package(target: Path) -> Path:
    """Makes ``target`` anew; returns it."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    options = ["--target", str(target), "-r", str(ROOT / "requirements.txt"), "-c", str(ROOT / "requirements.lock")]
    subprocess.run([*command, *options], check=True)
    shutil.copytree(ROOT / "chalicelib", target / "chalicelib", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "app.py", target)
    return target


if __name__ == "__main__":
    build_package(Path(sys.argv[1]))
