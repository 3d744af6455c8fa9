"""``python -m tests.golden.make_release_items VERSION [--checkout DIRECTORY]``: the fixture of a release.

It starts an empty database, has ``release_walk`` make a few of everything with the code of the checkout (without one:
of this), and writes what is stored then to ``tests/golden/releases/VERSION``. Run it on the commit that is released,
commit what it wrote, and never change it afterwards: see ``releases/README.md``.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.conftest import ROOT
from tests.golden.own_database import own_database

RELEASES = Path(__file__).parent / "releases"
MOST_BYTES = 200_000


def make(version: str, checkout: Path, *, into: Path = RELEASES) -> Path:
    directory = into / version
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as work, own_database(Path(work)) as database:
        walk = [sys.executable, Path(__file__).with_name("release_walk.py"), directory]
        environment = os.environ | database.environment | {"PYTHONPATH": str(checkout)}
        found = subprocess.run(walk, cwd=checkout, env=environment, capture_output=True, text=True, check=False)
        if found.returncode != 0:
            raise RuntimeError(f"{found.stdout[-2000:]}\n{found.stderr[-4000:]}")
        items = sorted(database.items(), key=lambda item: (item["PK"]["S"], item["SK"]["S"]))
        lines = (json.dumps(_plain(item), sort_keys=True, ensure_ascii=False, separators=(",", ":")) for item in items)
        (directory / "items.jsonl").write_text("\n".join(lines) + "\n")
        secrets = {path.name: base64.b64encode(path.read_bytes()).decode() for path in database.secrets.iterdir()}
    text = json.dumps(dict(sorted(secrets.items())), indent=1)
    (directory / "made-up-secrets.json").write_text(text + "\n")
    _check_size(directory)
    return directory


def _plain(item: dict[str, Any]) -> dict[str, Any]:
    """As DynamoDB's own JSON has it: bytes in base64."""
    return {
        name: {"B": base64.b64encode(value["B"]).decode()} if "B" in value else value for name, value in item.items()
    }


def _check_size(directory: Path) -> None:
    size = (directory / "items.jsonl").stat().st_size
    if size > MOST_BYTES:
        raise RuntimeError(f"{size} bytes of items: a few of each kind are enough")


def commit_of(checkout: Path) -> str:
    command = ["git", "-C", str(checkout), "rev-parse", "HEAD"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.golden.make_release_items", description=__doc__)
    parser.add_argument("version")
    parser.add_argument("--checkout", type=Path, default=ROOT, help="of the release; without it, this one")
    asked = parser.parse_args()
    directory = make(asked.version, asked.checkout.resolve())
    _note(directory / "manifest.json", version=asked.version, commit=commit_of(asked.checkout))
    size = sum(path.stat().st_size for path in directory.rglob("*") if path.is_file())
    sys.stdout.write(f"{directory}: {size} bytes\n")


def _note(path: Path, **values: Any) -> None:
    path.write_text(json.dumps(values | json.loads(path.read_text()), indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
