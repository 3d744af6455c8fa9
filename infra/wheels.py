"""The wheels of the Lambda package: ``requirements-lambda.lock`` and a folder that holds what it names.

``python -m infra.wheels`` downloads what is missing (pip checks the hashes); ``python -m infra.wheels lock`` writes the
lock anew from requirements.txt. Whoever builds a package afterwards needs no network.

Two platforms. ``arm64`` is what is deployed: a fifth cheaper per GB-second than x86_64, and the only one of the two
whose wheels all run on the python3.11 runtime: that is Amazon Linux 2 with glibc 2.26, and google-re2 has no x86_64
wheel for less than 2.27. ``local`` is the machine at hand (Debian 12, amd64): what can be started here, for the bench
and for Lambda emulators.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements-lambda.lock"
WHEELS = ROOT / "build" / "wheels"
PYTHON = (3, 11)  # of the Lambda runtime; compiled files hold for this version alone
RUNTIME_GLIBC = 26  # 2.26, Amazon Linux 2

Platform = Literal["arm64", "local"]
PLATFORMS: tuple[Platform, ...] = ("arm64", "local")

#: What chalice requires for its command line and ``chalice.app`` never imports.
COMMAND_LINE = frozenset(
    {
        "ansicon", "blessed", "click", "editor", "inquirer", "jinxed", "packaging", "pip", "pyyaml", "readchar", "runs",
        "setuptools", "wcwidth", "wheel", "xmod",
    }
)  # fmt: skip
HEAD = """\
# Exact versions and hashes of what the Lambda package holds: of each distribution the wheel for Lambda's arm64 (glibc
# 2.26) and that for Debian 12 on amd64, where they differ. Made by `make lock` from requirements.txt; never edited by
# hand.
"""


class WheelError(RuntimeError):
    """A wheel isn't there or isn't what the lock says; the message names it and what to do."""


@dataclass(frozen=True, slots=True)
class Locked:
    name: str
    version: str
    hashes: frozenset[str]  # SHA-256, hexadecimal


def read_lock(path: Path = LOCK) -> list[Locked]:
    lines = [line.split() for line in path.read_text().splitlines() if line and not line.startswith("#")]
    return [_read_line(words) for words in lines]


def _read_line(words: list[str]) -> Locked:
    name, version = words[0].split("==")
    return Locked(name, version, frozenset(word.removeprefix("--hash=sha256:") for word in words[1:]))


def find_wheels(platform: Platform, *, locked: list[Locked] | None = None, folder: Path = WHEELS) -> list[Path]:
    """One wheel for each line of the lock, checked by its hash. Raises ``WheelError``."""
    there = {_hash_of(path): path for path in sorted((folder / platform).glob("*.whl"))}
    found: list[Path] = []
    for each in locked if locked is not None else read_lock():
        path = next((there[digest] for digest in sorted(each.hashes) if digest in there), None)
        if path is None:
            raise WheelError(f"{each.name}=={each.version} for {platform} isn't in {folder}: run `make wheels`")
        found.append(path)
    return found


def _hash_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def fetch_wheels(platform: Platform, *, folder: Path = WHEELS) -> None:
    """Into ``folder/<platform>``, unless all are there."""
    try:
        find_wheels(platform, folder=folder)
    except WheelError:
        target = folder / platform
        target.mkdir(parents=True, exist_ok=True)
        options = [*_platform_options(platform), "--no-deps", "--require-hashes", "-r", str(LOCK), "-d", str(target)]
        _run_pip(["download", "--quiet", *options])
        find_wheels(platform, folder=folder)


def write_lock() -> None:
    """The versions are those of requirements.lock: what is deployed is what was tested."""
    hashes: dict[tuple[str, str], set[str]] = {}
    for platform in PLATFORMS:
        for item in _resolve(platform):
            name = re.sub(r"[-_.]+", "-", item["metadata"]["name"]).lower()
            if name not in COMMAND_LINE:
                digest = item["download_info"]["archive_info"]["hashes"]["sha256"]
                hashes.setdefault((name, item["metadata"]["version"]), set()).add(digest)
    lines = [
        " ".join([f"{name}=={version}", *(f"--hash=sha256:{digest}" for digest in sorted(digests))])
        for (name, version), digests in sorted(hashes.items())
    ]
    LOCK.write_text(HEAD + "".join(f"{line}\n" for line in lines))


def _resolve(platform: Platform) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as directory:
        report, tested = Path(directory) / "report.json", Path(directory) / "tested.txt"
        tested.write_text("".join(f"{each.name}=={each.version}\n" for each in read_lock(ROOT / "requirements.lock")))
        options = ["--dry-run", "--ignore-installed", "--quiet", "--target", directory, "--report", str(report)]
        options += ["--constraint", str(tested)]
        _run_pip(["install", *options, *_platform_options(platform), "-r", str(ROOT / "requirements.txt")])
        found: list[dict[str, Any]] = json.loads(report.read_text())["install"]
    return found


def _platform_options(platform: Platform) -> list[str]:
    options = ["--only-binary", ":all:"]
    if platform == "local":
        return options  # the interpreter's own tags
    tags = ["manylinux2014_aarch64", *(f"manylinux_2_{minor}_aarch64" for minor in range(17, RUNTIME_GLIBC + 1))]
    options += [option for tag in tags for option in ("--platform", tag)]
    return [*options, "--python-version", f"{PYTHON[0]}.{PYTHON[1]}", "--implementation", "cp"]


def _run_pip(arguments: list[str]) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise WheelError(f"pip {arguments[0]} failed:\n{done.stderr.strip()[-2000:]}")


if __name__ == "__main__":
    if sys.argv[1:] == ["lock"]:
        write_lock()
    for each_platform in PLATFORMS:
        fetch_wheels(each_platform)
