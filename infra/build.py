"""``python -m infra.build``: the package, its archive and the description of the application in it, in ``build/infra``.

Runs in the product's own virtualenv, once before any number of syntheses; what is up to date already isn't made again.
"""

from __future__ import annotations

import hashlib
import json
import sys
import zipfile
from pathlib import Path

from infra.describe import describe
from infra.package import build_package

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build/infra"
_MADE_FROM = ("app.py", "chalicelib", "infra/build.py", "infra/describe.py", "infra/package.py")
_MADE_FROM_FILES = ("requirements*.txt", "requirements*.lock")
_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the earliest that an archive can say


def make_archive(directory: Path, target: Path) -> Path:
    """A zip of the directory whose bytes depend on contents alone, so that only a change is deployed."""
    temporary = target.with_suffix(".new")
    with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for path in sorted(directory.rglob("*")):
            if path.is_file():
                entry = zipfile.ZipInfo(path.relative_to(directory).as_posix(), _LONG_AGO)
                entry.external_attr = (0o755 if path.stat().st_mode & 0o100 else 0o644) << 16
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, path.read_bytes())
    temporary.replace(target)
    return target


def fingerprint() -> str:
    """Of all that the package is made from."""
    paths = [ROOT / name for name in _MADE_FROM]
    files = [file for path in paths for file in ([path] if path.is_file() else path.rglob("*.py"))]
    files += [file for pattern in _MADE_FROM_FILES for file in ROOT.glob(pattern)]
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(f"{file.relative_to(ROOT)} {hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def build() -> None:
    stamp, wanted = BUILD / "built", fingerprint()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    sys.stderr.write("Building the package\n")
    BUILD.mkdir(parents=True, exist_ok=True)
    stamp.unlink(missing_ok=True)
    package = build_package(BUILD / "package")
    make_archive(package, BUILD / "package.zip")
    from app import app

    (BUILD / "app.json").write_text(json.dumps(describe(app), indent=1) + "\n")
    stamp.write_text(wanted)


if __name__ == "__main__":
    build()
