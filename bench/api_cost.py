"""What every route of the API asks of the database, counted by the API itself in a populated world."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bench.control_plane import make_control_plane
from bench.figure import Figure, at_least, exactly, shown
from bench.programs import running_programs
from local.settings import ROOT

if TYPE_CHECKING:
    from bench.api_drive import Cost, Route

SCAN = re.compile(r"\.scan\(|[\"']Scan[\"']|batch_scan|\bscan_table\b")
SCOPE_READS = ("GetItem",)  # of the tenant or the node that asks


def figures() -> list[Figure]:
    with tempfile.TemporaryDirectory() as directory, running_programs(Path(directory)) as programs:
        os.environ |= {
            "PATCHBAY_EXPOSE_DB_COST": "true",
            "PATCHBAY_UNIFORM_ANSWER_MS": "0",
            "PATCHBAY_DNS_ADAPTER": "file",
            "PATCHBAY_DNS_FILE": str(Path(directory) / "dns.json"),
        }
        database = programs.start_dynoxide()
        make_control_plane(programs, dynamodb_port=int(database.rpartition(":")[2]))
        from bench.api_world import drive_everything
        from chalicelib.handlers.http import all_endpoints

        drive = drive_everything()
        costs = drive.costs
        paged = {(entry.method, entry.path) for entry in all_endpoints() if entry.paged}
        every = [(entry.method, entry.path) for entry in all_endpoints()]
    return [_driven(costs, every, drive.failures), _scans(costs), _lists(costs, paged), _shown(costs)]


def _driven(costs: dict[Route, Cost], every: list[Route], failures: list[str]) -> Figure:
    missing = [f"{method} {path}" for method, path in every if (method, path) not in costs]
    note = "\n".join([f"not asked: {', '.join(missing) or 'none'}", *failures])
    return at_least("API: routes asked", len(costs), "routes", len(every), note=note, digits=0)


def _scans(costs: dict[Route, Cost]) -> Figure:
    asked = [f"{method} {path}" for (method, path), cost in costs.items() if "Scan" in cost.operations]
    written = [
        f"{file.relative_to(ROOT)}:{number}"
        for file in sorted((ROOT / "chalicelib").rglob("*.py"))
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1)
        if SCAN.search(line) and file.name != "metering.py"  # which names the operation to count it
    ]
    note = f"routes that scanned: {', '.join(asked) or 'none'}; places in the code: {', '.join(written) or 'none'}"
    return exactly("API: scans", len(asked) + len(written), "scans", 0, note=note)


def _lists(costs: dict[Route, Cost], paged: set[Route]) -> Figure:
    measured = {route: costs[route].operations for route in sorted(paged) if route in costs}
    wrong = [
        f"{path} ({', '.join(operations)})"
        for (_, path), operations in measured.items()
        if not _is_one_query(operations)
    ]
    note = f"{len(measured)} lists, one Query and at most one GetItem each; others: {'; '.join(wrong) or 'none'}"
    return exactly("API: list pages that are not one query", len(wrong), "routes", 0, note=note)


def _is_one_query(operations: tuple[str, ...]) -> bool:
    others = [name for name in operations if name != "Query"]
    return operations.count("Query") == 1 and len(others) <= 1 and all(name in SCOPE_READS for name in others)


def _shown(costs: dict[Route, Cost]) -> Figure:
    lines = [
        f"{method} {path}: {len(cost.operations)} operations ({_counted(cost.operations)}),"
        f" {cost.read_units:g} read units, {cost.write_units:g} write units"
        for (method, path), cost in sorted(costs.items(), key=lambda item: (item[0][1], item[0][0]))
    ]
    average = sum(len(cost.operations) for cost in costs.values()) / len(costs)
    name = "API: operations per request, mean of the routes"
    return shown(name, average, "operations", note="the dearest request of each route\n" + "\n".join(lines))


def _counted(operations: tuple[str, ...]) -> str:
    names = dict.fromkeys(operations)
    return (
        ", ".join(f"{operations.count(name)} {name}" if operations.count(name) > 1 else name for name in names) or "-"
    )
