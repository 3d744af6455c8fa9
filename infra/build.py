"""``python -m infra.build``: what a synthesis is made from, in ``build/infra``: the package's archives, for Lambda and
for this machine, and the description of the application in it.

Runs in the product's own virtualenv, once before any number of syntheses; what is up to date already isn't made again.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

from infra.describe import STAND_INS
from infra.package import PackageError, build_package, zip_package
from infra.wheels import LOCK, PLATFORMS, ROOT

BUILD = ROOT / "build/infra"
_MADE_FROM = ("app.py", "chalicelib", "infra/build.py", "infra/describe.py", "infra/package.py", "infra/wheels.py")


def fingerprint() -> str:
    """Of all that the package is made from."""
    paths = [LOCK, *(ROOT / name for name in _MADE_FROM)]
    files = [file for path in paths for file in ([path] if path.is_file() else path.rglob("*"))]
    digest = hashlib.sha256()
    for file in sorted(file for file in files if file.is_file() and "__pycache__" not in file.parts):
        digest.update(f"{file.relative_to(ROOT)} {hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def build() -> None:
    stamp, wanted = BUILD / "built", fingerprint()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    sys.stderr.write("Building the package\n")
    BUILD.mkdir(parents=True, exist_ok=True)
    stamp.unlink(missing_ok=True)
    for platform in PLATFORMS:
        package = build_package(BUILD / f"package-{platform}", platform=platform)
        zip_package(package, BUILD / f"package-{platform}.zip")
    (BUILD / "app.json").write_text(_describe())
    stamp.write_text(wanted)


def _describe() -> str:
    """In an interpreter of its own: the application registers by its environment, when it is imported."""
    done = subprocess.run(
        [sys.executable, "-m", "infra.describe"],
        cwd=ROOT,
        env={**os.environ, **STAND_INS},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise PackageError(f"the application can't be described:\n{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    build()
