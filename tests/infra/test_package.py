"""The Lambda package: what it holds, that it is the same each time, and that the code finds all it imports in it."""

from __future__ import annotations

import ast
import hashlib
import re
import struct
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from infra import package as builder
from infra.package import PackageError, build_package, find_services, measure, zip_package
from infra.wheels import COMMAND_LINE, LOCK, ROOT, WheelError, find_wheels, read_lock

LIMIT_BYTES = 40_000_000
ELF_ARM64, ELF_AMD64 = 183, 62  # e_machine
#: Runs in the built package with nothing else on the path: every import that chalicelib makes, and every client.
IMPORT_ALL = """
import importlib, sys
sys.path[:] = [path for path in sys.path if "site-packages" not in path] + [{package!r}]
for name in {modules!r}:
    importlib.import_module(name)
    if name.partition(".")[0] not in sys.stdlib_module_names:
        assert importlib.import_module(name.partition(".")[0]).__spec__.origin.startswith({package!r}), name
import boto3
for service in {services!r}:
    boto3.client(service, region_name="us-east-1")
"""


def _digests(package: Path) -> dict[str, str]:
    files = sorted(path for path in package.rglob("*") if path.is_file())
    return {str(path.relative_to(package)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _imported(code: Path) -> list[str]:
    nodes = [node for path in code.rglob("*.py") for node in ast.walk(ast.parse(path.read_text()))]
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return sorted(plain | {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module})


def test_it_stays_below_forty_megabytes_without_botocore(package: Path) -> None:
    _, without_botocore = measure(package)

    assert without_botocore <= LIMIT_BYTES


def test_all_that_the_code_imports_and_every_service_it_calls_is_inside(local_package: Path, tmp_path: Path) -> None:
    modules, services = _imported(ROOT / "chalicelib"), sorted(find_services(ROOT / "chalicelib"))
    code = IMPORT_ALL.format(package=str(local_package), modules=["app", *modules], services=services)

    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert {"dynamodb", "s3", "sesv2", "secretsmanager"} <= set(services)


def test_the_same_input_gives_the_same_bytes(package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builder, "DEPENDENCIES", tmp_path / "dependencies")  # unpacked and compiled once more
    again = build_package(tmp_path / "elsewhere" / "again")

    first, second = zip_package(package, tmp_path / "first.zip"), zip_package(again, tmp_path / "second.zip")

    assert _digests(again) == _digests(package)
    assert first.read_bytes() == second.read_bytes()


def test_every_module_is_compiled_for_the_runtime_and_never_compared_with_its_source(package: Path) -> None:
    sources = [path for path in package.rglob("*.py") if ROOT not in path.parents]
    compiled = [path.parent / "__pycache__" / f"{path.stem}.cpython-311.pyc" for path in sources]

    missing = [path for path in compiled if not path.exists()]
    flags = {struct.unpack_from("<I", path.read_bytes(), 4)[0] for path in compiled if path.exists()}

    assert missing == []
    assert flags == {0b01}  # PEP 552: hash-based, not checked


def test_tracebacks_name_the_place_where_lambda_unpacks_it(package: Path) -> None:
    compiled = (package / "chalicelib" / "__pycache__" / "settings.cpython-311.pyc").read_bytes()

    assert b"/var/task/chalicelib/settings.py" in compiled
    assert str(ROOT).encode() not in compiled


def test_the_deployed_package_is_all_for_arm64_and_an_old_enough_glibc(package: Path, local_package: Path) -> None:
    machines = {
        name: {struct.unpack_from("<H", path.read_bytes(), 18)[0] for path in where.rglob("*.so")}
        for name, where in (("arm64", package), ("local", local_package))
    }
    versions = {
        (int(major), int(minor))
        for path in package.rglob("*.so")
        for major, minor in re.findall(rb"\0GLIBC_(\d+)\.(\d+)", path.read_bytes())
    }

    assert machines["arm64"] == {ELF_ARM64}
    assert len(machines["local"]) == 1
    assert versions
    assert max(versions) <= (2, 26)


def test_the_zip_holds_what_the_directory_holds_in_order_and_without_times(package: Path, tmp_path: Path) -> None:
    with ZipFile(zip_package(package, tmp_path / "package.zip")) as archive:
        entries = archive.infolist()

    assert [entry.filename for entry in entries] == sorted(_digests(package))
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}


def test_what_is_deployed_has_the_versions_that_are_tested() -> None:
    tested = {each.name: each.version for each in read_lock(ROOT / "requirements.lock")}

    deployed = {each.name: each.version for each in read_lock(LOCK)}

    assert {name: tested.get(name) for name in deployed} == deployed
    assert not COMMAND_LINE & set(deployed)


def test_a_wheel_that_is_missing_or_not_the_locked_one_is_refused(tmp_path: Path) -> None:
    (tmp_path / "arm64").mkdir()
    (tmp_path / "arm64" / "six-1.17.0-py2.py3-none-any.whl").write_bytes(b"not that one")
    six = [each for each in read_lock() if each.name == "six"]

    with pytest.raises(WheelError, match=r"six==1\.17\.0 for arm64 .* run `make wheels`"):
        find_wheels("arm64", locked=six, folder=tmp_path)


def test_a_service_that_botocore_does_not_know_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builder, "ALWAYS", frozenset({"dynamodb", "carrier-pigeon"}))

    with pytest.raises(PackageError, match="carrier-pigeon"):
        build_package(tmp_path / "package")


def test_nothing_in_it_is_newer_than_the_fixed_time(package: Path) -> None:
    assert {path.stat().st_mtime for path in package.rglob("*")} == {builder.FIXED_TIME}
