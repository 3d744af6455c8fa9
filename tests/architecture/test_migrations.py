"""What migrations and all other code of the control plane must not do to the table."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path

from chalicelib import migrations
from tests.conftest import ROOT

FILES = sorted((ROOT / "chalicelib").rglob("*.py"))
MIGRATIONS = sorted(Path(migrations.__file__).parent.glob("m[0-9]*.py"))
SCANS = frozenset({"scan", "execute_statement", "rate_limited_scan", "export_table_to_point_in_time"})


def called(path: Path) -> set[str]:
    """Methods that are called, and texts."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    calls = [node.func for node in nodes if isinstance(node, ast.Call)]
    texts = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return texts | {call.attr for call in calls if isinstance(call, ast.Attribute)}


def scans(paths: Iterable[Path]) -> list[str]:
    return [str(path) for path in paths if called(path) & SCANS]


def test_nothing_scans_the_table() -> None:
    assert scans(FILES) == []


def test_the_check_for_scans_can_fail(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text("client.scan(TableName='x')")
    (tmp_path / "two.py").write_text("client.get_paginator('scan')")

    assert len(scans(tmp_path.iterdir())) == 2


def test_each_migration_has_a_file_of_its_number_and_a_test() -> None:
    numbers = [int(path.name[1:5]) for path in MIGRATIONS]

    assert numbers == [migration.number for migration in migrations.MIGRATIONS]
    for migration in migrations.MIGRATIONS:
        assert (ROOT / f"tests/migrations/test_{migration.name}.py").exists()
