"""The package that Lambda gets: unpacked and precompiled; the same input gives the same bytes.

It holds app.py, chalicelib and the wheels of requirements-lambda.lock, the SDK (boto3, botocore) among them although
the runtime has one of its own: PynamoDB sits on botocore's inside, AWS changes the runtime's copy at any time, and what
runs should be what was tested, compiled ahead. Of botocore's 400 service descriptions only those that chalicelib calls
are kept.

``python -m infra.package [--local] [--into DIRECTORY]`` builds it and prints its size.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path, PurePosixPath
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from infra.wheels import LOCK, PYTHON, ROOT, Platform, find_wheels

DEPENDENCIES = ROOT / "build" / "lambda"
DEPLOYED_AT = "/var/task"  # where Lambda unpacks it: the paths in tracebacks
TABLE = "routes.json"  # chalicelib/handlers/loading.py
FIXED_TIME = 315_532_800  # 1980-01-01, the first instant a zip file can say
#: Services called without being named in a call of ``client``: PynamoDB's.
ALWAYS = frozenset({"dynamodb"})
#: What nothing here imports (a test imports all that chalicelib does from the built package).
LEFT_OUT = (
    "aws_lambda_powertools/event_handler",
    *(f"aws_lambda_powertools/utilities/{name}" for name in (
        "auth_alpha", "circuit_breaker", "data_classes", "data_masking", "feature_flags", "idempotency", "kafka",
        "parameters", "parser", "streaming", "validation",
    )),
    "boto3/data", "boto3/examples", "cffi",
    *(f"chalice/{name}" for name in (
        "analyzer.py", "api", "awsclient.py", "cdk", "cli", "config.py", "deploy", "invoke.py", "local.py", "logs.py",
        "package.py", "pipeline.py", "policies-extra.json", "policies.json", "policy.py", "templates", "test.py",
        "utils.py", "vendored",
    )),
    "phonenumbers/carrierdata", "phonenumbers/geodata", "phonenumbers/tzdata", "pycparser", "pydantic/v1",
)  # fmt: skip
LEFT_OUT_SUFFIXES = frozenset({".pyc", ".pyi", ".pxd", ".h", ".c"})
KEPT_METADATA = frozenset({"METADATA"})  # versions are looked up there; licences are kept beside it


class PackageError(RuntimeError):
    """The package can't be built; the message says why."""


def build_package(target: Path, *, platform: Platform = "arm64", linked: bool = False) -> Path:
    """``target`` (made anew) is what the function's code asset points to. The API's handler is ``app.app``, an event
    source's is what it names itself.

    ``local`` builds for the machine at hand instead of Lambda's arm64. The wheels must be there (`make wheels`).
    ``linked``: for who only reads it, and keeps it beside ``build/lambda``: links to what is there instead of copies.
    """
    if sys.version_info[:2] != PYTHON:
        raise PackageError(f"the package is compiled for Python {PYTHON[0]}.{PYTHON[1]}, this is {sys.version}")
    if target.exists():
        shutil.rmtree(target)
    shutil.copytree(_build_dependencies(platform), target, copy_function=os.link if linked else shutil.copy2)
    _keep_services(target / "botocore" / "data", find_services(ROOT / "chalicelib"))
    shutil.copy(ROOT / "app.py", target)
    shutil.copytree(ROOT / "chalicelib", target / "chalicelib", ignore=shutil.ignore_patterns("__pycache__"))
    (target / "chalicelib" / "handlers" / TABLE).write_text(_read_routes())
    _compile(target, ["app.py", "chalicelib"])
    _settle(target)
    return target


def zip_package(package: Path, target: Path) -> Path:
    """For tools that want one file. Names sorted, times fixed, the same bytes each time."""
    with ZipFile(target, "w", ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted((path for path in package.rglob("*") if path.is_file()), key=Path.as_posix):
            entry = ZipInfo(path.relative_to(package).as_posix(), (1980, 1, 1, 0, 0, 0))
            entry.external_attr, entry.compress_type = 0o100644 << 16, ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())
    return target


def measure(package: Path) -> tuple[int, int]:
    """Bytes of all files, and of those without botocore."""
    sizes = {path: path.stat().st_size for path in package.rglob("*") if path.is_file()}
    botocore = sum(size for path, size in sizes.items() if path.is_relative_to(package / "botocore"))
    return sum(sizes.values()), sum(sizes.values()) - botocore


def find_services(code: Path) -> frozenset[str]:
    """The AWS services that the code makes clients of: ``boto3.client("s3", ..)``."""
    calls = [node for path in code.rglob("*.py") for node in ast.walk(ast.parse(path.read_text()))]
    return ALWAYS | {
        node.args[0].value
        for node in calls
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "client"
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }


def _read_routes() -> str:
    """In an interpreter of its own: the builder's may want to import the application later, with other settings."""
    program = "import json; from chalicelib.handlers.loading import make_table; print(json.dumps(make_table()))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise PackageError(f"the application can't be imported: {done.stderr}")
    return json.dumps(json.loads(done.stdout.splitlines()[-1]), sort_keys=True)


def _build_dependencies(platform: Platform) -> Path:
    """Unpacked and compiled once for each state of the lock and of this module: it takes a while."""
    wheels = find_wheels(platform)
    state = _digest(LOCK.read_bytes() + Path(__file__).read_bytes())
    done = DEPENDENCIES / f"{platform}-{state}"
    if done.exists():
        return done
    DEPENDENCIES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=DEPENDENCIES) as directory:
        package = Path(directory) / "package"
        for wheel in wheels:
            _unpack(wheel, package)
        _compile(package, ["."])
        try:
            package.rename(done)
        except OSError:  # somebody else was first
            if not done.exists():
                raise
    return done


def _digest(data: bytes) -> str:
    from hashlib import sha256

    return sha256(data).hexdigest()[:16]


def _unpack(wheel: Path, package: Path) -> None:
    """PyPA's binary distribution format: what is in ``*.data/purelib`` and ``platlib`` belongs to the top."""
    with ZipFile(wheel) as archive:
        for name in archive.namelist():
            found = _place_of(PurePosixPath(name))
            if found is None or name.endswith("/"):
                continue
            path = package / found
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(archive.read(name))


def _place_of(path: PurePosixPath) -> PurePosixPath | None:
    """Where a wheel's file goes; None leaves it out."""
    if path.parts[0].endswith(".data"):
        return _place_of(PurePosixPath(*path.parts[2:])) if path.parts[1] in {"purelib", "platlib"} else None
    if path.parts[0].endswith(".dist-info"):
        return path if path.name in KEPT_METADATA or "licenses" in path.parts else None
    left_out = path.suffix in LEFT_OUT_SUFFIXES or any(path.is_relative_to(each) for each in LEFT_OUT)
    return None if left_out else path


def _keep_services(data: Path, services: frozenset[str]) -> None:
    missing = [service for service in services if not (data / service).is_dir()]
    if missing:
        raise PackageError(f"botocore knows no service {', '.join(missing)}")
    for path in data.iterdir():
        if path.is_dir() and path.name not in services:
            shutil.rmtree(path)


def _compile(package: Path, names: list[str]) -> None:
    """With unchecked hashes nothing is compared with a source at start. One process with a fixed hash seed, and paths
    as deployed: the files come out the same each time."""
    options = ["-q", "-j", "1", "--invalidation-mode", "unchecked-hash", "-s", ".", "-p", DEPLOYED_AT]
    done = subprocess.run(
        [sys.executable, "-S", "-m", "compileall", *options, *names],
        cwd=package,
        env={**os.environ, "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise PackageError(f"not compiled: {done.stdout}{done.stderr}")


def _settle(package: Path) -> None:
    for path in [*package.rglob("*"), package]:
        path.chmod(0o755 if path.is_dir() else 0o644)
        os.utime(path, (FIXED_TIME, FIXED_TIME))


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m infra.package", description=__doc__)
    parser.add_argument("--local", action="store_true", help="for this machine instead of Lambda's arm64")
    parser.add_argument("--into", type=Path, default=ROOT / "build" / "package", metavar="DIRECTORY")
    options = parser.parse_args(arguments)
    package = build_package(options.into, platform="local" if options.local else "arm64")
    whole, without_botocore = measure(package)
    print(f"{package}: {whole / 1e6:.1f} MB, without botocore {without_botocore / 1e6:.1f} MB")


if __name__ == "__main__":
    main(sys.argv[1:])
