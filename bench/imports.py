"""What a cold start pays before it does anything: ``import app`` against ``import boto3`` with a DynamoDB client.

Both come from one copy of what Lambda would be given, compiled ahead with unchecked hashes (nothing is compared with a
source at start), in clean interpreters in turn. CPU time of the processes; a bare interpreter's is taken off.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from statistics import median

from bench.figure import Figure, at_most
from bench.programs import BenchError
from local.settings import ROOT

ROUNDS = 5
TARGET = 2.0
MEASURED = {
    "bare": "pass",
    "boto3": "import boto3; boto3.client('dynamodb', region_name='us-east-1')",
    "app": "import app",
}
ENVIRONMENT = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_EC2_METADATA_DISABLED": "true"}


def figures() -> list[Figure]:
    with tempfile.TemporaryDirectory() as directory:
        package = Path(directory) / "package"
        build_package(package)
        for code in MEASURED.values():
            _cpu_s(package, code)  # the files are in the page cache after this
        times = [{name: _cpu_s(package, code) for name, code in MEASURED.items()} for _ in range(ROUNDS)]
    ratios = [(each["app"] - each["bare"]) / (each["boto3"] - each["bare"]) for each in times]
    middle = {name: median(each[name] for each in times) * 1000 for name in MEASURED}
    note = ", ".join(f"{name} {value:.0f} ms" for name, value in middle.items())
    note = f"median of {ROUNDS} rounds in turn, {min(ratios):.2f} to {max(ratios):.2f}; CPU of a process: {note}"
    return [at_most("import app against boto3 with a client", median(ratios), "times", TARGET, note=note)]


def build_package(package: Path) -> None:
    """The application, what requirements.txt asks for, and boto3, which Lambda brings along."""
    package.mkdir()
    shutil.copy(ROOT / "app.py", package)
    shutil.copytree(ROOT / "chalicelib", package / "chalicelib", ignore=shutil.ignore_patterns("__pycache__"))
    for found in _closure(_required() | {"boto3"}).values():
        _copy(found, package)
    command = [sys.executable, "-m", "compileall", "-q", "-j", "0", "--invalidation-mode", "unchecked-hash", "."]
    done = subprocess.run(command, cwd=package, capture_output=True, text=True, check=False)
    if not list((package / "chalicelib" / "__pycache__").glob("*.pyc")):
        raise BenchError(f"not compiled: {done.stdout}{done.stderr}")


def _required() -> set[str]:
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    return {_name(line) for line in lines if line.strip() and not line.startswith(("#", "-"))}


def _name(requirement: str) -> str:
    found = re.match(r"[\w.-]+", requirement)
    return re.sub(r"[-_.]+", "-", found.group().lower()) if found else ""


def _closure(names: set[str]) -> dict[str, Distribution]:
    """Distributions by name with all they require; markers aren't read, what isn't installed isn't required here."""
    found: dict[str, Distribution] = {}
    waiting = sorted(names)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:
            continue
        waiting += [_name(each) for each in found[name].requires or () if "extra ==" not in each]
    return found


def _copy(found: Distribution, package: Path) -> None:
    for file in found.files or ():
        source = Path(str(found.locate_file(file)))
        if ".." in file.parts or source.suffix == ".pyc" or not source.is_file():
            continue
        target = package / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(source) if "data" in file.parts else shutil.copy(source, target)


def _cpu_s(package: Path, code: str) -> float:
    environment = {**ENVIRONMENT, "PATH": os.environ["PATH"], "PATCHBAY_SECRETS_DIR": str(package.parent)}
    process = subprocess.Popen(
        [sys.executable, "-S", "-c", f"import sys; sys.path.insert(0, {str(package)!r}); {code}"],
        cwd=package.parent,
        env=environment,
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise BenchError(f"{code}: ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime
